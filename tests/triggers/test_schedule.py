"""Does the scheduler call when a recipe is due, and go on whatever happens?"""

import queue
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from homebody.clock import SystemClock
from homebody.testing import FakeClock
from homebody.triggers.moments import Every, Missed, next_due
from homebody.triggers.schedule import Schedules

SECOND = timedelta(seconds=1)


@contextmanager
def running(schedules: Schedules) -> Iterator[None]:
    """Run the scheduler's threads for a while."""
    schedules.start()
    try:
        yield
    finally:
        schedules.stop()


def test_a_due_recipe_is_reported_with_the_planned_moment():
    """The name and a whole multiple of the pause, one after the other."""
    calls: queue.Queue[tuple[str, datetime]] = queue.Queue()
    schedules = Schedules(SystemClock(), lambda name, at: calls.put((name, at)))
    schedules.add("digest", Every(SECOND), None)
    with running(schedules):
        first, second = calls.get(timeout=10), calls.get(timeout=10)
    assert ("digest", "digest") == (first[0], second[0])
    assert first[1].microsecond == 0
    assert second[1] > first[1]


def test_what_was_missed_is_reported_when_the_recipe_is_added():
    """Before the scheduler runs, and once."""
    calls: list[tuple[str, datetime]] = []
    clock = FakeClock(datetime(2026, 3, 9, 12, 30, tzinfo=UTC))
    schedules = Schedules(clock, lambda name, at: calls.append((name, at)))
    cursor = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
    schedules.add("hourly", Every(timedelta(hours=1)), cursor)
    schedules.add("lazy", Every(timedelta(hours=1)), cursor, "skip")
    assert [("hourly", datetime(2026, 3, 9, 12, 0, tzinfo=UTC))] == calls
    last = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
    assert {
        "hourly": Missed(count=168, last=last, made_up=True),
        "lazy": Missed(count=168, last=last, made_up=False),
    } == schedules.missed


def test_a_report_that_fails_is_made_again_and_stops_no_other():
    """A full disk at the wrong second costs no schedule."""
    calls: queue.Queue[str] = queue.Queue()

    def due(name: str, at: datetime) -> None:
        calls.put(name)
        if name == "broken":
            raise OSError

    schedules = Schedules(SystemClock(), due)
    schedules.add("broken", Every(SECOND), None)
    schedules.add("sound", Every(SECOND), None)
    with running(schedules):
        names = [calls.get(timeout=10) for _ in range(4)]
        planned = schedules.planned()
    assert names.count("sound") >= 2
    assert names.count("broken") == 1
    assert planned["broken"] > planned["sound"]


def test_a_clock_that_was_years_ahead_is_noticed_while_running():
    """Everything is planned anew when the clock is put right."""
    right = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    clock = FakeClock(right + timedelta(days=3650))
    schedules = Schedules(clock, lambda name, at: None)
    trigger = Every(timedelta(hours=1))
    schedules.add("hourly", trigger, None)
    clock.set(right)
    schedules.look()
    assert {"hourly": next_due(trigger, right)} == schedules.planned()


def test_a_clock_put_right_a_little_does_nothing_again():
    """An hour back leaves what is planned as it is."""
    clock = FakeClock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
    schedules = Schedules(clock, lambda name, at: None)
    schedules.add("daily", Every(timedelta(days=1)), None)
    before = schedules.planned()
    clock.set(datetime(2026, 3, 2, 8, 0, tzinfo=UTC))
    schedules.look()
    assert before == schedules.planned()


def test_what_is_dropped_is_not_reported_any_more():
    """The other recipe's schedule goes on; a name can come again with another pause."""
    calls: queue.Queue[str] = queue.Queue()
    clock = SystemClock()
    schedules = Schedules(clock, lambda name, at: calls.put(name))
    schedules.add("old", Every(SECOND), clock.now() - timedelta(hours=1))
    schedules.add("other", Every(SECOND), None)
    assert "old" == calls.get(timeout=10)
    assert {"old"} == schedules.missed.keys()
    with running(schedules):
        calls.get(timeout=10)
        schedules.drop("old")
        schedules.drop("never there")
        while not calls.empty():
            calls.get()
        assert ["other", "other"] == [calls.get(timeout=10) for _ in range(2)]
        assert ({"other"}, {}) == (schedules.planned().keys(), schedules.missed)
        schedules.add("old", Every(timedelta(hours=1)), None)
        assert {"old", "other"} == schedules.planned().keys()
