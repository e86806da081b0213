"""Does a model process run, with which settings, and when may it be started again?"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from homebody import errors
from homebody.clock import Clock
from homebody.errors import (
    CancelledError,
    HomebodyError,
    ModelError,
    ModelGoneError,
    ModelNotReadyError,
    SealError,
)
from homebody.model.attempts import Settings, next_settings
from homebody.model.fit import context_for, lanes_for, most_memory
from homebody.model.gguf import ModelInfo, inspect
from homebody.model.memory import recall, remember
from homebody.model.pin import sha256_of
from homebody.model.process import Event, Exchange, ModelProcess, ProcessEndedError
from homebody.model.wire import WireError
from homebody.seal import refuse_unsealed

Read = TypeVar("Read")

STALL_SECONDS = 300
"""A load that reports no progress for so long has stalled."""

LONGEST_PAUSE = 60.0
FAILED_PAUSE = 10.0
"""How long the reason of a failed start is repeated before another is tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelReady:
    """A model that is loaded, sealed in and has proved itself."""

    info: ModelInfo
    sha256: str
    context: int
    memory_bytes: int
    settings: dict[str, Any]
    seal: dict[str, Any]
    load_seconds: float
    pid: int


def pause_after(deaths: int) -> float:
    """Return the seconds to wait after so many deaths without an answer in between: none after the first."""
    return 0.0 if deaths < 2 else min(LONGEST_PAUSE, 2.0 ** min(deaths - 2, 10))


class Supervisor:
    """The model process: tried with safer settings when a signal kills it, and started again later."""

    def __init__(
        self,
        path: Path,
        *,
        clock: Clock,
        wishes: Mapping[str, int],
        memory: Path | None,
        command: Sequence[str] | None,
    ) -> None:
        self._path = path
        self._clock = clock
        self._wishes = wishes
        self._memory = memory
        self._command = command
        self._starting = threading.RLock()
        self._process: ModelProcess | None = None
        self._stopped = False
        self._deaths = 0
        self._not_before = clock.monotonic()
        self._failure: ModelError | None = None
        self._was_last: bool | None = None
        self.ready: ModelReady | None = None

    @property
    def stopped(self) -> bool:
        """Return whether the process was ended on purpose."""
        return self._stopped

    @property
    def lost(self) -> bool:
        """Return whether a loaded process has ended, and none may be started any more."""
        return self._was_last is True and (self._process is None or not self._process.alive)

    def start_no_more(self) -> None:
        """Start no other process from now on: the seal would refuse it (`seal.Starts`).

        A model that was not loaded by then stays unloaded, for the reason that it gave.
        """
        self._was_last = self.ready is not None

    def start(self) -> ModelReady:
        """Start the process, unless it runs, and return what it says once it has proved itself.

        Raises ModelFileError or ModelError with the reason, ModelGoneError when no settings kept it alive.
        """
        with self._starting:
            self._stopped = False
            return self._started()

    def running(self, wait: Callable[[float], bool]) -> ModelProcess:
        """Return the process, started again if it died.

        *wait* lets seconds pass between a death and the next start, and returns true to give up. Raises what
        `start` raises, CancelledError when given up.
        """
        with self._starting:
            if self._stopped:
                raise ModelError("The model was stopped.")
            if self._process is None or not self._process.alive:
                pause = self._not_before - self._clock.monotonic()
                if pause > 0 and self._failure is not None:
                    raise self._failure
                if pause > 0 and (wait(pause) or self._stopped):
                    raise CancelledError
                self._started()
            assert self._process is not None
            return self._process

    def died(self, error: ProcessEndedError) -> None:
        """Note that the process ended while it worked."""
        if error.asked:
            return
        self._process = None
        self.ready = None
        self._deaths += 1
        self._not_before = self._clock.monotonic() + pause_after(self._deaths)

    def answered(self) -> None:
        """Note that the process finished its work: what came before no longer counts."""
        self._deaths = 0

    def stop(self) -> None:
        """End the process."""
        self._stopped = True
        process = self._process
        if process is not None:
            process.stop()
        self._process = None
        self.ready = None

    def _started(self) -> ModelReady:
        """Return what the running process said, or start one; note why when that fails."""
        if self.ready is not None and self._process is not None and self._process.alive:
            return self.ready
        if self._was_last is False:
            raise self._failure or ModelNotReadyError("The model was not loaded before the seal.")
        if self._was_last:
            raise ModelNotReadyError(
                "The model process ended, and within the seal no other can be started.",
                hint="homebody ends by itself after this run, so that its service manager starts it again.",
            )
        try:
            self.ready = self._climb_down()
        except ModelError as error:
            self._failure = error
            self._not_before = self._clock.monotonic() + FAILED_PAUSE
            raise
        self._failure = None
        return self.ready

    def _climb_down(self) -> ModelReady:
        """Start with what worked last time, or with everything on; go on to safer settings after a death."""
        info = inspect(self._path)
        sha256 = sha256_of(self._path)
        settings: Settings | None = recall(self._memory, sha256) or Settings()
        last: ProcessEndedError | None = None
        while settings is not None:
            try:
                ready = self._load(info, sha256, settings)
            except ProcessEndedError as error:
                if self._stopped or error.asked:
                    raise ModelError("The model was stopped while it was loading.") from error
                if error.signal in (None, "SIGTERM"):
                    raise
                last, settings = error, next_settings(settings)
            else:
                remember(self._memory, sha256, settings)
                return ready
        raise ModelGoneError(
            f"The model could not be started with any settings. {last}",
            hint="Try another model file; `homebody doctor` shows what this computer can do.",
        ) from last

    def _load(self, info: ModelInfo, sha256: str, settings: Settings) -> ModelReady:
        """Start a process with *settings* and wait until it has proved itself."""
        began = self._clock.monotonic()
        self._process = process = ModelProcess(self._command)
        if self._stopped:  # stop() came just before there was a process to end
            process.stop()
        context = context_for(info, self._wishes["context"])
        lanes = lanes_for(info, context)
        request = {
            "do": "load",
            "path": str(self._path.resolve()),
            "context": context,
            "threads": self._wishes["threads"],
            "lanes": lanes.to_dict(),
            "memory": most_memory(info, context, lanes),
            "settings": settings.to_dict(),
        }
        try:
            found = last_of(process.ask(request), STALL_SECONDS)
            ready = understood(
                lambda: ModelReady(
                    info=info,
                    sha256=sha256,
                    context=int(found["context"]),
                    memory_bytes=int(found["memory_bytes"]),
                    settings={**settings.to_dict(), **found["settings"]},
                    seal=dict(found["seal"]),
                    load_seconds=round(self._clock.monotonic() - began, 3),
                    pid=process.pid,
                )
            )
            trusted(process.pid)
        except HomebodyError:
            self._process = None
            process.stop()
            raise
        return ready


def trusted(pid: int) -> None:
    """Raise ModelError when the kernel, not the process, says that it is not sealed: then it gets nothing to read."""
    try:
        refuse_unsealed(pid)
    except SealError as error:
        raise ModelError(f"The model process gets nothing to read: {error}", hint=error.hint) from error


def last_of(exchange: Exchange, seconds: float, tell: Callable[[Event], None] | None = None) -> Any:
    """Return what the exchange ends with, telling of progress on the way. Raises the error it ends with."""
    while True:
        event = exchange.next(seconds)
        if "error" in event:
            raise error_from(event["error"])
        if "answer" in event:
            return event["answer"]
        if tell is not None and "progress" in event:
            tell(event["progress"])


def error_from(found: Any) -> ModelError:
    """Return the error that the process reports, of its own class where it is one of the model's."""
    if not isinstance(found, dict):
        return ModelError()
    kind = getattr(errors, str(found.get("kind")), None)
    known = kind if isinstance(kind, type) and issubclass(kind, ModelError) else ModelError
    return known(str(found.get("message")), hint=found.get("hint"))


def understood(read: Callable[[], Read]) -> Read:
    """Return what *read* makes of an answer; raise WireError when nothing can be made of it.

    The process reads files and documents that strangers wrote, so its word is not taken for sound.
    """
    try:
        return read()
    except (TypeError, ValueError, LookupError, AttributeError) as error:
        raise WireError("The model process sent an answer that makes no sense.") from error
