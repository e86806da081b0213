"""What comes next if the answer goes on copying, and does it pay to bet on it?

Prompt-lookup decoding (Saxena, 2023): the last few tokens are looked up in what came before, and what followed them
there is fed along with the next token and judged in the same step. A bet that is lost costs the tokens that were fed in
vain, so each answer keeps account of how its bets went, against what steps of each width take on this machine.
"""

from collections.abc import Mapping, Sequence

GRAM = 3
"""Tokens that must agree before their continuation is bet on."""

MOST = 8
"""Tokens of one bet."""

OPTIMISM = 0.6
"""The share of a bet's tokens that is expected to hold before the first one was judged."""

MEMORY = 0.8
"""How much of the account is kept when another bet is judged."""

FORGIVING = 24
"""After so many tokens without a bet, one is made whatever the account says: texts change their nature."""


class Draft:
    """The bets of one answer."""

    def __init__(self, prompt: Sequence[int], costs: Mapping[int, float]) -> None:
        """Prepare; *costs* are the seconds of a step that feeds so many tokens to one sequence, empty for no bets."""
        self._costs = costs
        self._tokens = list(prompt)
        self._places: dict[tuple[int, ...], int] = {}
        self._indexed = 0
        self._rate = OPTIMISM
        self._idle = 0

    def note(self, token: int) -> None:
        """Take up the next token of the answer."""
        self._tokens.append(token)
        self._idle += 1

    def propose(self, most: int) -> list[int]:
        """Return the tokens to bet on, at most *most*; none where there is nothing to go by, or it does not pay."""
        if not self._costs:
            return []
        count = min(most, self._worth())
        if count < 1:
            return []
        self._index()
        place = self._places.get(tuple(self._tokens[-GRAM:]))
        if place is None:
            return []
        return self._tokens[place : place + count]

    def judged(self, proposed: int, held: int) -> None:
        """Note that *held* of *proposed* tokens were what the model wrote."""
        judged = min(held + 1, proposed)
        self._rate = MEMORY * self._rate + (1 - MEMORY) * held / judged
        self._idle = 0

    def _worth(self) -> int:
        """Return how many tokens are best bet on: what is gained by them, in tokens a second, is the most there is."""
        rate = max(self._rate, OPTIMISM) if self._idle > FORGIVING else self._rate
        best, count = 1 / self._costs[1], 0
        for width, seconds in self._costs.items():
            drafts = width - 1
            expected = sum(rate**power for power in range(width))
            if 0 < drafts <= MOST and expected / seconds > best:
                best, count = expected / seconds, drafts
        return count

    def _index(self) -> None:
        """Note where each run of GRAM tokens was last followed by something, as far as it was not noted yet."""
        for end in range(max(self._indexed, GRAM), len(self._tokens)):
            self._places[tuple(self._tokens[end - GRAM : end])] = end
        self._indexed = len(self._tokens)
