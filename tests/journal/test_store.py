"""Is every run queued once, claimed in its turn, and brought to its end with a reason?"""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from homebody.errors import JournalError
from homebody.events import Asked, FileSettled, ScheduleDue
from homebody.journal.run import EffectRow, EffectState, RunState
from homebody.journal.store import Journal
from homebody.testing import FakeClock

Queue = Callable[..., int]


def effect(run: int, path: str = "/notes/a.md", before: str | None = "b", after: str = "c") -> EffectRow:
    """Return an intended effect of *run*."""
    return EffectRow(
        id=None, run=run, ordinal=0, kind="write", path=Path(path), before=before, after=after, origin=before,
        before_image=None, after_image="image", mode=0o640, before_mode=0o600, made=2, state="intended",
    )  # fmt: skip


def test_the_same_key_is_queued_once(journal: Journal) -> None:
    """A second event for the same content is no second run, even after the first one is done."""
    key, path = "tag\nc\n/notes/a.md", Path("/notes/a.md")

    def enqueue() -> int | None:
        return journal.enqueue(
            recipe="tag", recipe_hash="h", event=FileSettled(path=path, content="c"), key=key, path=path,
            content="c", origin="c", due=None,
        )  # fmt: skip

    assert enqueue() == 1
    assert enqueue() is None
    journal.claim()
    journal.finish(1, RunState.DONE, None)
    assert enqueue() is None
    assert {RunState.DONE: 1} == journal.counts()


def test_a_run_comes_back_as_it_was_queued(journal: Journal, clock: FakeClock) -> None:
    """Recipe, version, event, file, content, origin and due time are what was given."""
    due = clock.now() - timedelta(hours=1)
    number = journal.enqueue(
        recipe="digest", recipe_hash="h", event=ScheduleDue(recipe="digest", due=due), key="digest\n@1", path=None,
        content=None, origin=None, due=due,
    )  # fmt: skip
    assert number is not None
    run = journal.run(number)
    assert ("digest", "h", "schedule", None, None, None) == (
        run.recipe, run.recipe_hash, run.event, run.path, run.content, run.origin,
    )  # fmt: skip
    assert (due, clock.now(), RunState.QUEUED, 0) == (run.due, run.queued_at, run.state, run.attempt)


def test_what_a_person_asked_for_is_told_apart(journal: Journal) -> None:
    """The event's kind is kept."""
    asked = Asked(recipe="tag", path=Path("/notes/a.md"))
    number = journal.enqueue(
        recipe="tag", recipe_hash="h", event=asked, key="asked 1", path=asked.path, content="c", origin="c",
        due=None,
    )  # fmt: skip
    assert number is not None
    assert journal.run(number).event == "asked"


def test_an_end_has_a_reason_and_a_time(journal: Journal, queue: Queue, clock: FakeClock) -> None:
    """The reason is kept as it is, even with a file name in it that is not UTF-8."""
    number = queue()
    journal.claim()
    clock.advance(3)
    journal.finish(number, RunState.SKIPPED, "no text in \udcff.md")
    run = journal.run(number)
    assert (RunState.SKIPPED, "no text in \\udcff.md", clock.now()) == (
        run.state,
        run.reason,
        run.finished_at,
    )


@pytest.mark.parametrize("state", [RunState.UNDOING, RunState.UNDONE, RunState.RUNNING])
def test_a_state_that_may_not_follow_is_refused(journal: Journal, queue: Queue, state: RunState) -> None:
    """A fault in the house cannot bring a run into a state that makes no sense."""
    number = queue()
    journal.claim()
    with pytest.raises(JournalError, match="is running, and cannot become"):
        journal.finish(number, state, None)
    assert RunState.RUNNING == journal.run(number).state


def test_a_run_that_is_done_is_not_done_again(journal: Journal, queue: Queue, clock: FakeClock) -> None:
    """Neither a retry nor a hand-back brings it to the queue."""
    number = queue()
    journal.claim()
    journal.finish(number, RunState.DONE, None)
    with pytest.raises(JournalError):
        journal.retry(number, "again", clock.now())
    with pytest.raises(JournalError):
        journal.hand_back(number, "again")
    assert journal.claim() is None


def test_a_run_that_never_got_to_its_content_gives_its_key_back(journal: Journal, queue: Queue) -> None:
    """The file was moved away and came back: what it holds gets its run."""
    first = queue()
    journal.claim()
    journal.finish(first, RunState.SKIPPED, "the file is gone", release=True)
    second = queue()
    assert [second, first] == [run.id for run in journal.runs()]


def test_every_turn_of_events_has_its_step(journal: Journal, queue: Queue, clock: FakeClock) -> None:
    """A screen that polls for changes sees a run come, start, fail, start again and end."""
    number = queue()
    journal.claim()
    journal.step(number, "asked", tokens=12, name="x", run=7)
    journal.retry(number, "no", clock.now())
    journal.claim()
    journal.hand_back(number, "stopped")
    journal.claim()
    journal.finish(number, RunState.DONE, None)
    names = ["queued", "claimed", "asked", "retried", "claimed", "handed back", "claimed", "finished"]
    assert names == [step.name for step in journal.steps(number)]
    asked = journal.steps(number)[2]
    assert ({"tokens": 12, "name": "x", "run": 7}, clock.now()) == (asked.detail, asked.at)
    assert {"state": "done"} == journal.steps(number)[-1].detail


def test_changes_go_on_where_they_were_left(journal: Journal, queue: Queue) -> None:
    """Steps of all runs have one order; none comes twice and none is left out."""
    for number in range(5):
        queue(f"r{number}", Path(f"/notes/{number}.md"))
        journal.claim()
    seen: list[int] = []
    while more := journal.changes(seen[-1] if seen else 0)[:3]:
        seen += [step.seq for step in more]
    assert list(range(1, 11)) == seen


def test_a_step_of_no_run_is_refused(journal: Journal) -> None:
    """What happened, happened to a run."""
    with pytest.raises(JournalError):
        journal.step(99, "read")


def test_runs_are_found_by_recipe_path_and_state(journal: Journal, queue: Queue) -> None:
    """Newest first, at most so many, all conditions together."""
    a, b = Path("/notes/a.md"), Path("/notes/b.md")
    numbers = [queue("tag", a), queue("tag", b), queue("sum", a), queue("tag", a, text="new")]
    journal.claim()
    assert numbers[::-1] == [run.id for run in journal.runs()]
    assert [4, 3, 1] == [run.id for run in journal.runs(path=a)]
    assert [4, 1] == [run.id for run in journal.runs(path=a, recipe="tag")]
    assert [4, 2, 1] == [run.id for run in journal.runs(recipe="tag")]
    assert [3] == [run.id for run in journal.runs(state=RunState.RUNNING)]
    assert [4] == [run.id for run in journal.runs(limit=1)]
    assert [4, 3] == [run.id for run in journal.runs(after=2)]


def test_a_run_that_is_not_there_is_an_error(journal: Journal) -> None:
    """The message names the number."""
    with pytest.raises(JournalError, match="no run 12"):
        journal.run(12)


def test_a_plan_comes_back_as_it_was_written_down(journal: Journal, queue: Queue) -> None:
    """All of it is intended, in its order, with every column."""
    number = queue()
    numbers = journal.plan(number, [effect(number), effect(number, "/notes/\udcfe.md", None)])
    found = journal.effects(number)
    assert numbers == [row.id for row in found]
    assert [Path("/notes/a.md"), Path("/notes/\udcfe.md")] == [row.path for row in found]
    assert [("b", 0), (None, 1)] == [(row.before, row.ordinal) for row in found]
    assert {("write", "c", "image", 0o640, 0o600, 2, "intended")} == {
        (row.kind, row.after, row.after_image, row.mode, row.before_mode, row.made, row.state)
        for row in found
    }


def test_a_plan_is_written_down_whole_or_not_at_all(journal: Journal, queue: Queue) -> None:
    """A second effect that cannot be stored takes the first one with it."""
    number = queue()
    with pytest.raises(JournalError):
        journal.plan(number, [effect(number), effect(99)])
    assert [] == journal.effects(number)


def test_a_new_plan_takes_the_place_of_what_was_not_done(journal: Journal, queue: Queue) -> None:
    """What an earlier try applied stays; what it only intended is abandoned."""
    number = queue()
    first, second = journal.plan(number, [effect(number), effect(number)])
    journal.mark(first, "applied")
    (third,) = journal.plan(number, [effect(number)])
    states = {row.id: row.state for row in journal.effects(number)}
    assert {first: "applied", second: "abandoned", third: "intended"} == states


def test_effects_are_marked_together_or_not_at_all(journal: Journal, queue: Queue) -> None:
    """A state that there is not leaves all of them as they were."""
    number = queue()
    first, second = journal.plan(number, [effect(number), effect(number)])
    with pytest.raises(ValueError, match="perhaps"):
        journal.mark_all({first: EffectState.APPLIED, second: "perhaps"})
    assert ["intended", "intended"] == [row.state for row in journal.effects(number)]


def test_images_of_runs_under_way_are_spared(journal: Journal, queue: Queue) -> None:
    """What a recovery may ask for is named until the run has ended."""
    number = queue()
    journal.claim()
    journal.plan(number, [effect(number)])
    assert {"image"} == journal.images()
    journal.finish(number, RunState.DONE, None)
    assert set() == journal.images()


def test_a_key_may_hold_any_file_name(journal: Journal) -> None:
    """Names are bytes: two that differ in a byte that is no UTF-8 are two."""
    numbers = []
    for name in ("\udcfe.md", "\udcff.md", "ä.md", "日.md"):
        path = Path("/notes") / name
        content = hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()
        number = journal.enqueue(
            recipe="tag", recipe_hash="h", event=FileSettled(path=path, content=content), key=f"tag\n{path}",
            path=path, content=content, origin=content, due=None,
        )  # fmt: skip
        numbers.append(number)
        assert path == journal.runs(path=path)[0].path
    assert [1, 2, 3, 4] == numbers
