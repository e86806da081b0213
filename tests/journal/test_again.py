"""What a person wants of runs that have not begun: that they are over, or to know which comes next."""

from datetime import timedelta
from pathlib import Path

import pytest

from homebody.events import FileSettled
from homebody.journal.run import EffectRow, RunState
from homebody.journal.store import Journal
from homebody.testing import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    """Return a clock that is moved by hand."""
    return FakeClock()


@pytest.fixture
def journal(tmp_path: Path, clock: FakeClock):
    """Return an empty journal."""
    made = Journal.open(tmp_path / "journal.db", clock)
    yield made
    made.close()


def queued(journal: Journal, name: str, lane: str = "notes", **more) -> int:
    """Queue a run on a file of its own, of the recipe *lane* in a folder of that name."""
    path = Path(f"/{lane}/{name}")
    made = journal.enqueue(
        recipe=lane, recipe_hash="h", event=FileSettled(path=path, content=name), key=name, path=path,
        content=name, origin=name, due=None, lane=path.parent, **more,
    )  # fmt: skip
    assert made is not None
    return made


def test_the_queue_is_told_in_the_order_in_which_it_is_claimed(journal: Journal, clock: FakeClock):
    """Lanes take turns; what waits for a moment that has not come is not due."""
    for name in "abcd":
        queued(journal, name)
    queued(journal, "e", "bills")
    late = queued(journal, "f", "bills", not_before=clock.now() + timedelta(minutes=5))
    queued(journal, "g", "bills")
    told = [run.id for run in journal.queue(100)]
    assert told[:3] == [run.id for run in journal.queue(3)]
    claimed = []
    while (run := journal.claim()) is not None:
        claimed.append(run.id)
        journal.finish(run.id, RunState.DONE, None)
    assert claimed == told
    assert late not in told
    clock.advance(301)
    assert [late] == [run.id for run in journal.queue(100)]


def test_a_run_that_was_broken_off_among_its_changes_is_not_called_off(journal: Journal):
    """Its plan is to be finished or taken back first; the others of the same wish are over."""
    broken, other = queued(journal, "a"), queued(journal, "b")
    journal.claim()
    journal.plan(
        broken,
        [
            EffectRow(
                id=None, run=broken, ordinal=0, kind="write", path=Path("/notes/out"), before=None, after="x",
                origin=None, before_image=None, after_image=None, mode=None, state="intended",
            )
        ],
    )  # fmt: skip
    journal.hand_back(broken, "homebody was interrupted")
    ended, refused = journal.call_off([broken, other], "a person wants it")
    assert [other] == [run.id for run in ended]
    assert f"`homebody undo {broken}`" in refused[broken]
    assert (RunState.QUEUED, RunState.SKIPPED) == (journal.run(broken).state, journal.run(other).state)
