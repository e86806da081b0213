"""Who is let in, and what is done next: nobody waits for ever, whoever comes."""

from hypothesis import given
from hypothesis import strategies as st

from homebody.engine.scheduler import (
    OVERTAKEN,
    PATIENCE,
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
def test_writers_move_on_while_others_read(runs: list[Active], times: list[float]) -> None:
    """While somebody reads, every room whose runs write gets a step before reading goes on beyond PATIENCE seconds.

    Where a person waits for what is written, before the next step of reading.
    """
    turn = Turn()
    rooms = {one.room for one in runs if not one.reading}
    urgent = any(one.interactive and not one.reading for one in runs)
    read, since = 0.0, rooms
    for seconds in times:
        step = next_step(runs, turn, 512)
        if step is None:
            assert not runs
            return
        if isinstance(step, Read):
            if read and (urgent or read >= PATIENCE):
                assert since >= rooms
                read = 0.0
            read, since = read + seconds, set()
        else:
            since.add(step.room)
        turn = after(turn, step, seconds, runs)


@given(st.lists(SECONDS, min_size=20, max_size=40))
def test_a_reader_is_not_held_up_by_writers(times: list[float]) -> None:
    """A background reader beside background writers reads in every second step, or more."""
    runs = [active(1, reading=True), active(2, reading=False)]
    turn, reads = Turn(), 0
    for seconds in times:
        step = next_step(runs, turn, 512)
        assert step is not None
        reads += isinstance(step, Read)
        turn = after(turn, step, seconds, runs)
    assert reads >= len(times) // 2


def test_background_runs_are_read_before_they_write() -> None:
    """Short steps of reading go on one after the other, so that more runs write at once, and then all write."""
    runs = [active(1, reading=True), active(2, reading=False)]
    turn, steps = Turn(), []
    for _ in range(10):
        step = next_step(runs, turn, 512)
        assert step is not None
        steps.append("r" if isinstance(step, Read) else "w")
        turn = after(turn, step, 0.5, runs)
    assert "rrrrwrrrrw" == "".join(steps)


def test_nobody_is_owed_for_what_was_read_before_he_wrote() -> None:
    """A person's answer that begins after much background reading does not stop the reading for as long."""
    before = [active(1, reading=True), active(2, reading=False)]
    now = [*before, active(3, reading=False, interactive=True)]
    turn = Turn()
    for _ in range(20):
        step = next_step(before, turn, 512)
        assert step is not None
        turn = after(turn, step, 1.0 if isinstance(step, Read) else 0.1, before)
    steps = 0
    while isinstance(step := next_step(now, turn, 512), Write):
        turn = after(turn, step, 0.1, now)
        steps += 1
    assert steps <= 2


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


@given(ACTIVE, st.lists(SECONDS, min_size=1, max_size=12), st.sets(st.integers(0, 2)))
def test_writers_go_along_where_that_is_cheaper(
    runs: list[Active], times: list[float], together: set[int]
) -> None:
    """In a room where it is cheaper, writers have part in each step of reading; nobody else waits any longer for it."""
    turn = Turn()
    rooms = {one.room for one in runs if not one.reading}
    urgent = {one.room for one in runs if one.interactive and not one.reading}
    read, since = 0.0, rooms
    for seconds in times:
        step = next_step(runs, turn, 512, together)
        if isinstance(step, Read):
            (reader,) = (one for one in runs if one.number == step.number)
            assert step.along == (reader.room in together & rooms)
            others = rooms - {reader.room} if step.along else rooms
            if read and (read >= PATIENCE or urgent & others):
                assert since >= others
                read = 0.0
            read, since = read + seconds if others else 0.0, set()
        elif step is not None:
            since = since | {step.room}
        turn = turn if step is None else after(turn, step, seconds, runs)
