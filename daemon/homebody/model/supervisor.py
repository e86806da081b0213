"""Does a model process run, and when may it be started, ended or started again?

What follows from what is decided by `model.states`; this room has the threads and the process.
"""

import threading
from collections.abc import Callable

from homebody.clock import Clock
from homebody.errors import CancelledError, ModelError, ModelGoneError, ModelNotReadyError
from homebody.logs import get_log
from homebody.model.cancellation import Cancellation
from homebody.model.fit import NoRoomNowError
from homebody.model.loading import Identity, Loader, ModelReady
from homebody.model.process import ModelProcess, ProcessEndedError
from homebody.model.states import RESTART, Happening, Standing, State, next_state


class Start:
    """One start under way, as the loader sees it: whether it was called off, its process, how it failed."""

    def __init__(self, note: Callable[[Happening, str], None]) -> None:
        self._note = note
        self.halted = False
        self.process: ModelProcess | None = None
        self.failure: ModelError | None = None

    def tell(self, happening: Happening, words: str = "") -> None:
        """Take note of a step."""
        self._note(happening, words)

    def began(self, process: ModelProcess) -> None:
        """Take note of the process; end it when the start was called off before it was there."""
        self.process = process
        if self.halted:
            process.stop()


class Supervisor:
    """The model process: started by a thread of its own, so that whoever waits for it can give up waiting."""

    def __init__(self, loader: Loader, clock: Clock) -> None:
        self._loader = loader
        self._clock = clock
        self._changed = threading.Condition()
        self._halt = threading.Event()
        self._process: ModelProcess | None = None
        self._start: Start | None = None
        self._failure: ModelError | None = None
        self._failed_file: Identity = None
        self._had_one = True
        self._used = clock.monotonic()
        self.standing = Standing(since=clock.monotonic())
        self.ready: ModelReady | None = None

    @property
    def lost(self) -> bool:
        """Return whether a loaded process has ended, and none may be started any more."""
        process = self._process
        return self.standing.last and self._had_one and (process is None or not process.alive)

    def start_no_more(self) -> None:
        """Start no other process from now on: the seal would refuse it (`seal.Starts`).

        A model that was not loaded by then stays unloaded, for the reason that it gave.
        """
        with self._changed:
            self._had_one = self.ready is not None
            self._happened(Happening.NO_MORE)

    def start(self) -> ModelReady:
        """Start the process, unless it runs, and return what it says once it has proved itself.

        Raises ModelFileError or ModelError with the reason, ModelGoneError when no settings kept it alive.
        """
        with self._changed:
            self._halt.clear()
            self._running(Cancellation())
            assert self.ready is not None
            return self.ready

    def running(self, cancellation: Cancellation) -> ModelProcess:
        """Return the process, started again if it died, after a pause if it died before.

        Raises what `start` raises, CancelledError when given up, ModelError when it was stopped.
        """
        with cancellation.listening(self._wake), self._changed:
            return self._running(cancellation)

    def died(self, process: ModelProcess, error: ProcessEndedError, *, by_prompt: bool = False) -> None:
        """Note that *process* ended by itself; who tells of it later tells nothing new."""
        with self._changed:
            if self._process is not process:
                return
            self._process = self.ready = None
            if error.asked:
                return
            self._happened(Happening.KILLED_BY_PROMPT if by_prompt else Happening.DIED, str(error))
            self._failure, self._failed_file = None, self._loader.identity()
        state = self.standing.state.value
        get_log().warning("the model process ended", pid=process.pid, signal=error.signal, state=state)

    def notice(self) -> None:
        """Take note of a process that ended while nobody asked it for anything: no request told of its end.

        Where one was asked, that knows better what it died of, and tells.
        """
        with self._changed:
            process = self._process
            if process is not None and not process.alive and not process.busy:
                self.died(process, process.ending())

    def answered(self) -> None:
        """Note that the process finished some work: what came before no longer counts."""
        with self._changed:
            self._used = self._clock.monotonic()
            self._happened(Happening.ANSWERED)

    def rest(self, after: float, needed: Callable[[], bool]) -> bool:
        """End the process if nobody needed it for *after* seconds and it is not *needed* now; return whether it was."""
        with self._changed:
            process = self._process
            if process is None or process.busy or self.standing.last or needed():
                return False
            if self._clock.monotonic() - self._used < after:
                return False
            self._process = self.ready = None
            self._happened(Happening.IDLE)
        process.stop()
        return True

    def stop(self) -> None:
        """End the process, and call off a start that is under way."""
        with self._changed:
            self._halt.set()
            process = self._process
            if self._start is not None:
                self._start.halted = True
                process = process or self._start.process
            self._process = self.ready = None
            self._failure = None
            self._happened(Happening.STOP)
            self._changed.notify_all()
        if process is not None:
            process.stop()

    def _running(self, cancellation: Cancellation) -> ModelProcess:
        """Return the process that runs, waiting for a start; the lock is held, and let go while waiting."""
        mine: Start | None = None
        while True:
            if cancellation.cancelled:
                raise CancelledError
            if self._halt.is_set():
                raise ModelError("The model was stopped.")
            process = self._process
            if process is not None and process.alive:
                self._used = self._clock.monotonic()
                return process
            if process is not None:  # it died while nobody asked it for anything
                self.died(process, process.ending())
            if mine is not None and mine.failure is not None and not mine.halted:
                raise mine.failure
            mine = self._start or self._begin()
            self._changed.wait()

    def _begin(self) -> Start:
        """Begin a start. Raises the reason why there is none."""
        now = self._clock.monotonic()
        if self.standing.last:
            raise self._no_more()
        if self.standing.state is State.FAILED and self._loader.identity() != self._failed_file:
            self._failure = None
            self._happened(Happening.CHANGED)
        pause = max(0.0, self.standing.not_before - now)
        if self.standing.state is State.FAILED or (pause and self._failure is not None):
            raise self._failure or ModelNotReadyError(f"The model cannot be used. {self.standing.reason}")
        self._start = start = Start(self._tell)
        threading.Thread(target=self._carry_out, args=(start, pause), name="model-start", daemon=True).start()
        return start

    def _no_more(self) -> ModelError:
        """Return why no process may be started."""
        if not self._had_one:
            return self._failure or ModelNotReadyError("The model was not loaded before the seal.")
        return ModelNotReadyError(
            "The model process ended, and within the seal no other can be started.",
            hint="homebody ends by itself after this run, so that its service manager starts it again.",
        )

    def _carry_out(self, start: Start, pause: float) -> None:
        """Start a process after *pause* seconds, and note what came of it."""
        found: tuple[ModelProcess, ModelReady] | None = None
        failure: ModelError | None = None
        identity: Identity = None
        try:
            if not (pause and self._halt.wait(pause)) and not start.halted:
                self._tell(Happening.START)
                identity = self._loader.identity()
                found = self._loader.load(start)
        except ModelError as error:
            failure = error
        except Exception as error:  # noqa: BLE001 - those who wait for it must hear of it, whatever it is
            failure = ModelError(
                f"A fault in homebody kept the model from starting ({type(error).__name__})."
            )
        with self._changed:
            self._start, start.failure = None, failure
            if start.halted:
                self._changed.notify_all()
            elif found is not None:
                self._process, self.ready = found
                self._failure = None
                self._used = self._clock.monotonic()
                self._happened(Happening.PROVED)
            else:
                self._note_failure(failure, identity)
        if start.halted and found is not None:
            found[0].stop()

    def _note_failure(self, failure: ModelError | None, identity: Identity) -> None:
        """Note why a start failed: for good when something said so, for a while when the process just ended."""
        self._failure, self._failed_file = failure, identity
        if failure is None:
            return
        if isinstance(failure, NoRoomNowError):
            self._happened(Happening.NO_ROOM, f"{failure} {failure.hint}")
        elif isinstance(failure, ModelGoneError):
            self._happened(Happening.DIED, str(failure))
            if self.standing.state is State.FAILED:
                self._failure = ModelGoneError(f"The model cannot be used. {self.standing.reason}")
        else:
            self._happened(Happening.REFUSED, f"{failure} {failure.hint or ''} {RESTART}".replace("  ", " "))

    def _tell(self, happening: Happening, words: str = "") -> None:
        """Note what happens, from a thread that does not hold the lock."""
        with self._changed:
            self._happened(happening, words)

    def _happened(self, happening: Happening, words: str = "") -> None:
        """Note what happened, and wake whoever waits for it."""
        self.standing = next_state(self.standing, happening, self._clock.monotonic(), words)
        self._changed.notify_all()

    def _wake(self) -> None:
        """Let everybody who waits look again."""
        with self._changed:
            self._changed.notify_all()
