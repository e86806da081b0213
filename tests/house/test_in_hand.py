"""Which runs somebody has in hand, and which the journal only calls running."""

from pathlib import Path

import pytest

from homebody.events import FileSettled
from homebody.house.in_hand import InHand
from homebody.house.outcome import UNWANTED
from homebody.journal.run import RunState


@pytest.fixture
def in_hand(room) -> InHand:
    """Return the runs in hand of a room with three queued runs, on files of their own."""
    for name in "abc":
        path = Path(f"/notes/{name}")
        room.journal.enqueue(
            recipe=name, recipe_hash="h", event=FileSettled(path=path, content=name), key=name, path=path,
            content=name, origin=name, due=None,
        )  # fmt: skip
    return InHand(room.journal)


def test_a_run_in_hand_is_no_stray_until_it_was_let_go(room, in_hand):
    """What the journal calls running and nobody has, was broken off."""
    first, second = in_hand.claim(), in_hand.claim()
    assert ({1, 2}, []) == (in_hand.numbers, in_hand.strays())
    in_hand.let_go(first)
    assert [first.run.id] == [run.id for run in in_hand.strays()]
    room.journal.hand_back(second.run.id, "so that it is nobody's")
    assert [first.run.id] == [run.id for run in in_hand.strays()]


def test_a_run_that_another_has_claimed_by_now_stays_in_that_hand(room, in_hand):
    """Between the handing back and the letting go of one thread, another may claim the run."""
    first = in_hand.claim(only={"a"})
    room.journal.hand_back(first.run.id, "another run was quicker")
    again = in_hand.claim(only={"a"})
    in_hand.let_go(first)
    assert ({first.run.id}, []) == (in_hand.numbers, in_hand.strays())
    assert in_hand.cancel(first.run.id)
    assert (False, True, True) == (first.unwanted, again.unwanted, again.cancellation.cancelled)
    in_hand.let_go(again)
    assert frozenset() == in_hand.numbers


def test_at_the_end_all_are_given_up_and_none_is_claimed(room, in_hand):
    """A thread that comes too late gets nothing."""
    held = [in_hand.claim(), in_hand.claim()]
    in_hand.cancel_all()
    assert all(one.cancellation.cancelled and not one.unwanted for one in held)
    assert in_hand.claim() is None
    assert 1 == room.journal.counts()[RunState.QUEUED]


def test_only_what_is_in_hand_can_be_cancelled(in_hand):
    """One that waits for its turn is nobody's yet."""
    held = in_hand.claim()
    assert [True, False] == [in_hand.cancel(held.run.id), in_hand.cancel(held.run.id + 1)]


def test_a_person_calls_off_what_is_in_hand_and_what_is_queued(room, in_hand):
    """What somebody has in hand hears of it; what waits is over at once, with the reason, and is never claimed."""
    held = in_hand.claim()
    left = [number for number in (1, 2, 3) if number != held.run.id]
    found = in_hand.call_off([held.run.id, left[0], left[0]])
    assert ([held.run.id], [left[0]], {}) == (found.giving_up, [run.id for run in found.ended], found.refused)
    assert held.unwanted
    assert held.cancellation.cancelled
    gone = room.journal.run(left[0])
    assert (RunState.SKIPPED, UNWANTED) == (gone.state, gone.reason)
    assert room.journal.steps(gone.id)[-1].detail == {"state": "skipped"}
    assert left[1] == in_hand.claim().run.id
    assert in_hand.claim() is None
    room.journal.queue_again(gone.id)
    assert gone.id == in_hand.claim().run.id


def test_what_is_over_waits_or_is_not_there_is_not_called_off(room, in_hand):
    """Each says why, and what to do instead, also while whoever had it has not let it go; nothing of it is changed."""
    for state in (RunState.DONE, RunState.WAITING, RunState.FAILED):
        room.journal.finish(in_hand.claim().run.id, state, "so it ended")
    found = in_hand.call_off([1, 2, 3, 99])
    assert ([], []) == (found.giving_up, found.ended)
    done, waiting, failed, none = (found.refused[number] for number in (1, 2, 3, 99))
    assert "Run 1 is done" in done
    assert "`homebody undo 1`" in done
    assert "`homebody review reject 2`" in waiting
    assert failed.endswith("only what is queued or running can be cancelled.")
    assert "no run 99" in none
    assert {"so it ended"} == {run.reason for run in room.journal.runs()}
