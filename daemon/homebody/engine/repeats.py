"""Is the answer going round in a circle? Greedy decoding does, in small models above all.

A run of tokens that the answer has had already is not begun a second time to its end: the token that would
complete it is passed over for the next likely one (known as no-repeat n-gram; Paulus et al., 2017).
"""

from collections.abc import Sequence

RUN = 12
"""Tokens in a row that an answer may not have twice: some six to nine words."""


class Repeats:
    """Remembers every run of an answer, token by token."""

    def __init__(self) -> None:
        self._after: dict[tuple[int, ...], set[int]] = {}

    def note(self, tokens: Sequence[int]) -> None:
        """Remember the run that the last of *tokens* has completed."""
        if len(tokens) >= RUN:
            self._after.setdefault(tuple(tokens[-RUN:-1]), set()).add(tokens[-1])

    def again(self, tokens: Sequence[int]) -> list[int]:
        """Return the tokens that would complete a run for the second time after *tokens*."""
        return sorted(self._after.get(tuple(tokens[1 - RUN :]), ())) if len(tokens) >= RUN else []
