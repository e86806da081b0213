"""How is a question brought to the model process, however often that has to be started for it?"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from homebody.clock import Clock
from homebody.errors import CancelledError, ModelError, ModelNotReadyError
from homebody.model.cancellation import Cancellation
from homebody.model.gate import Gate, Turn
from homebody.model.loading import Loader, ModelReady
from homebody.model.memory import recall_suspects, remember_suspects
from homebody.model.process import ANSWER_SECONDS, Event, Exchange, ModelProcess, ProcessEndedError
from homebody.model.replies import last_of, understood
from homebody.model.states import Standing
from homebody.model.supervisor import Supervisor
from homebody.model.suspects import remembered
from homebody.seal import Descriptor, ProbeResult, ProbeTargets

GRACE_SECONDS = 30.0
"""What the process may take beyond a deadline before it counts as hanging."""


class Caller:
    """One model's process: started on first use, started again after it died.

    Any thread may call, and many at once. When the process dies, those who wait for it are tried again, each alone,
    so that a document that kills it costs the others nothing but time (`model.suspects`).
    """

    def __init__(self, loader: Loader, clock: Clock, *, suspects: Path | None) -> None:
        """Prepare; nothing is started. *suspects* is the file that tells a daemon whom the one before suspected."""
        self._supervisor = Supervisor(loader, clock)
        self._suspects = suspects
        self._gate = Gate(remembered(*recall_suspects(suspects)))
        self._guard = threading.Lock()
        self._handing = threading.Lock()
        self._answers: set[Cancellation] = set()

    @property
    def ready(self) -> ModelReady | None:
        """Return what is known of the loaded model, or None while none is loaded."""
        return self._supervisor.ready

    @property
    def standing(self) -> Standing:
        """Return where the model process stands, and why, in words."""
        return self._supervisor.standing

    @property
    def lost(self) -> bool:
        """Return whether the model process has ended and none may be started any more."""
        return self._supervisor.lost

    def start_no_more(self) -> None:
        """Start no model process from now on: the seal would refuse it (`seal.Starts`)."""
        self._supervisor.start_no_more()

    def start(self) -> ModelReady:
        """Start the model process and return what it says once it has proved itself.

        When a signal kills it on the way, it is started with the next safer settings; what works is
        remembered. Raises ModelFileError or ModelError with the reason.
        """
        return self._supervisor.start()

    def stop(self) -> None:
        """End the model process; a running answer ends with ModelGoneError."""
        self._supervisor.stop()

    def notice(self) -> None:
        """Take note of a process that ended while nobody asked it for anything."""
        self._supervisor.notice()

    def rest(self, after: float) -> bool:
        """End the model process if nobody needed it for *after* seconds, and return whether it was ended.

        The next call loads it again. Where none can be started later, nothing is done.
        """
        return self._supervisor.rest(after, needed=lambda: not self._gate.idle)

    def cancel(self) -> None:
        """Give up every answer that is asked for now; each `generate` raises CancelledError soon."""
        with self._guard:
            answers = tuple(self._answers)
        for answer in answers:
            answer.cancel()

    def probe(self, names: Sequence[str], targets: ProbeTargets) -> tuple[ProbeResult, ...]:
        """Return what happened when the model process itself tried to get out, as *names* say."""
        found = self._ask_of_process({"do": "probe", "names": list(names), "targets": asdict(targets)})
        return understood(lambda: tuple(ProbeResult.from_dict(result) for result in found))

    def descriptors(self) -> tuple[Descriptor, ...]:
        """Return what the model process has open by its own account."""
        found = self._ask_of_process({"do": "descriptors"})
        return understood(lambda: tuple(Descriptor.from_dict(one) for one in found))

    @contextmanager
    def _counted(self, cancellation: Cancellation | None) -> Iterator[Cancellation]:
        """Give what gives up one question: with *cancellation*, or with all that are asked (`cancel`)."""
        mine = Cancellation()
        with self._guard:
            self._answers.add(mine)
        try:
            with (cancellation or mine).listening(mine.cancel):
                yield mine
        finally:
            with self._guard:
                self._answers.remove(mine)

    def _ask_of_process(self, request: Event) -> Any:
        """Return the answer to a request that is about the process itself, and that nobody's document is in."""
        process = self._supervisor.running(Cancellation())
        try:
            return _answer(process.ask(request))
        except ProcessEndedError as error:
            self._supervisor.died(process, error)
            raise

    def _ask(
        self,
        request: Event,
        seconds: float = ANSWER_SECONDS,
        cancellation: Cancellation | None = None,
        tell: Callable[[Event], None] | None = None,
    ) -> Any:
        """Return the answer to *request*, however often the process has to be started for it."""
        cancellation = cancellation or Cancellation()
        with self._gate.arrival(request, cancellation) as turn:
            while True:
                turn.wait()
                process = self._process_for(turn, cancellation)
                try:
                    exchange = process.ask(request, seconds)
                    try:
                        with cancellation.listening(exchange.cancel):
                            found = _answer(exchange, tell)
                    finally:
                        turn.answered = exchange.done and not cancellation.cancelled
                except ProcessEndedError as error:
                    turn.answered = False
                    self._note_death(process, error)
                else:
                    self._supervisor.answered()
                    return found

    def _process_for(self, turn: Turn, cancellation: Cancellation) -> ModelProcess:
        """Return the process to ask. Raises CancelledError, and ModelNotReadyError saying why there is none."""
        try:
            process = self._supervisor.running(cancellation)
        except CancelledError:
            raise
        except ModelError as error:
            self._hand_on()
            if isinstance(error, ModelNotReadyError):
                raise
            raise ModelNotReadyError(f"There is no model to ask: {error}", hint=error.hint) from error
        turn.goes_to(process)
        return process

    def _note_death(self, process: ModelProcess, error: ProcessEndedError) -> None:
        """Note who was in the process that ended. Raises *error* when it was ended on purpose."""
        if error.asked:
            raise error
        telling = error.signal != "SIGTERM" and not error.unheard
        guilty = self._gate.died(process, str(error), telling=telling)
        self._supervisor.died(process, error, by_prompt=guilty)
        self._hand_on()

    def _hand_on(self) -> None:
        """Tell the next daemon who is suspected and who is guilty, when this one ends for want of a process."""
        with self._handing:  # every call that was open comes here
            docket = self._gate.docket
            if self._supervisor.lost and (docket.suspects or docket.guilty):
                remember_suspects(self._suspects, docket.suspects, docket.guilty)


def _answer(exchange: Exchange, tell: Callable[[Event], None] | None = None) -> Any:
    """Return what the exchange ends with; when it ends otherwise, the process is told that nobody waits for it."""
    try:
        return last_of(exchange, tell)
    except BaseException:
        exchange.cancel()
        raise
    finally:
        exchange.close()
