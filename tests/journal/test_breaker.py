"""When may the next run of a recipe on one file begin?"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from homebody.events import FileSettled
from homebody.journal.breaker import MARK, opens_until, waits
from homebody.journal.run import RunState
from homebody.journal.store import Journal
from homebody.testing import FakeClock

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

counts = st.integers(1, 6)
pers = st.integers(1, 60).map(lambda seconds: timedelta(seconds=seconds))


@given(st.lists(st.integers(0, 20), min_size=1, max_size=60), counts, pers)
def test_no_window_ever_holds_more_than_its_count(pauses: list[int], count: int, per: timedelta) -> None:
    """Whoever waits as long as is said never begins more than *count* runs within *per*, wherever one looks."""
    now, starts = NOW, []
    for pause in pauses:
        now += timedelta(seconds=pause)
        now = opens_until(starts, count, per, now) or now
        starts.append(now)
    for end in starts:
        assert sum(end - per < start <= end for start in starts) <= count


@given(st.lists(st.integers(0, 100), max_size=20), counts, pers)
def test_nobody_waits_longer_than_needed(ages: list[int], count: int, per: timedelta) -> None:
    """A run waits only when there is no room for it, and a moment earlier there would be none either."""
    starts = [NOW - timedelta(seconds=age) for age in ages]
    until = opens_until(starts, count, per, NOW)
    assert (until is not None) == (sum(NOW - per < start for start in starts) >= count)
    if until is not None:
        assert NOW < until <= NOW + per
        assert sum(until - per <= start for start in starts) >= count
        assert sum(until - per < start for start in starts) < count + sum(s == until - per for s in starts)


def test_times_of_a_clock_that_was_set_back_do_not_count() -> None:
    """What seems to have begun tomorrow holds nobody up."""
    ahead = [NOW + timedelta(days=1, seconds=n) for n in range(9)]
    assert opens_until(ahead, 3, timedelta(hours=1), NOW) is None


def test_the_reason_says_how_many_and_until_when() -> None:
    """In words, with the local time."""
    until = NOW + timedelta(minutes=5)
    clock = until.astimezone().strftime("%H:%M")
    said = f"the breaker: 30 runs on this file within 1h; it waits until {clock}"
    assert said == waits(30, timedelta(hours=1), until)
    assert "1 run on" in waits(1, timedelta(hours=1), until)


def begin(journal: Journal, path: Path, content: str, recipe: str = "tag") -> int:
    """Queue a run and let its turn come."""
    event = FileSettled(path=path, content=content)
    journal.enqueue(recipe=recipe, recipe_hash="1", event=event, key=f"{recipe}{path}{content}", path=path,
                    content=content, origin=content, due=None)  # fmt: skip
    run = journal.claim()
    assert run is not None
    return run.id


def test_only_runs_that_came_to_work_on_the_file_count(journal: Journal, clock: FakeClock) -> None:
    """What was passed over at once does not count; other files, other recipes and older runs do not either."""
    path, since = Path("/notes/a.md"), clock.now() - timedelta(hours=1)
    old = begin(journal, path, "old")
    journal.finish(old, RunState.DONE, None)
    clock.advance(4000)
    since = clock.now() - timedelta(hours=1)
    journal.finish(begin(journal, path, "1"), RunState.DONE, None)
    journal.finish(begin(journal, path, "2"), RunState.SKIPPED, "the file changed", release=True)
    skipped = begin(journal, path, "3")
    journal.step(skipped, "read", size=3)
    journal.finish(skipped, RunState.SKIPPED, "`when` does not hold")
    journal.finish(begin(journal, path, "4"), RunState.QUARANTINED, "it failed")
    journal.finish(begin(journal, Path("/notes/b.md"), "1"), RunState.DONE, None)
    journal.finish(begin(journal, path, "1", recipe="other"), RunState.DONE, None)
    begin(journal, path, "5")
    assert [clock.now()] * 4 == journal.starts("tag", path, since)


def test_what_the_breaker_holds_is_told_by_recipe(journal: Journal, clock: FakeClock) -> None:
    """How many files wait and until when; runs that wait for something else are not among them."""
    soon, later = (clock.now() + timedelta(minutes=minutes) for minutes in (5, 9))
    for name, until, reason in (("a", later, f"{MARK} x"), ("b", soon, f"{MARK} x"), ("c", soon, "it waits")):
        path = Path(f"/notes/{name}.md")
        journal.enqueue(recipe="tag", recipe_hash="1", event=FileSettled(path=path, content=name), key=name,
                        path=path, content=name, origin=name, due=None, not_before=until, reason=reason)  # fmt: skip
    assert {"tag": (2, soon)} == journal.held()
    assert journal.claim() is None
    clock.advance(301)
    assert {"tag": (1, later)} == journal.held()
