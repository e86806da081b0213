"""Who is let in, and what is done next: nobody waits for ever, whoever comes."""

from hypothesis import given
from hypothesis import strategies as st

from homebody.engine.scheduler import (
    OVERTAKEN,
    SMALL_STEP,
    Active,
    Read,
    Turn,
    Waiting,
    Write,
    after,
    blocks_others,
    next_step,
    order,
)  # fmt: skip

ACTIVE = st.lists(
    st.builds(
        Active,
        number=st.integers(0, 99),
        room=st.integers(0, 2),
        interactive=st.booleans(),
        reading=st.booleans(),
    ),
    max_size=8,
    unique_by=lambda one: one.number,
)
SECONDS = st.floats(0.001, 5)


def active(number: int, *, reading: bool, interactive: bool = False, room: int = 0) -> Active:
    """Return a run that is admitted."""
    return Active(number=number, room=room, interactive=interactive, reading=reading)


def test_people_first() -> None:
    """Interactive runs are let in before background runs that came earlier."""
    waiting = [Waiting(number=1, interactive=False), Waiting(number=2, interactive=True)]

    assert [2, 1] == [one.number for one in order(waiting)]


def test_nobody_is_overtaken_for_ever() -> None:
    """A background run that was overtaken often enough comes before every interactive one, and holds them up."""
    old = Waiting(number=1, interactive=False, overtaken=OVERTAKEN)

    assert old == order([Waiting(number=2, interactive=True), old])[0]
    assert blocks_others(old)


@given(
    st.lists(
        st.builds(Waiting, number=st.integers(0, 99), interactive=st.booleans(), overtaken=st.integers(0, 6)),
        unique_by=lambda one: one.number,
    )
)
def test_order_keeps_everybody(waiting: list[Waiting]) -> None:
    """Everybody who waits is in the order once, and equals stay in the order of their coming."""
    found = order(waiting)

    assert sorted(one.number for one in waiting) == sorted(one.number for one in found)
    for kind in {(one.overtaken, one.interactive) for one in waiting}:
        numbers = [one.number for one in found if (one.overtaken, one.interactive) == kind]
        assert sorted(numbers) == numbers


@given(ACTIVE, st.lists(SECONDS, min_size=1, max_size=12))
def test_writers_move_on_between_two_steps_of_reading(runs: list[Active], times: list[float]) -> None:
    """While somebody reads, every room whose runs write gets a step before the next step of reading."""
    turn = Turn()
    rooms = {one.room for one in runs if not one.reading}
    since: set[int] | None = None
    for seconds in times:
        step = next_step(runs, turn, 512)
        if step is None:
            assert not runs
            return
        if isinstance(step, Read):
            assert since is None or since >= rooms
            since = set()
        elif since is not None:
            since.add(step.room)
        turn = after(turn, step, seconds, runs)


@given(st.lists(SECONDS, min_size=20, max_size=40))
def test_a_reader_is_not_held_up_by_writers(times: list[float]) -> None:
    """A background reader beside background writers reads in every second step."""
    runs = [active(1, reading=True), active(2, reading=False)]
    turn, reads = Turn(), 0
    for seconds in times:
        step = next_step(runs, turn, 512)
        assert step is not None
        reads += isinstance(step, Read)
        turn = after(turn, step, seconds, runs)
    assert reads >= len(times) // 2


def test_a_person_gets_half_of_the_time() -> None:
    """While a person's answer is written, prompts are read in small steps, and as long as they took is written."""
    runs = [active(1, reading=True), active(2, reading=False, interactive=True)]
    turn = Turn()
    step = next_step(runs, turn, 512)
    assert Read(number=1, most=SMALL_STEP) == step
    turn = after(turn, step, 1.0, runs)
    written = 0.0
    while isinstance(step := next_step(runs, turn, 512), Write):
        turn = after(turn, step, 0.3, runs)
        written += 0.3
    assert 1.0 <= written < 1.4


def test_an_interactive_prompt_is_read_first() -> None:
    """Of two prompts the person's is read first, though it came later."""
    runs = [active(1, reading=True), active(2, reading=True, interactive=True)]

    assert Read(number=2, most=512) == next_step(runs, Turn(), 512)
