"""Where the model process stands after whatever happens to it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.model.states import (
    FAILED_PAUSE,
    GIVEN_UP,
    LONGEST_PAUSE,
    LOOP_DEATHS,
    LOOP_SECONDS,
    MOST_VERDICTS,
    ON_THE_WAY,
    RESTART,
    Happening,
    Standing,
    State,
    next_state,
    pause_after,
)

H, S = Happening, State
TABLE = {
    (S.STOPPED, H.START): S.STARTING,
    (S.UNLOADED, H.START): S.STARTING,
    (S.BACKING_OFF, H.START): S.STARTING,
    **{(state, H.LOAD): S.LOADING for state in ON_THE_WAY},
    **{(state, H.PROVE): S.PROVING for state in ON_THE_WAY},
    **{(state, H.MEASURE): S.PROVING for state in ON_THE_WAY},
    **{(state, H.PROVED): S.READY for state in ON_THE_WAY},
    **{(state, H.REFUSED): S.FAILED for state in ON_THE_WAY},
    **{(state, H.NO_ROOM): S.BACKING_OFF for state in ON_THE_WAY},
    **{(state, H.DIED): S.BACKING_OFF for state in (*ON_THE_WAY, S.READY)},
    **{(state, H.KILLED_BY_PROMPT): S.BACKING_OFF for state in (*ON_THE_WAY, S.READY)},
    (S.READY, H.IDLE): S.UNLOADED,
    (S.FAILED, H.CHANGED): S.STOPPED,
    **{(state, H.STOP): S.STOPPED for state in S},
}
"""Where each happening leads; a pair that is not here leaves the state as it is."""

LIVES = st.lists(st.tuples(st.sampled_from(Happening), st.floats(0, 400)), max_size=60)


def lived(*happenings: Happening, seconds: float = 1.0) -> Standing:
    """Return the standing after *happenings*, so many seconds apart."""
    standing = Standing()
    for number, happening in enumerate(happenings, start=1):
        standing = next_state(standing, happening, number * seconds, f"words {number}.")
    return standing


UP = (H.START, H.PROVED)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("happening", Happening)
def test_the_table(state: State, happening: Happening) -> None:
    """From each state each happening leads where the table says, with a reason that a person can read."""
    after = next_state(Standing(state=state), happening, 5.0, "Words.")

    assert TABLE.get((state, happening), state) is after.state
    assert after.reason
    if after.state is not state:
        assert 5.0 == after.since


@pytest.mark.parametrize("happening", Happening)
def test_the_last_process(happening: Happening) -> None:
    """Where no other may be started, nothing leads to a start, and a death is the end."""
    for state in State:
        after = next_state(Standing(state=state, last=True), happening, 5.0, "Words.")
        assert after.last
        if state not in ON_THE_WAY:
            assert after.state not in {S.STARTING, S.UNLOADED, S.BACKING_OFF} - {state}
    if happening is H.DIED:
        assert S.LOST is next_state(Standing(state=S.READY, last=True), happening, 5.0, "Words.").state


@given(LIVES)
def test_any_life(life: list[tuple[Happening, float]]) -> None:
    """Whatever happens in whatever order: no start before its time counts, no count grows for ever, and only a stop
    or another file leads out of having given up."""
    standing, now = Standing(), 0.0
    for happening, passed in life:
        now += passed
        before, standing = standing, next_state(standing, happening, now, "Words.")
        assert len(standing.deaths) <= LOOP_DEATHS
        assert all(now - at <= LOOP_SECONDS or at in before.deaths for at in standing.deaths)
        assert standing.verdicts <= MOST_VERDICTS
        assert standing.not_before <= now + max(LONGEST_PAUSE, FAILED_PAUSE)
        assert before.since <= standing.since <= now
        assert standing.reason
        if before.state in GIVEN_UP and standing.state is not before.state:
            assert happening in (H.STOP, H.CHANGED)
        if standing.state is S.READY is not before.state:
            assert before.state in ON_THE_WAY
        assert standing == next_state(before, happening, now, "Words.")


def test_pauses_grow_and_are_bounded() -> None:
    """The first death costs no pause; each further one doubles it, up to a minute."""
    assert [0, 0, 1, 2, 4, 8] == [pause_after(deaths) for deaths in range(6)]
    assert 60 == pause_after(8) == pause_after(10_000)


def test_an_answer_ends_the_growing_of_the_pause() -> None:
    """What comes before an answer no longer lengthens the pause."""
    twice = lived(*UP, H.DIED, *UP, H.DIED)
    assert 1 == twice.not_before - twice.since

    again = lived(*UP, H.DIED, *UP, H.DIED, *UP, H.ANSWERED, H.DIED)
    assert 0 == again.not_before - again.since


def test_a_start_that_ends_in_a_death_waits_longer() -> None:
    """A process that does not come up is not tried again at once."""
    standing = lived(H.START, H.LOAD, H.DIED)

    assert FAILED_PAUSE == standing.not_before - standing.since


def test_a_start_without_room_waits_and_is_no_death() -> None:
    """When other programs have the memory, the next start comes a minute later, however often that happens."""
    standing = lived(*(H.START, H.NO_ROOM) * 10)

    assert S.BACKING_OFF is standing.state
    assert 60 == standing.not_before - 20
    assert () == standing.deaths


def test_a_crash_loop_is_left() -> None:
    """After five deaths in ten minutes no other start is tried, answers in between or not, and the reason says so."""
    life = (*UP, H.ANSWERED, H.DIED) * LOOP_DEATHS
    standing = lived(*life, seconds=20)

    assert S.FAILED is standing.state
    assert standing.reason.startswith("It ended 5 times in 10 minutes. words 20.")
    assert standing.reason.endswith(RESTART)
    assert S.FAILED is next_state(standing, H.START, 10_000.0).state
    fresh = next_state(standing, H.CHANGED, 10_000.0)
    assert (S.STOPPED, ()) == (fresh.state, fresh.deaths)


def test_deaths_far_apart_are_no_loop() -> None:
    """A process that dies once in a while goes on being started."""
    life = (*UP, H.ANSWERED, H.DIED) * 20

    assert S.BACKING_OFF is lived(*life, seconds=LOOP_SECONDS / LOOP_DEATHS / 3).state


def test_guilty_documents_are_no_loop() -> None:
    """The two deaths of a guilty document count for nothing, however many such documents there are."""
    life = (*UP, H.DIED, *UP, H.KILLED_BY_PROMPT, *UP, H.ANSWERED, H.IDLE) * 20
    standing = lived(*life)

    assert (S.UNLOADED, (), 0) == (standing.state, standing.deaths, standing.verdicts)


def test_too_many_guilty_in_a_row() -> None:
    """When one document after the other is found guilty and nothing is answered, it is not the documents."""
    standing = lived(*(*UP, H.DIED, *UP, H.KILLED_BY_PROMPT) * MOST_VERDICTS)

    assert S.FAILED is standing.state
    assert f"over {MOST_VERDICTS} texts in a row" in standing.reason
