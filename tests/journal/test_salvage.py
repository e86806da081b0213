"""What is saved of a damaged journal, from where, and what is never brought back to life?"""

import random
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homebody.errors import DiskFullError
from homebody.events import FileSettled
from homebody.journal.copying import copy_journal
from homebody.journal.merge import HALF, LOST
from homebody.journal.run import EffectRow, EffectState, Run, RunState
from homebody.journal.salvage import OPEN, keeps_run, plan_is_whole
from homebody.journal.store import Journal, Origin
from homebody.testing import FakeClock

ENDS = [RunState.DONE, RunState.SKIPPED, RunState.FAILED, RunState.QUARANTINED]


def enqueue(journal: Journal, number: int) -> int | None:
    """Queue a run on the note of that number."""
    path = Path(f"/notes/folder {number % 7}/note {number}.md")
    return journal.enqueue(recipe=f"r{number % 3}", recipe_hash="1" * 64, event=FileSettled(path=path, content="c"),
                           key=f"r{number % 3}\n{number:064}\n{path}", path=path, content=f"{number:064}",
                           origin=f"{number:064}", due=None)  # fmt: skip


def work(journal: Journal, number: int) -> None:
    """Do what a runner writes down of a run with two effects, up to an end that depends on its number."""
    run = journal.claim()
    assert run is not None
    journal.step(run.id, "planned", effects=2)
    effects = [
        EffectRow(id=None, run=run.id, ordinal=ordinal, kind="write", path=Path(f"/out/{run.id} {ordinal}.txt"),
                  before=None, after=f"{run.id:060}{ordinal:04}", origin=None, before_image=None,
                  after_image="0" * 40, mode=None, state=EffectState.INTENDED)
        for ordinal in range(2)
    ]  # fmt: skip
    journal.mark_all(dict.fromkeys(journal.plan(run.id, effects), EffectState.APPLIED))
    if number % 9:
        journal.finish(run.id, ENDS[number % 4], None)


@pytest.fixture(scope="module")
def day(tmp_path_factory) -> Path:
    """A journal of 120 runs in all states, closed, and its copy from the middle of the day."""
    folder = tmp_path_factory.mktemp("day")
    journal = Journal.open(folder / "journal.db", FakeClock())
    for number in range(120):
        enqueue(journal, number)
        if number % 4:
            work(journal, number)
        if number == 60:
            copy_journal(folder / "journal.db")
    journal.close()
    return folder


def runs_in(path: Path) -> dict[int, Run]:
    """Return every run of the journal at *path*."""
    with closing(Journal.open(path, FakeClock())) as journal:
        return {run.id: run for run in journal.runs(limit=10_000)}


@pytest.mark.parametrize("examples", [8, pytest.param(200, marks=pytest.mark.long)])
def test_what_is_saved_is_what_was_there(day: Path, tmp_path: Path, examples: int) -> None:
    """Whatever was overwritten or cut off: no run is made up, none opened anew, none queued that is there."""
    blow = st.tuples(st.integers(0, 400), st.sampled_from([512, 4096]))

    @settings(max_examples=examples, suppress_health_check=list(HealthCheck))
    @given(blows=st.lists(blow, min_size=1, max_size=25), copy=st.booleans(), cut=st.integers(0, 400))
    def damaged(blows: list[tuple[int, int]], copy: bool, cut: int) -> None:
        salvaged(day, tmp_path / "state", blows, copy=copy, cut=cut)

    damaged()


def salvaged(day: Path, folder: Path, blows: list[tuple[int, int]], *, copy: bool, cut: int) -> None:
    """Damage a copy of the *day*'s journal, open it, and see what it says of each run."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(day, folder)
    path = folder / "journal.db"
    before = runs_in(path)
    if not copy:
        (folder / "journal.db.copy").unlink()
    data = bytearray(path.read_bytes())
    noise = random.Random(repr(blows))
    for place, size in blows:
        start = place * size % len(data)
        data[start : start + size] = noise.randbytes(len(data[start : start + size]))
    path.write_bytes(data[: max(4096, len(data) - cut % 40 * 4096)])
    journal = Journal.open(path, FakeClock())
    found = {run.id: run for run in journal.runs(limit=10_000)}
    for number, run in found.items():
        if run.recipe == "lost":
            continue
        if run.reason in (LOST, HALF):
            assert run.state is RunState.SKIPPED
            assert before[number].state not in OPEN or before[number].state is RunState.SKIPPED
        else:
            assert run.state is before[number].state
        assert (run.recipe, run.path) == (before[number].recipe, before[number].path)
    for number in range(120):
        again = enqueue(journal, number)
        assert again is None or not [run for run in found.values() if run.path == journal.run(again).path]
    journal.close()


def test_only_an_index_still_knows_that_a_run_is_over(day: Path, tmp_path: Path) -> None:
    """Without a copy and without its table, a run that had ended is not queued again, and our files stay ours."""
    folder = tmp_path / "state"
    shutil.copytree(day, folder)
    path = folder / "journal.db"
    (folder / "journal.db.copy").unlink()
    import sqlite3

    before = runs_in(path)
    with closing(sqlite3.connect(path)) as found:
        broken = [
            page
            for table in ("runs", "effects")
            for (page,) in found.execute(
                "SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY pageno", (table,)
            )
        ]
    with path.open("r+b") as file:
        for page in broken:
            file.seek((page - 1) * 4096)
            file.write(bytes(4096))
    journal = Journal.open(path, FakeClock())
    over = [number for number, run in before.items() if run.state not in OPEN]
    assert {RunState.SKIPPED} == {journal.run(number).state for number in over}
    assert journal.rebuilt is not None
    assert all(enqueue(journal, number) is None for number in range(120) if number + 1 in over)
    assert journal.origin(Path(f"/out/{over[0]} 0.txt"), f"{over[0]:060}0000") is Origin.OURS
    journal.close()


@given(
    state=st.sampled_from(RunState), attempt=st.integers(0, 3), from_copy=st.booleans(), effects_whole=st.booleans()
)  # fmt: skip
def test_nothing_open_goes_on_that_could_be_done_twice(
    state: RunState, attempt: int, from_copy: bool, effects_whole: bool
) -> None:
    """What has ended is kept; of the copy nothing open; of the journal only what never began or is wholly known."""
    kept = keeps_run(
        {"state": state.value, "attempt": attempt}, from_copy=from_copy, effects_whole=effects_whole
    )
    never_began = state is RunState.QUEUED and attempt == 0
    assert kept == (state not in OPEN or (not from_copy and (effects_whole or never_began)))


@given(
    states=st.dictionaries(st.integers(0, 5), st.sampled_from(EffectState)),
    planned=st.none() | st.integers(0, 5),
)
def test_an_undo_is_whole_or_not_at_all(states: dict[int, str], planned: int | None) -> None:
    """A plan with a hole, or with fewer effects than were planned, is not whole."""
    whole = plan_is_whole(planned, states)
    live = [state for state in states.values() if state != EffectState.ABANDONED]
    assert not whole or (
        planned is not None and len(live) >= planned and set(states) == set(range(len(states)))
    )
    assert whole or planned is None or len(live) < planned or set(states) != set(range(len(states)))


def test_a_full_disk_changes_nothing(day: Path, tmp_path: Path, tiny_disk: Path) -> None:
    """Where there is no room for the new journal, the damaged one stays where it is, and the error says so."""
    path = tiny_disk / "journal.db"
    path.write_bytes(b"this is no journal" * 2000)
    with pytest.raises(DiskFullError):
        Journal.open(path, FakeClock())
    assert [path.name] == [entry.name for entry in tiny_disk.iterdir()]


def test_a_journal_that_went_back_in_time_is_brought_forward(
    journal: Journal, queue: Callable[..., int], tmp_path: Path
) -> None:
    """One that knows fewer runs than its copy, as after a log that was lost, gets the others from the copy."""
    path = tmp_path / "state" / "journal.db"
    queue(path=Path("/notes/a.md"))
    journal.claim()
    journal.finish(1, RunState.DONE, None)
    journal.close()
    older = path.read_bytes()
    again = Journal.open(path, FakeClock())
    for number in range(3):
        path_of_note = Path(f"/notes/later {number}.md")
        again.enqueue(recipe="tag", recipe_hash="", event=FileSettled(path=path_of_note, content="c"),
                      key=str(number), path=path_of_note, content="c", origin="c", due=None)  # fmt: skip
        again.finish(again.claim().id, RunState.DONE, None)
    copy_journal(path)
    again.close()
    path.write_bytes(older)
    found = Journal.open(path, FakeClock())
    assert found.counts() == {RunState.DONE: 4}
    assert found.rebuilt is not None
    assert (4, 3) == (found.rebuilt.saved, found.rebuilt.from_copy)
    found.close()
