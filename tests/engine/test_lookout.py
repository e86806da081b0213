"""A long step is watched closely enough, a short one not at all."""

from hypothesis import given
from hypothesis import strategies as st

from homebody.engine.lookout import LOOK, Lookout


class Hands:
    """A clock that goes on by what each graph node takes."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


@given(st.floats(0.00001, 0.05), st.integers(1, 4000))
def test_a_cancel_is_heard_soon(node: float, when: int) -> None:
    """In a step of nodes that take alike, a cancel is heard within four looks' time or one node."""
    clock, cancelled = Hands(), [False]
    over = Lookout(clock).over(lambda: cancelled, any)
    for number in range(when):
        cancelled[0] = number == when - 1
        clock.now += node
        if over():
            assert cancelled[0]
            return
    told = clock.now
    while not over():
        clock.now += node
    assert clock.now - told <= max(4 * LOOK, 2 * node)


def test_short_nodes_are_seldom_asked_about() -> None:
    """Where nodes take 40 microseconds, the clock is looked at some twenty times in 500 of them."""
    clock, asked = Hands(), []
    over = Lookout(clock).over(lambda: asked.append(1) or [False], any)
    for _ in range(500):
        clock.now += 0.00004
        over()
    assert len(asked) < 25


def test_a_short_step_is_not_watched() -> None:
    """A step is watched until one of its size was over at once, and again when one took long."""
    lookout = Lookout()

    assert lookout.watches(1)
    lookout.timed(1, 0.02)
    assert not lookout.watches(1)
    assert lookout.watches(512)
    lookout.timed(1, 0.4)
    assert lookout.watches(1)


def test_a_shared_step_goes_on_until_all_are_gone() -> None:
    """Where a memory cannot forget in part, a step is given up only when everybody in it is gone."""
    clock = Hands()
    gone = [True, False]
    over = Lookout(clock).over(lambda: gone, all)
    clock.now += 1

    assert not over()
    gone[1] = True
    clock.now += 1
    assert over()
