"""How does a model process come to be: which settings are tried, and what must it show before it is trusted?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from homebody import __version__
from homebody.clock import Clock
from homebody.errors import HomebodyError, ModelError, ModelGoneError, SealError
from homebody.model.attempts import Settings, next_settings
from homebody.model.choice import Choice
from homebody.model.computer import Memory, memory_here
from homebody.model.fit import Fitted, fitted, most_memory, refuse, refuse_kv
from homebody.model.gguf import ModelInfo, inspect
from homebody.model.keeping import DiedOfPrefixError, Prefixes
from homebody.model.machine import cpu_name, repacked_types
from homebody.model.measurement import Measurement, dated
from homebody.model.memory import recall, recall_measurement, remember
from homebody.model.pin import hold_to_pin, sha256_of
from homebody.model.prefixes import family_of
from homebody.model.process import Event, ModelProcess, ProcessEndedError
from homebody.model.replies import last_of, understood
from homebody.model.watching import Watcher, checking, telling
from homebody.seal import refuse_unsealed

STALL_SECONDS = 300.0
"""A load that reports no progress for so long has stalled; the whole may take as long as it takes."""

CRAMPED = ":cramped"

Identity = tuple[int, ...] | None


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
    measurement: Measurement = field(default_factory=Measurement)
    """What steps took on this machine, if that was measured, and how the engine is laid out for that."""
    fitted: Fitted | None = None
    """What memory it was reckoned to take, and what was made smaller for that."""

    @property
    def plan(self) -> Mapping[str, Any]:
        """Return how the engine is laid out: ``lanes``, ``slots`` of the common pool, ``chunk`` tokens of a step."""
        return self.measurement.plan

    @property
    def tuning(self) -> Mapping[str, Any] | None:
        """Return what steps took on this machine, by the engine's measurement; None where it was not measured."""
        return self.measurement.tuning


class Loader:
    """Starts model processes for one file, and remembers which settings worked."""

    purpose = ""
    """What `homebody model use` has to be told beside the path."""

    def __init__(
        self,
        path: Path,
        *,
        clock: Clock,
        choice: Choice,
        wishes: Mapping[str, Any],
        memory: Path | None,
        command: Sequence[str] | None,
        prefixes: Prefixes | None = None,
        computer: Callable[[], Memory] = memory_here,
    ) -> None:
        """Prepare; *choice* is the person's, *wishes* those of benchmarks, *computer* tells what memory there is."""
        self._path = path
        self._clock = clock
        self._choice = choice
        self._wishes = wishes
        self._computer = computer
        self._memory = memory
        self._command = command
        self._prefixes = None if "prefix" in wishes.get("without", ()) else prefixes

    def identity(self) -> Identity:
        """Return what tells whether the model's file is still the same one, None when there is none."""
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns

    def load(self, watcher: Watcher) -> tuple[ModelProcess, ModelReady]:
        """Start with what worked last time, or with everything on; go on to safer settings after a death.

        Raises ModelError with the reason when the file, the memory, the process or the kernel refuses, and
        ModelGoneError when the process ended by itself, with whatever settings.
        """
        info = self._inspected()
        self._fitting(info, Settings())  # before the file is read whole
        sha256 = sha256_of(self._path, checking(watcher))
        hold_to_pin(self._path, sha256, self._choice.pin, self.purpose)
        known = sha256 + self._choice.variant
        gpu_layers = -1 if self._choice.gpu_layers is None else self._choice.gpu_layers
        settings: Settings | None = recall(self._memory, known) or Settings(gpu_layers=gpu_layers)
        last: ProcessEndedError | None = None
        while settings is not None:
            try:
                found = self._loaded(info, sha256, settings, watcher)
            except ProcessEndedError as error:
                if watcher.halted or error.asked:
                    raise ModelError("The model was stopped while it was loading.") from error
                if isinstance(error, DiedOfPrefixError):
                    continue  # with the same settings: it is given none from now on
                if error.signal in (None, "SIGTERM"):
                    raise
                last, settings = error, next_settings(settings)
            else:
                self._keep(known, found[1])
                return found
        raise ModelGoneError(
            f"The model could not be started with any settings. {last}",
            hint="Try another model file; `homebody doctor` shows what this computer can do.",
        ) from last

    def _keep(self, known: str, ready: ModelReady) -> None:
        """Remember what was found, unless a measurement that there was no time for would replace a whole one."""
        found = ready.measurement
        known += _cramped(ready.fitted)
        kept = recall_measurement(self._memory, known)
        if (
            found.tuning is None
            and kept is not None
            and kept.tuning is not None
            and self._wishes.get("measure")
        ):
            return
        remember(self._memory, known, found)

    def _inspected(self) -> ModelInfo:
        """Return what the file says of itself. Raises ModelFileError when it is not to be used so."""
        info = inspect(self._path)
        refuse_kv(info, self._choice.kv)
        return info

    def _fitting(self, info: ModelInfo, settings: Settings) -> Fitted:
        """Return how the model is laid out so that it fits.

        Raises DoesNotFitError with the sum when it does not fit, unless it is to be loaded all the same.
        """
        memory = self._computer()
        twice = repacked_types() if settings.extra_buffers else ()
        found = fitted(info, memory, context=self._choice.context, kv=self._choice.kv, repacked=twice)
        if not self._choice.force:
            refuse(info, found, memory)
        return found

    def _wanted(self, info: ModelInfo, fitting: Fitted) -> Event:
        """Return how the process is to lay its memory out, and how much of it it may take at most."""
        layout = fitting.layout
        return {
            "lanes": layout.lanes.to_dict(),
            "batch": layout.batch,
            "kv": layout.kv,
            "memory": most_memory(info, layout),
            "without": self._wishes.get("without", []),
            "prefixes": None if self._prefixes is None else self._prefixes.wish(),
        }

    def _loaded(
        self, info: ModelInfo, sha256: str, settings: Settings, watcher: Watcher
    ) -> tuple[ModelProcess, ModelReady]:
        """Start a process with *settings* and wait until it has proved itself."""
        began = self._clock.monotonic()
        fitting = self._fitting(info, settings)
        if fitting.without_copy:
            settings = replace(settings, extra_buffers=False)
        family = family_of(sha256, settings)
        unasked = None if self._prefixes is None else self._prefixes.listener(family)
        try:
            process = ModelProcess(self._command, unasked)
        except OSError as error:
            raise ModelGoneError(f"No model process could be started: {error.strerror}.") from error
        watcher.began(process)
        kept = recall_measurement(self._memory, sha256 + self._choice.variant + _cramped(fitting))
        kept = kept if kept is not None and kept.settings == settings else None
        anew = self._wishes.get("measure")
        request = {
            "do": "load",
            "version": __version__,
            "path": str(self._path.resolve()),
            "context": fitting.layout.context,
            "threads": self._choice.threads,
            "settings": settings.to_dict(),
            **self._wanted(info, fitting),
            "tuning": None if kept is None or anew else kept.tuning,
            "measure": anew,
        }
        try:
            exchange = process.ask(request, STALL_SECONDS)
            try:
                found = last_of(exchange, telling(watcher))
            finally:
                exchange.close()
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
                    fitted=fitting,
                    measurement=Measurement(
                        settings=settings,
                        tuning=found.get("tuning"),
                        measured_at=dated(found.get("tuning"), kept, self._clock.now()),
                        unmeasured=found.get("unmeasured"),
                        plan=dict(found["plan"]),
                        threads=int(found["settings"].get("threads", 0)),
                        cpu=cpu_name(),
                        active_bytes=info.shape.active_bytes,
                    ),
                )
            )
            trusted(process.pid)
            if self._prefixes is not None:
                kinds = understood(lambda: [str(kind) for kind in found.get("kinds", ())])
                self._prefixes.give_back(process, family, kinds)
        except HomebodyError:
            process.stop()
            raise
        return process, ready


def _cramped(fitting: Fitted | None) -> str:
    """Return what tells apart what was found where there was no memory for a second copy of the weights."""
    return CRAMPED if fitting is not None and fitting.without_copy else ""


def trusted(pid: int) -> None:
    """Raise ModelError when the kernel, not the process, says that it is not sealed: then it gets nothing to read."""
    try:
        refuse_unsealed(pid)
    except SealError as error:
        raise ModelError(f"The model process gets nothing to read: {error}", hint=error.hint) from error
