"""How does the house ask the model?"""

import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from homebody.clock import Clock
from homebody.errors import (
    CancelledError,
    GrammarError,
    ModelError,
    ModelKilledByPromptError,
    ModelNotReadyError,
)
from homebody.messages import Message
from homebody.model.answer import PLAIN, Answer, Manner, Progress
from homebody.model.batches import batches, counts_of
from homebody.model.cancellation import Cancellation
from homebody.model.choice import Choice
from homebody.model.gate import Gate, Turn
from homebody.model.keeping import Prefixes
from homebody.model.loading import Loader, ModelReady
from homebody.model.memory import recall_suspects, remember_suspects
from homebody.model.process import ANSWER_SECONDS, Event, Exchange, ModelProcess, ProcessEndedError
from homebody.model.replies import last_of, understood
from homebody.model.states import Standing
from homebody.model.supervisor import Supervisor
from homebody.model.suspects import remembered
from homebody.sampling import GREEDY, Sampling
from homebody.seal import Descriptor, ProbeResult, ProbeTargets

__all__ = ["Answer", "Cancellation", "Manner", "ModelClient", "ModelReady", "Progress", "Standing"]

GRAMMAR_SECONDS = 20.0
"""No grammar of ours takes a tenth of a second; the native parser cannot be interrupted, only ended."""

GRACE_SECONDS = 30.0
"""What the process may take beyond a deadline before it counts as hanging."""


class ModelClient:
    """The model, as the house sees it: started on first use, started again after it died.

    Any thread may call, and many at once. When the process dies, those who wait for it are tried again, each alone,
    so that a document that kills it costs the others nothing but time (`model.suspects`).
    """

    def __init__(
        self,
        path: Path,
        *,
        clock: Clock,
        context: int = 0,
        choice: Choice | None = None,
        memory: Path | None = None,
        command: Sequence[str] | None = None,
        without: Collection[str] = (),
        prefixes: Prefixes | None = None,
    ) -> None:
        """Prepare; nothing is started. *memory* is the file that remembers which settings worked, and what steps took.

        *context* is short for a *choice* of nothing else.
        *prefixes* keeps the beginnings of prompts. Benchmarks say *without* which parts the engine is to
        work: batching, prefix, forced, drafts.
        """
        wishes = {"without": sorted(without)}
        choice = choice or Choice(context=context)
        loader = Loader(path, clock=clock, choice=choice, wishes=wishes, memory=memory, command=command,
                        prefixes=prefixes)  # fmt: skip
        self._prefixes = prefixes
        self._supervisor = Supervisor(loader, clock)
        self._suspects = memory and memory.with_name("suspects.json")
        self._gate = Gate(remembered(*recall_suspects(self._suspects)))
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
    def context(self) -> int:
        """Return the tokens that a prompt and its answer may have together; 0 before the model is ready."""
        return self.ready.context if self.ready else 0

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
        if self._prefixes is not None:
            self._prefixes.settle()

    def rest(self, after: float) -> bool:
        """End the model process if nobody needed it for *after* seconds, and return whether it was ended.

        The next call loads it again. Where none can be started later, nothing is done.
        """
        return self._supervisor.rest(after, needed=lambda: not self._gate.idle)

    def count(self, texts: Sequence[str]) -> list[int]:
        """Return the tokens of each text alone, no special ones added. Raises ModelError."""
        counts: list[int] = []
        for batch in batches(texts):
            found = self._ask({"do": "count", "texts": batch})
            counts += understood(partial(counts_of, found, len(batch)))
        return counts

    def prompt_tokens(self, messages: Sequence[Message]) -> int:
        """Return the tokens of the whole prompt as `generate` would build it. Raises ModelError."""
        found = self._ask({"do": "prompt_tokens", "messages": [asdict(message) for message in messages]})
        return understood(lambda: int(found))

    def check_grammar(self, grammar: str) -> None:
        """Raise GrammarError with the reason when *grammar* cannot be used."""
        try:
            self._ask({"do": "check_grammar", "grammar": grammar}, GRAMMAR_SECONDS)
        except ModelKilledByPromptError as error:
            raise GrammarError(
                "The grammar cannot be used: the native parser does not survive it."
            ) from error

    def generate(
        self,
        messages: Sequence[Message],
        *,
        grammar: str | None,
        max_tokens: int,
        on_progress: Callable[[Progress], None] | None = None,
        deadline_seconds: float = 600,
        sampling: Sampling = GREEDY,
        cancellation: Cancellation | None = None,
        manner: Manner = PLAIN,
    ) -> Answer:
        """Return the model's answer, made in a *manner*, its tokens chosen by *sampling*, held to *grammar* if given.

        Raises PromptTooLongError with the counts when it cannot fit, CancelledError, ModelKilledByPromptError when the
        process died of it twice, ModelNotReadyError when there is no process and none can be started just now,
        ModelGoneError when it was stopped meanwhile, GrammarError for a grammar that cannot be used, ModelError for
        everything else (the deadline).
        """
        request = {
            "do": "generate",
            "messages": [asdict(message) for message in messages],
            "grammar": grammar,
            "max_tokens": max_tokens,
            "deadline": deadline_seconds,
            "sampling": sampling.to_dict(),
            **asdict(manner),
        }

        def tell(progress: Event) -> None:
            if on_progress is not None:
                on_progress(understood(lambda: Progress(**progress)))

        mine = Cancellation()
        with self._guard:
            self._answers.add(mine)
        try:
            with (cancellation or mine).listening(mine.cancel):
                found = self._ask(request, deadline_seconds + GRACE_SECONDS, mine, tell)
        finally:
            with self._guard:
                self._answers.remove(mine)
        return understood(lambda: Answer.read(found))

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
