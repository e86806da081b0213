"""What follows a state, and what follows a failure?"""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from homebody.journal.run import LONGEST_PAUSE_SECONDS, NEXT, GiveUp, Retry, RunState, decide, may_follow

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@given(st.integers(1, 10**6), st.integers(0, 10**6))
def test_a_run_is_tried_once_and_then_as_often_as_its_recipe_allows(attempt: int, retries: int) -> None:
    """The last try that counts is the one numbered one more than the retries."""
    assert isinstance(decide(attempt, retries, NOW), GiveUp) == (attempt > retries)


@given(st.integers(1, 10**6))
def test_a_pause_never_shrinks_and_never_passes_an_hour(attempt: int) -> None:
    """Each try waits at least as long as the one before it, and at most the longest pause."""
    pauses = [decide(number, 10**7, NOW) for number in (attempt, attempt + 1)]
    first, second = (pause.at - NOW for pause in pauses if isinstance(pause, Retry))
    assert timedelta(seconds=2) <= first <= second <= timedelta(seconds=LONGEST_PAUSE_SECONDS)


def test_the_first_pauses_are_two_eight_and_thirty_two_seconds() -> None:
    """The back-off is the one that the interface promises."""
    pauses = [decide(attempt, 9, NOW) for attempt in (1, 2, 3)]
    assert [Retry(at=NOW + timedelta(seconds=seconds)) for seconds in (2, 8, 32)] == pauses


def test_every_state_says_what_may_follow_it() -> None:
    """No state was forgotten in the table of what may follow."""
    assert set(RunState) == set(NEXT)


def test_every_state_can_be_reached_from_the_queue() -> None:
    """There is no state that no run can ever have."""
    reached = {RunState.QUEUED}
    while more := {after for state in reached for after in NEXT[state]} - reached:
        reached |= more
    assert set(RunState) == reached


def test_an_undone_run_stays_undone() -> None:
    """Nothing follows an undo: the same run is never carried out again."""
    assert not any(may_follow(RunState.UNDONE, state) for state in RunState)


def test_only_a_run_whose_turn_it_was_can_be_done() -> None:
    """A run is never done without having been claimed, but for an undo that is taken back."""
    assert {RunState.RUNNING, RunState.UNDOING} == {
        state for state in RunState if may_follow(state, RunState.DONE)
    }
