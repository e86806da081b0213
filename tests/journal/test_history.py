"""What became of a file, of a recipe, of everything since then; and what goes before a queued run."""

import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homebody.errors import JournalError
from homebody.events import FileSettled
from homebody.journal.again import RetryRefusedError
from homebody.journal.run import Deed, EffectRow, RunState
from homebody.journal.store import Journal
from homebody.testing import FakeClock

Queue = Callable[..., int]


def enqueue(journal: Journal, number: int, recipe: str = "tag", lane: Path | None = None) -> int:
    """Queue a run on a file of its own."""
    path = Path(f"/notes/{number}.md")
    made = journal.enqueue(
        recipe=recipe,
        recipe_hash="1" * 64,
        event=FileSettled(path=path, content="c"),
        key=f"{recipe}\nc\n{path}",
        path=path,
        content="c",
        origin="c",
        due=None,
        lane=lane,
    )
    assert made is not None
    return made


def change(run: int, path: str, source: str | None = None) -> EffectRow:
    """Return a change of the file at *path*."""
    return EffectRow(
        id=None, run=run, ordinal=0, kind="write", path=Path(path), before=None, after="a", origin=None,
        before_image=None, after_image=None, mode=None, state="intended",
        deed=Deed.MOVE if source else Deed.PUT, source=Path(source) if source else None,
    )  # fmt: skip


@pytest.mark.parametrize("examples", [30, pytest.param(500, marks=pytest.mark.long)])
def test_ahead_is_how_many_are_claimed_before(examples: int) -> None:
    """Whatever is queued and whoever had turns before: each run is claimed after just so many others."""

    @settings(max_examples=examples)
    @given(
        st.lists(
            st.tuples(st.sampled_from("ab"), st.sampled_from([None, "x", "y"])), min_size=1, max_size=14
        ),
        st.integers(0, 6),
    )
    def queued(runs: list[tuple[str, str | None]], done: int) -> None:
        said, claimed = said_and_claimed(runs, done)
        assert said == {number: place for place, number in enumerate(claimed)}

    queued()


def said_and_claimed(runs: list[tuple[str, str | None]], done: int) -> tuple[dict[int, int], list[int]]:
    """Return, once *done* of the *runs* were done, how many are said to be ahead of each, and their order."""
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal.open(Path(folder) / "journal.db", FakeClock())
        for number, (recipe, lane) in enumerate(runs):
            enqueue(journal, number, recipe, Path(f"/notes/{lane}") if lane else None)
        for _ in range(done):
            if (run := journal.claim()) is not None:
                journal.finish(run.id, RunState.DONE, None)
        left = journal.in_state(RunState.QUEUED)
        said = {run.id: journal.ahead(run.id) for run in left}
        claimed = [run.id for _ in left if (run := journal.claim()) is not None]
        journal.close()
    return said, claimed


def test_what_waits_for_a_later_time_is_not_ahead(journal: Journal, clock: FakeClock) -> None:
    """A run in its pause holds up nobody, and is counted once the pause is over."""
    first, second = enqueue(journal, 1), enqueue(journal, 2)
    journal.claim()
    journal.retry(first, "later", clock.now() + timedelta(seconds=30))
    assert 0 == journal.ahead(second)
    assert 1 == journal.ahead(first)
    clock.advance(31)
    assert 0 == journal.ahead(second)


def test_history_by_recipe_state_and_time(journal: Journal, clock: FakeClock) -> None:
    """The filters hold together; what has not ended counts for every time."""
    old = enqueue(journal, 1)
    journal.claim()
    journal.finish(old, RunState.FAILED, "x")
    new, other = enqueue(journal, 2), enqueue(journal, 3, recipe="sum")
    clock.advance(3600)
    since = clock.now() - timedelta(minutes=1)
    states = (RunState.FAILED, RunState.QUARANTINED)
    assert [other, new, old] == [run.id for run in journal.history(limit=9)]
    assert [other, new] == [run.id for run in journal.history(limit=9, since=since)]
    assert [other] == [run.id for run in journal.history(limit=9, recipe="sum")]
    assert [old] == [run.id for run in journal.history(limit=9, states=states)]
    assert [] == journal.history(limit=9, states=states, since=since)
    assert [other] == [run.id for run in journal.history(limit=1)]


def test_history_of_a_path_knows_what_changed_it_and_what_lies_below(journal: Journal) -> None:
    """A run counts by its own file, by a file that it wrote, by either name of a moved one, and by folders."""
    first, second, third = enqueue(journal, 1), enqueue(journal, 2), enqueue(journal, 3)
    journal.plan(first, [change(first, "/out/1.txt")])
    journal.plan(second, [change(second, "/out/deep/2.txt", source="/notes/2.md")])

    def about(path: str) -> list[int]:
        return [run.id for run in journal.history(limit=9, path=Path(path))]

    assert [first] == about("/notes/1.md")
    assert [first] == about("/out/1.txt")
    assert [second] == about("/notes/2.md")
    assert [second, first] == about("/out")
    assert [third, second, first] == about("/notes")
    assert [] == about("/not")
    assert [] == about("/notes/1.md/x")


@pytest.mark.parametrize("state", [RunState.SKIPPED, RunState.FAILED, RunState.QUARANTINED])
def test_an_ended_run_gets_another_chance(journal: Journal, state: RunState) -> None:
    """It is queued behind the others, its tries counted from the beginning, its reason gone."""
    number = enqueue(journal, 1)
    journal.claim()
    journal.finish(number, state, "it broke")
    other = enqueue(journal, 2)
    again = journal.queue_again(number)
    assert (RunState.QUEUED, 0, 0, None, None) == (
        again.state, again.attempt, again.tries, again.reason, again.finished_at,
    )  # fmt: skip
    assert [other, number] == [run.id for _ in range(2) if (run := journal.claim()) is not None]
    assert 1 == journal.run(number).tries


@pytest.mark.parametrize("state", ["queued", "running", "done", "waiting", "undoing", "undone"])
def test_what_has_not_failed_is_not_tried_again(journal: Journal, state: str) -> None:
    """The refusal names the state, and nothing is changed."""
    number = enqueue(journal, 1)
    if state != "queued":
        journal.claim()
    if state in ("done", "waiting"):
        journal.finish(number, RunState(state), None)
    if state.startswith("undo"):
        journal.finish(number, RunState.DONE, None)
        journal.set_state(number, RunState.UNDOING)
    if state == "undone":
        journal.finish(number, RunState.UNDONE, None)
    before = journal.run(number)
    with pytest.raises(RetryRefusedError, match=f"is {state}"):
        journal.queue_again(number)
    assert before == journal.run(number)


def test_an_unknown_run_is_not_tried_again(journal: Journal) -> None:
    """There is no run of that number."""
    with pytest.raises(JournalError, match="no run 7"):
        journal.queue_again(7)


@pytest.mark.parametrize("name", ["1.md", "odd\n1", "1\n1"])
def test_a_key_that_was_given_back_is_its_own_again(journal: Journal, name: str) -> None:
    """After the retry the same content is not queued twice, whatever lines the file's name has."""

    def offer() -> int | None:
        path = Path("/notes") / name
        return journal.enqueue(
            recipe="tag", recipe_hash="1", event=FileSettled(path=path, content="c"), key=f"tag\nc\n{path}",
            path=path, content="c", origin="c", due=None,
        )  # fmt: skip

    assert 1 == offer()
    for release in (False, True, True):
        journal.claim()
        journal.finish(1, RunState.SKIPPED, "gone", release=release)
        journal.queue_again(1)
        assert offer() is None


def test_a_run_whose_file_came_again_is_not_tried_again(journal: Journal) -> None:
    """The newer run has the file; the refusal names it."""
    first = enqueue(journal, 1)
    journal.claim()
    journal.finish(first, RunState.SKIPPED, "gone", release=True)
    second = enqueue(journal, 1)
    with pytest.raises(RetryRefusedError, match=f"run {second} took it up"):
        journal.queue_again(first)
