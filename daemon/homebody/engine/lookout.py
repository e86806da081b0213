"""When is it asked, in the middle of a step, whether to give the step up?

Native code asks at every graph node, which costs a short step more than giving it up could ever save: a few
microseconds each, hundreds of times. So a step that will be over at once is not watched at all, and in a long one the
clock is looked at as often as the nodes are long.
"""

import time
from collections.abc import Callable, Iterable

SOON = 0.1
"""Seconds; a step that takes no longer is not worth watching: a cancel is heard after it."""

LOOK = 0.02
"""Seconds between two looks within a step."""

MOST = 64
"""Graph nodes between two looks."""


class Lookout:
    """Watches the steps of one cache."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, *, soon: float = SOON) -> None:
        """Begin with no step seen."""
        self._clock = clock
        self._soon = soon
        self._took: dict[int, float] = {}

    def watches(self, tokens: int) -> bool:
        """Return whether a step of so many tokens is worth watching, by how long the last one of its size took."""
        return self._took.get(_size(tokens), float("inf")) > self._soon

    def timed(self, tokens: int, seconds: float) -> None:
        """Note how long a step took."""
        self._took[_size(tokens)] = seconds

    def over(
        self, asked: Callable[[], Iterable[bool]], enough: Callable[[Iterable[bool]], bool]
    ) -> Callable[[], bool]:
        """Return what tells, asked at every graph node of a step, whether to give it up: *enough* of *asked* say so."""
        clock, left, stride, last = self._clock, 1, 1, self._clock()

        def given_up() -> bool:
            nonlocal left, stride, last
            left -= 1
            if left > 0:
                return False
            now = clock()
            if now - last < LOOK / 2:
                stride = min(2 * stride, MOST)
            elif now - last > LOOK:
                stride = max(stride // 2, 1)
            left, last = stride, now
            return enough(asked())

        return given_up


def _size(tokens: int) -> int:
    """Return what steps count as alike: those of the same power of two."""
    return tokens.bit_length()
