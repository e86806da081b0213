"""What can be asked of the loaded model: counting, checking, and answers for many at once."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from homebody.engine.constraint import Grammars
from homebody.engine.job import Job, Replies, Wanted, Watch
from homebody.engine.keeping import Keeper
from homebody.engine.loop import Loop
from homebody.engine.pondering import CLOSING, Pondering, budget
from homebody.engine.prompts import Prompt, Prompts
from homebody.engine.room import Restored, Room
from homebody.engine.thinking import thinks
from homebody.engine.tuning import Plan
from homebody.engine.vocabulary import Vocabulary
from homebody.engine.writing import Draw, Writing
from homebody.messages import Message


class Engine:
    """One model and its rooms. Not for several threads: whoever holds it lets it `advance` between two requests."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        rooms: Sequence[Room],
        *,
        context: int,
        plan: Plan,
        force: bool = True,
        keeper: Keeper | None = None,
    ) -> None:
        """Prepare; *context* is the most tokens of a prompt and its answer.

        Without *force*, what a grammar leaves no choice about is asked of the model all the same. *keeper* is shown
        the beginnings that are read.
        """
        self._rooms = rooms
        self._keeper = keeper
        self._bets = plan.bets
        self._context = context
        template = vocabulary.weights.template()
        self._thinks = lru_cache(maxsize=8)(
            lambda ending: thinks(template, ending, lambda text: len(vocabulary.control(text)) == 1)
        )
        prompts = Prompts(vocabulary, context=context)
        self.context = context - (CLOSING if self._thinks(prompts.usual_ending()) is not None else 0)
        """The most tokens of a prompt and its answer: a model that thinks needs some to come to an end."""
        self._prompts = Prompts(vocabulary, context=self.context)
        self._vocabulary = vocabulary
        self._grammars = Grammars(vocabulary, force=force)
        self._loop = Loop(vocabulary, rooms, chunk=plan.chunk, keeper=keeper, together=plan.together)

    @property
    def busy(self) -> bool:
        """Return whether there is an answer to work on."""
        return self._loop.busy

    def advance(self) -> None:
        """Do one step of the model for those who wait for an answer. Raises DeviceError."""
        self._loop.advance()

    def count(self, texts: Sequence[str]) -> list[int]:
        """Return the tokens of each text alone."""
        return [self._vocabulary.count(text) for text in texts]

    def prompt_tokens(self, messages: Sequence[Message]) -> int:
        """Return the tokens of the whole prompt. Raises ModelError, PromptTooLongError."""
        return len(self._prompts.build(messages).tokens)

    def check_grammar(self, text: str) -> None:
        """Raise GrammarError with the reason when a grammar cannot be used."""
        self._grammars.constraint(text).close()

    def restore(self, kind: str, tokens: Sequence[int], state: bytes) -> Restored:
        """Hold again the beginning *tokens*, whose *state* a former process gave to be kept; return what came of it."""
        for room in self._rooms:
            if room.cache.kind == kind:
                return room.restore(tokens, state)
        return Restored.NO_ROOM

    def know_kept(self, names: Iterable[str]) -> None:
        """Take note of the beginnings that are kept, so that none is given again."""
        if self._keeper is not None:
            self._keeper.know(names)

    def submit(self, wanted: Wanted, watch: Watch, replies: Replies) -> None:
        """Take on an answer; *replies* are told of it, some `advance` later.

        Raises PromptTooLongError with the counts, GrammarError for a grammar that cannot be used.
        """
        prompt = self._prompts.build(wanted.messages, raw=wanted.raw)
        limit = wanted.max_tokens
        if wanted.shorten:
            limit = min(limit, max(1, self.context - len(prompt.tokens)))
        self._prompts.refuse(prompt, limit)
        constraint = (
            None
            if wanted.grammar is None
            else self._grammars.constraint(wanted.grammar, force=wanted.logprobs is None)
        )
        draw = Draw(
            vocabulary=self._vocabulary,
            prompt=prompt.tokens,
            constraint=constraint,
            limit=limit,
            sampling=wanted.sampling,
            stops=wanted.stops,
            watched=wanted.stream,
            costs=self._bets,
            logprobs=wanted.logprobs,
            static=prompt.static,
            document=prompt.document,
        )
        how = None if wanted.raw else self._thinks(prompt.ending)
        thought = budget(self._context, len(prompt.tokens) + limit) if how else 0
        writing = Writing(draw) if how is None else Pondering(draw, how, budget=thought)
        head = writing.head()
        self._loop.submit(
            Job(
                number=wanted.number,
                prompt=Prompt([*prompt.tokens, *head], prompt.static, durable=prompt.durable),
                head=len(head),
                limit=limit,
                writing=writing,
                thought=min(thought + CLOSING, self._context - len(prompt.tokens) - limit) if how else 0,
                watch=watch,
                replies=replies,
                interactive=wanted.interactive,
                stream=wanted.stream,
            )
        )
