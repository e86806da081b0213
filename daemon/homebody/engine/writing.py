"""How does one answer come about, token by token?"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from homebody.engine.constraint import Constraint
from homebody.engine.draft import Draft
from homebody.engine.likelihood import Likelihoods
from homebody.engine.repeats import Repeats
from homebody.engine.sampler import Sampler, seed_in_use
from homebody.engine.shown import Shown
from homebody.engine.tuning import Seconds
from homebody.engine.vocabulary import Vocabulary
from homebody.sampling import GREEDY, Sampling


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """What an answer is drawn from: the *prompt*, the *constraint* it is held to, its *limit* in tokens.

    The first *static* tokens of the prompt hold nothing of a document, which has ended after *document*, 0 if there is
    none. The answer ends before the first of *stops*.
    *watched* says that somebody reads along (`Writing.news`), *costs* whether bets
    on what comes next pay (`homebody.engine.draft`). *logprobs* is of how many of the likeliest tokens an account is
    kept at each place (`homebody.engine.likelihood`), None where nobody asks for it.
    """

    vocabulary: Vocabulary
    prompt: Sequence[int]
    constraint: Constraint | None
    limit: int
    sampling: Sampling = GREEDY
    stops: Sequence[str] = ()
    watched: bool = False
    costs: Seconds = field(default_factory=dict)
    logprobs: int | None = None
    static: int = 0
    document: int = 0


class Writing:
    """An answer on its way: what was chosen, what of it the model has not been fed yet, and whether it is over."""

    def __init__(self, draw: Draw, *, trimmed: bool = False) -> None:
        """Begin an answer; *trimmed* leaves the blanks before its first word out of its text."""
        self._draw = draw
        self._vocabulary = draw.vocabulary
        self._constraint = draw.constraint
        self._repeats = Repeats()
        self._draft = Draft(draw.prompt, draw.costs)
        self.seed = seed_in_use(draw.sampling)
        self._sampler = Sampler(draw.sampling, self.seed)
        self._copying = (
            draw.vocabulary.copying(draw.prompt, draw.static, draw.document)
            if draw.constraint is not None
            else None
        )
        self._trimmed = trimmed
        self._shown = Shown(draw.stops, trimmed=trimmed) if draw.stops or draw.watched else None
        self.likelihoods = None if draw.logprobs is None else Likelihoods(draw.logprobs)
        self.tokens: list[int] = []
        self.unfed: deque[int] = deque()
        self.stop: str | None = None

    def choose(self, logits: NDArray[np.float32]) -> None:
        """Take the next token from *logits*, which are changed; and what must follow it, without asking the model."""
        if self.likelihoods is not None:
            self.likelihoods.look(logits)
        if self._copying is not None:
            for likely, surely in self._copying.likely():
                logits[likely] += self._vocabulary.copy_bias * surely
        token = self._next(logits, self._repeats.again(self.tokens))
        if token is None or self._vocabulary.ends(token):
            self.stop = "end"
            return
        self._take(token)
        self._take_forced()

    def head(self) -> list[int]:
        """Take what the answer must begin with, and return it: it is to be read with the prompt, not fed."""
        if self._draw.stops:
            return []  # an answer is not over before it has begun
        self._take_forced(closing=False)
        head = list(self.unfed)
        self.unfed.clear()
        return head

    def bet(self) -> list[int]:
        """Return tokens that are likely to follow the one that is to be fed, none where it does not pay."""
        if len(self.unfed) != 1:
            return []
        return self._draft.propose(self._draw.limit - len(self.tokens) - 1)

    def judge(self, bet: Sequence[int], logits: Callable[[int], NDArray[np.float32]]) -> int:
        """Choose on as long as *bet* held; return how many tokens of it did, which the model has then been fed.

        ``logits(n)`` are those after n tokens of the bet.
        """
        held = 0
        self.choose(logits(0))
        while held < len(bet) and self.stop is None and self.unfed[0] == bet[held]:
            self.unfed.popleft()
            held += 1
            if not self.unfed:
                self.choose(logits(held))
        return held

    def close(self) -> None:
        """Give the constraint's memory back."""
        if self._constraint is not None:
            self._constraint.close()

    def text(self) -> str:
        """Return what is written so far."""
        if self._shown is not None:
            return self._shown.text
        text = self._vocabulary.text(self.tokens)
        return text.lstrip() if self._trimmed else text

    def news(self) -> str:
        """Return what may be shown of the text and was not returned before."""
        return "" if self._shown is None else self._shown.take()

    def account(self) -> list[Any] | None:
        """Return how likely each token was, where that was asked for, in the form of `Generated.likelihoods`."""
        if self.likelihoods is None:
            return None
        return [
            [*self._told(*own), [self._told(*other) for other in others]]
            for own, others in self.likelihoods.found
        ]

    def _told(self, token: int, logprob: float) -> list[Any]:
        piece = self._vocabulary.piece(token)
        return [(piece or self._vocabulary.spelled(token)).hex(), not piece, logprob]

    def _take_forced(self, *, closing: bool = True) -> None:
        """Take what must come next, as far as the answer has room for it."""
        if self._constraint is None or self.stop is not None:
            return
        for token in self._constraint.forced(closing=closing):
            last = len(self.tokens) + 1 == self._draw.limit
            if self.stop is not None or (last and not closing) or not self._constraint.takes(token):
                return
            self._take(token)

    def _feed(self, token: int) -> None:
        """Let the model read *token* next."""
        self.unfed.append(token)
        self._draft.note(token)

    def _take(self, token: int) -> None:
        """Go on past *token*."""
        self.tokens.append(token)
        if self.likelihoods is not None:
            self.likelihoods.took(token)
        self._repeats.note(self.tokens)
        self._sampler.note(token)
        self._feed(token)
        if self._shown is not None and self._shown.feed(self._vocabulary.piece(token)):
            self.stop = "stop"
            return
        if self._copying is not None:
            self._copying.note(token)
        if self._constraint is not None:
            self._constraint.accept(token)
            if self._constraint.complete():
                self.stop = "end"
                return
        if len(self.tokens) == self._draw.limit:
            self.stop = "limit"

    def _next(self, logits: NDArray[np.float32], passed_over: list[int]) -> int | None:
        """Return the next token, or None when the grammar allows no further one.

        What would go round in a circle is passed over, unless the grammar leaves nothing else.
        """
        kept = logits[passed_over].copy()
        logits[passed_over] = -np.inf
        found = self._pick(logits)
        if found is None and passed_over:
            logits[passed_over] = kept
            found = self._pick(logits)
        return found

    def _pick(self, logits: NDArray[np.float32]) -> int | None:
        """Return the sampler's choice, held to the grammar where there is one."""
        if self._constraint is None:
            return self._sampler.pick(logits, None)
        self._vocabulary.mark_mute(logits)
        return self._sampler.pick(logits, self._constraint.allowed)
