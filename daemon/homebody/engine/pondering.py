"""How does an answer come about that a thought comes before?"""

import numpy as np
from numpy.typing import NDArray

from homebody.engine.thinking import Place, Thinking, Thinks
from homebody.engine.writing import Draw, Writing

BUDGET = 512
"""Tokens that a thought may have, where the context has room for them."""

LEAST = 64
"""A thought that could not have so many is ended before it begins."""

CLOSING = 48
"""Tokens that ending a thought ourselves may take."""


def budget(context: int, need: int) -> int:
    """Return the tokens that a thought may have in a *context*, beside *need* for the prompt and the answer."""
    room = min(BUDGET, context - need - CLOSING)
    return room if room >= LEAST else 0


class Pondering(Writing):
    """An answer whose thought is let run within its budget, unconstrained; the constraint holds what comes after."""

    def __init__(self, draw: Draw, how: Thinks, *, budget: int) -> None:
        """Begin before the thought."""
        super().__init__(draw, trimmed=True)  # blanks stand between a thought and the answer
        self._thinking = Thinking(how, budget=budget)

    def choose(self, logits: NDArray[np.float32]) -> None:
        """Think on by one token, or write on."""
        if self._thinking.overdue:
            self._leave()
            return
        if self._thinking.place is not Place.AFTER and self._think(logits):
            return
        super().choose(logits)

    def head(self) -> list[int]:
        """Return nothing: a thought comes first."""
        return []

    def bet(self) -> list[int]:
        """Return nothing within a thought: it copies from nowhere."""
        return super().bet() if self._thinking.place is Place.AFTER else []

    def _think(self, logits: NDArray[np.float32]) -> bool:
        """Take a token of the thought; return false when the answer begins here."""
        known = self._draw.vocabulary
        token = self._sampler.pick(logits, None)
        inside = self._thinking.place is Place.INSIDE
        ending = token is None or known.ends(token)
        if ending and inside:
            self._leave()
            return True
        spelled = b"" if token is None or ending else known.spelled(token)
        if token is None or ending or not self._thinking.welcomes(spelled):
            self._thinking.close()
            return False
        self._thinking.take(spelled)
        self._feed(token)
        return True

    def _leave(self) -> None:
        """End the thought in the model's own words; what comes next is the answer."""
        for token in self._draw.vocabulary.control(self._thinking.close()):
            self._feed(token)
