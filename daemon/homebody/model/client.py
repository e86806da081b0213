"""How does the house ask the model?"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

from homebody.clock import Clock
from homebody.errors import (
    GrammarError,
    ModelKilledByPromptError,
)
from homebody.messages import Message
from homebody.model.answer import PLAIN, Answer, Manner, Progress
from homebody.model.batches import batches, counts_of
from homebody.model.calling import GRACE_SECONDS, Caller
from homebody.model.cancellation import Cancellation
from homebody.model.choice import Choice
from homebody.model.keeping import Prefixes
from homebody.model.loading import Loader, ModelReady
from homebody.model.process import Event
from homebody.model.replies import understood
from homebody.model.states import Standing
from homebody.sampling import GREEDY, Sampling

__all__ = ["Answer", "Cancellation", "Manner", "ModelClient", "ModelReady", "Progress", "Standing"]

GRAMMAR_SECONDS = 20.0
"""No grammar of ours takes a tenth of a second; the native parser cannot be interrupted, only ended."""


class ModelClient(Caller):
    """The model that writes, as the house sees it."""

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
        super().__init__(loader, clock, suspects=memory and memory.with_name("suspects.json"))
        self._prefixes = prefixes

    @property
    def context(self) -> int:
        """Return the tokens that a prompt and its answer may have together; 0 before the model is ready."""
        return self.ready.context if self.ready else 0

    def stop(self) -> None:
        """End the model process; a running answer ends with ModelGoneError."""
        super().stop()
        if self._prefixes is not None:
            self._prefixes.settle()

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

        with self._counted(cancellation) as mine:
            found = self._ask(request, deadline_seconds + GRACE_SECONDS, mine, tell)
        return understood(lambda: Answer.read(found))
