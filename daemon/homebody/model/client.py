"""How does the house ask the model?"""

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

from homebody.clock import Clock
from homebody.errors import ModelError
from homebody.messages import Message
from homebody.model.process import Event, Exchange, ProcessEndedError
from homebody.model.supervisor import ModelReady, Supervisor, last_of, understood
from homebody.sampling import GREEDY, Sampling
from homebody.seal import Descriptor, ProbeResult, ProbeTargets

__all__ = ["Answer", "ModelClient", "ModelReady", "Progress"]

ANSWER_SECONDS = 600
GRAMMAR_SECONDS = 20
"""No grammar of ours takes a tenth of a second; the native parser cannot be interrupted, only ended."""

GRACE_SECONDS = 30
"""What the process may take beyond a deadline before it counts as hanging."""

BATCH_CHARACTERS = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the model wrote, and what it cost.

    ``stop`` is "limit" when the answer was cut at its maximum. ``seed`` is what its draws hung on, None where
    nothing was drawn.
    """

    text: str
    prompt_tokens: int
    cached_tokens: int
    answer_tokens: int
    prefill_seconds: float
    decode_seconds: float
    stop: Literal["end", "limit"]
    tokens: tuple[int, ...] = ()
    seed: int | None = None

    @property
    def tokens_per_second(self) -> float:
        """Return how fast the answer was written."""
        return self.answer_tokens / self.decode_seconds if self.decode_seconds > 0 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run is: tokens of the prompt read, or tokens of the answer written."""

    phase: Literal["prefill", "decode"]
    done: int
    total: int


class ModelClient:
    """The model, as the house sees it: started on first use, started again after it died.

    `generate` is for one thread; `cancel`, `probe` and `stop` may be called from any.
    """

    def __init__(
        self,
        path: Path,
        *,
        clock: Clock,
        context: int = 0,
        threads: int = 0,
        memory: Path | None = None,
        command: Sequence[str] | None = None,
    ) -> None:
        """Prepare; nothing is started. *memory* is the file that remembers which settings worked."""
        wishes = {"context": context, "threads": threads}
        self._supervisor = Supervisor(path, clock=clock, wishes=wishes, memory=memory, command=command)
        self._working = threading.Lock()
        self._guard = threading.Lock()
        self._current: Exchange | None = None
        self._generating = False
        self._cancelled = threading.Event()

    @property
    def ready(self) -> ModelReady | None:
        """Return what is known of the loaded model, or None while none is loaded."""
        return self._supervisor.ready

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
        self._cancelled.set()
        self._supervisor.stop()

    def count(self, texts: Sequence[str]) -> list[int]:
        """Return the tokens of each text alone, no special ones added. Raises ModelError."""
        counts: list[int] = []
        for batch in _batches(texts):
            found = self._ask({"do": "count", "texts": batch})
            counts += understood(partial(_counts, found, len(batch)))
        return counts

    def prompt_tokens(self, messages: Sequence[Message]) -> int:
        """Return the tokens of the whole prompt as `generate` would build it. Raises ModelError."""
        found = self._ask({"do": "prompt_tokens", "messages": [asdict(message) for message in messages]})
        return understood(lambda: int(found))

    def check_grammar(self, grammar: str) -> None:
        """Raise ModelError with the reason when *grammar* cannot be used."""
        try:
            self._ask({"do": "check_grammar", "grammar": grammar}, GRAMMAR_SECONDS)
        except ProcessEndedError as error:
            if error.asked:
                raise
            raise ModelError("The grammar cannot be used: the native parser does not survive it.") from error

    def generate(
        self,
        messages: Sequence[Message],
        *,
        grammar: str | None,
        max_tokens: int,
        on_progress: Callable[[Progress], None] | None = None,
        deadline_seconds: float = 600,
        sampling: Sampling = GREEDY,
    ) -> Answer:
        """Return the model's answer, its tokens chosen by *sampling*, held to *grammar* where there is one.

        Raises PromptTooLongError with the counts when it cannot fit, CancelledError, ModelGoneError when the
        process dies on the way, ModelError for everything else (a grammar that cannot be used, the deadline).
        """
        request = {
            "do": "generate",
            "messages": [asdict(message) for message in messages],
            "grammar": grammar,
            "max_tokens": max_tokens,
            "deadline": deadline_seconds,
            "sampling": sampling.to_dict(),
        }
        with self._working:
            self._cancelled.clear()
            self._generating = True
            try:
                answer = self._generate(request, on_progress, deadline_seconds + GRACE_SECONDS)
            finally:
                self._generating = False
        self._supervisor.answered()
        return understood(
            lambda: Answer(**{**answer, "tokens": tuple(answer["tokens"]), "text": str(answer["text"])})
        )

    def cancel(self) -> None:
        """Give the running answer up, if there is one; its `generate` raises CancelledError soon."""
        if not self._generating:
            return
        self._cancelled.set()
        with self._guard:
            if self._current is not None:
                self._current.cancel()

    def probe(self, names: Sequence[str], targets: ProbeTargets) -> tuple[ProbeResult, ...]:
        """Return what happened when the model process itself tried to get out, as *names* say."""
        found = self._ask({"do": "probe", "names": list(names), "targets": asdict(targets)})
        return understood(lambda: tuple(ProbeResult.from_dict(result) for result in found))

    def descriptors(self) -> tuple[Descriptor, ...]:
        """Return what the model process has open by its own account."""
        found = self._ask({"do": "descriptors"})
        return understood(lambda: tuple(Descriptor.from_dict(one) for one in found))

    def _generate(
        self, request: Event, on_progress: Callable[[Progress], None] | None, seconds: float
    ) -> Event:
        """Ask for an answer in such a way that `cancel` finds it."""

        def tell(progress: Event) -> None:
            if on_progress is not None:
                on_progress(understood(lambda: Progress(**progress)))

        with self._answering(request) as exchange:
            with self._guard:
                self._current = exchange
            try:
                if self._cancelled.is_set():
                    exchange.cancel()
                found: Event = last_of(exchange, seconds, tell)
            except BaseException:
                exchange.cancel()  # when on_progress fails, nobody waits for the rest
                raise
            finally:
                with self._guard:
                    self._current = None
            return found

    def _ask(self, request: Event, seconds: float = ANSWER_SECONDS) -> Any:
        """Return the answer to a request that is not a generation."""
        with self._answering(request) as exchange:
            return last_of(exchange, seconds)

    @contextlib.contextmanager
    def _answering(self, request: Event) -> Iterator[Exchange]:
        """Send *request* to a running process; note the death if the process dies over it."""
        exchange: Exchange | None = None
        try:
            exchange = self._supervisor.running(self._wait).ask(request)
            yield exchange
        except ProcessEndedError as error:
            self._supervisor.died(error)
            raise
        finally:
            if exchange is not None:
                exchange.close()

    def _wait(self, seconds: float) -> bool:
        """Let *seconds* pass; return true at once when a running answer is cancelled meanwhile."""
        return self._cancelled.wait(seconds) and self._generating


def _counts(found: Any, wanted: int) -> list[int]:
    """Return the counts of an answer. Raises ValueError when they are not as many as were asked for."""
    counts = [int(count) for count in found]
    if len(counts) != wanted:
        raise ValueError
    return counts


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    """Return *texts* in groups that are small enough for one message each."""
    batch: list[str] = []
    size = 0
    for text in texts:
        if batch and size + len(text) > BATCH_CHARACTERS:
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += len(text)
    if batch:
        yield batch
