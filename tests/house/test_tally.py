"""What was done, by day and by recipe, as the journal has it."""

import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from homebody.events import FileSettled
from homebody.house.tally import MOST_FAILURES, tally
from homebody.journal.run import RunState


def ended(
    room, name: str, state: RunState, *, recipe: str = "notes", seconds: float = 2, **cost: float
) -> int:
    """Let a run of that *recipe* take so many *seconds*, and end."""
    path = Path(f"/notes/{name}")
    number = room.journal.enqueue(
        recipe=recipe, recipe_hash="h", event=FileSettled(path=path, content=name), key=f"{recipe} {name}", path=path,
        content=name, origin=name, due=None,
    )  # fmt: skip
    room.journal.claim()
    room.clock.advance(seconds)
    if cost:
        room.journal.step(number, "answered", **cost)
    room.journal.finish(number, state, None if state is RunState.DONE else f"because of {name}")
    return number


def test_days_recipes_and_failures_are_counted(room):
    """Every day is there, also one without a run; the recipe that took longest comes first; failures newest first."""
    ended(room, "old", RunState.DONE)
    room.clock.advance(3600)
    since = room.clock.now()
    ended(room, "a", RunState.DONE, seconds=10, tokens_read=100, answer_tokens=20)
    ended(room, "b", RunState.DONE, seconds=5, tokens_read=50, answer_tokens=10)
    failed = ended(room, "c", RunState.FAILED)
    room.clock.advance(timedelta(days=2).total_seconds())
    poison = ended(room, "d", RunState.QUARANTINED, recipe="move", seconds=1)
    told = tally(room.journal, since, room.clock.now())
    assert 3 == len(told["days"])
    assert [3, 0, 1] == [sum(day["states"].values()) for day in told["days"]]
    notes, move = told["recipes"]
    assert ("notes", {"done": 2, "failed": 1}, 17.0) == (notes["name"], notes["states"], notes["seconds"])
    assert (150, 30) == (notes["tokens_read"], notes["tokens_written"])
    assert ("move", {"quarantined": 1}, 1.0) == (move["name"], move["states"], move["seconds"])
    assert [poison, failed] == [one["run"] for one in told["failures"]]
    assert "because of c" == told["failures"][1]["reason"]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu", "America/St_Johns", "Pacific/Chatham"])
def test_a_run_counts_for_the_day_on_which_it_ended_here(room, monkeypatch, zone: str):
    """Also where the clocks are a quarter of an hour beside the others."""
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        since = room.clock.now()
        expected: Counter[str] = Counter()
        for number in range(120):
            room.clock.advance(13 * 60)
            ended(room, str(number), RunState.DONE, seconds=0)
            expected[room.clock.now().astimezone().date().isoformat()] += 1
        told = tally(room.journal, since, room.clock.now())
    finally:
        monkeypatch.undo()
        time.tzset()
    assert dict(expected) == {day["day"]: day["states"]["done"] for day in told["days"] if day["states"]}


def test_what_waits_is_not_counted_and_failures_have_an_end(room):
    """A queued run has not ended; of very many failures the newest are told."""
    since = room.clock.now()
    numbers = [ended(room, str(number), RunState.FAILED) for number in range(MOST_FAILURES + 5)]
    room.journal.queue_again(numbers[-1])
    told = tally(room.journal, since, room.clock.now())
    assert MOST_FAILURES == len(told["failures"])
    assert numbers[-2] == told["failures"][0]["run"]
    assert [{"failed": MOST_FAILURES + 4}] == [day["states"] for day in told["days"] if day["states"]]
