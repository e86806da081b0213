"""What comes next if the answer goes on copying, and does it pay to bet on it?

Prompt-lookup decoding (Saxena, 2023): the last few tokens are looked up in the prompt, and what followed them there is
fed along with the next token and judged in the same step. (Not in the answer itself: `Repeats` lets none go round.) A
bet that is lost costs the tokens that were fed in vain. So each answer keeps account of how often the look-up was
right, also while nothing is bet on it, which costs nothing; and it bets as many tokens as pay by what steps of each
width take on this machine.
"""

from collections.abc import Mapping, Sequence

GRAM = 3
"""Tokens that must agree before their continuation is looked up."""

MOST = 8
"""Tokens of one bet."""

DOUBT = 0.3
"""The share of look-ups that is taken to be right before the first was."""

GAIN = 1.15
"""What a bet must promise against none: the account is short, and its luck is not the next token's."""

MEMORY = 0.8
"""How much of the account is kept when another look-up is judged."""


class Draft:
    """The bets of one answer."""

    def __init__(self, prompt: Sequence[int], costs: Mapping[int, float]) -> None:
        """Prepare; *costs* are the seconds of a step that feeds so many tokens to one sequence, empty for no bets."""
        self._costs = costs
        self._prompt = prompt
        self._last = tuple(prompt[-GRAM:])
        self._places: dict[tuple[int, ...], int] = {}
        if costs:
            self._places = {tuple(prompt[end - GRAM : end]): end for end in range(GRAM, len(prompt))}
        self._rate = DOUBT
        self._place = self._places.get(self._last)

    def note(self, token: int) -> None:
        """Take up the next token of the answer, and see whether the look-up had it right."""
        if self._place is not None:
            self._rate = MEMORY * self._rate + (1 - MEMORY) * (self._prompt[self._place] == token)
        self._last = (*self._last[1 - GRAM :], token)
        self._place = self._places.get(self._last)

    def propose(self, most: int) -> list[int]:
        """Return the tokens to bet on, at most *most*; none where there is nothing to go by, or it does not pay."""
        if self._place is None:
            return []
        count = min(most, self._worth())
        return list(self._prompt[self._place : self._place + count]) if count > 0 else []

    def _worth(self) -> int:
        """Return how many tokens are best bet on: what is gained by them, in tokens a second, is the most there is."""
        best, count = GAIN / self._costs[1], 0
        for width, seconds in self._costs.items():
            drafts = width - 1
            expected = sum(self._rate**power for power in range(width))
            if 0 < drafts <= MOST and expected / seconds > best:
                best, count = expected / seconds, drafts
        return count
