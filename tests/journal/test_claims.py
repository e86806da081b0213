"""Which run is claimed next, and which two never together?"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from homebody.events import Asked, FileSettled, ScheduleDue
from homebody.journal.run import BACKFILL, RunState
from homebody.journal.store import Journal
from homebody.testing import FakeClock

Queue = Callable[..., int]


def claimed(journal: Journal) -> str | None:
    """Claim the next run and return its recipe, None when there is none."""
    run = journal.claim()
    return run.recipe if run is not None else None


def test_runs_of_a_recipe_are_claimed_in_their_order(journal: Journal, queue: Queue) -> None:
    """First come, first served."""
    numbers = [queue(path=Path(f"/notes/{name}.md")) for name in "abc"]
    assert numbers == [run.id for run in (journal.claim(), journal.claim(), journal.claim()) if run]
    assert journal.claim() is None


def test_recipes_take_turns(journal: Journal, queue: Queue) -> None:
    """Twenty runs of a busy recipe do not keep the one run of another waiting."""
    for number in range(20):
        queue("busy", Path(f"/notes/{number}.md"))
    queue("quiet")
    assert ["busy", "quiet", "busy"] == [claimed(journal) for _ in range(3)]


def test_a_recipe_that_failed_waits_behind_its_others(
    journal: Journal, queue: Queue, clock: FakeClock
) -> None:
    """A poison file goes to the end of the queue, and not before its pause is over."""
    poison, healthy = queue(path=Path("/notes/poison.md")), queue(path=Path("/notes/healthy.md"))
    assert poison == journal.claim().id  # type: ignore[union-attr]
    journal.retry(poison, "it failed", clock.now() + timedelta(seconds=2))
    assert healthy == journal.claim().id  # type: ignore[union-attr]
    assert journal.claim() is None
    third = queue(path=Path("/notes/third.md"))
    clock.advance(2)
    assert [poison, third] == [run.id for run in (journal.claim(), journal.claim()) if run]
    assert 2 == journal.run(poison).attempt


def test_a_clock_that_was_set_back_keeps_nothing_waiting(
    journal: Journal, queue: Queue, clock: FakeClock
) -> None:
    """A new run is claimed at once, and a pause that would last for ever is over."""
    fresh, failed = queue(), queue(path=Path("/notes/b.md"))
    journal.claim()
    journal.claim()
    journal.finish(fresh, RunState.DONE, None)
    journal.retry(failed, "it failed", clock.now() + timedelta(seconds=8))
    fresh = queue(path=Path("/notes/c.md"))
    clock.set(clock.now() - timedelta(days=400))
    assert [failed, fresh] == sorted(run.id for run in (journal.claim(), journal.claim()) if run)


def test_an_interruption_is_no_failure(journal: Journal, queue: Queue) -> None:
    """A start that homebody broke off is forgotten, or counted apart from those that failed."""
    number = queue()
    journal.claim()
    journal.hand_back(number, "stopped")
    assert (0, 0) == (journal.run(number).attempt, journal.run(number).tries)
    journal.claim()
    journal.hand_back(number, "killed", counted=True)
    journal.claim()
    run = journal.run(number)
    assert (2, 1, 1) == (run.attempt, run.interruptions, run.tries)


def test_a_run_that_cannot_be_done_yet_waits_without_failing(
    journal: Journal, queue: Queue, clock: FakeClock
) -> None:
    """It waits for what is missing as often as it must, and no try is used up."""
    number = queue()
    for _ in range(5):
        journal.claim()
        journal.hand_back(number, "no model", not_before=clock.now() + timedelta(seconds=30))
        assert journal.claim() is None
        clock.advance(30)
    run = journal.claim()
    assert run is not None
    assert (1, 1, 0) == (run.attempt, run.tries, run.interruptions)


def test_a_queue_of_thousands_is_claimed_without_looking_at_all_of_it(journal: Journal, queue: Queue) -> None:
    """Finding the next run is a matter of an index, however long the queue is."""
    queue()
    database = journal._database
    sql = "EXPLAIN QUERY PLAN " + database._queries["next_run"]
    values = {"now": "a", "never": "z", "only": None, "but": "[]", "asked": True, "backfill": b""}
    steps = [row["detail"] for row in database._connection.execute(sql, values)]
    assert not any("TEMP B-TREE" in step for step in steps), steps
    assert all("INDEX" in step for step in steps if step.startswith(("SCAN", "SEARCH"))), steps
    beside = [step for step in steps if "SEARCH other" in step]
    assert beside
    assert all("runs_by_state" in step for step in beside), (
        "what runs is few, whatever was done with the file before"
    )


def all_claimed(journal: Journal, **which: object) -> list[int]:
    """Claim until nothing is due, and return the runs' numbers."""
    found = []
    while (run := journal.claim(**which)) is not None:
        found.append(run.id)
    return found


def test_two_runs_on_one_file_are_never_claimed_together(journal: Journal, queue: Queue) -> None:
    """Whatever the recipe and the content: the second keeps its place and is claimed when the first has ended."""
    a, b = Path("/notes/a.md"), Path("/notes/b.md")
    first, second, other, third = (
        queue("tag", a),
        queue("sum", a),
        queue("sum", b),
        queue("tag", a, text="new"),
    )
    assert [second, other] == all_claimed(journal)
    journal.finish(second, RunState.DONE, None)
    assert [first] == all_claimed(journal)
    journal.retry(first, "it failed", datetime(2026, 3, 2, 9, tzinfo=UTC))
    assert [third] == all_claimed(journal)
    assert journal.waits_beside(journal.run(third))
    assert not journal.waits_beside(journal.run(other))
    journal.finish(third, RunState.WAITING, None)
    assert [first] == all_claimed(journal), "one that waits for a person stands in nobody's way"


def test_two_runs_without_a_file_are_claimed_together_only_for_two_recipes(journal: Journal) -> None:
    """A schedule that came due twice is served once, and then again."""
    for number, recipe in enumerate(["digest", "digest", "report"]):
        journal.enqueue(
            recipe=recipe, recipe_hash="h", event=ScheduleDue(recipe=recipe, due=datetime(2026, 3, 2, tzinfo=UTC)),
            key=f"{recipe}{number}", path=None, content=None, origin=None, due=None,
        )  # fmt: skip
    assert [1, 3] == all_claimed(journal)
    assert journal.waits_beside(journal.run(1))
    journal.finish(1, RunState.DONE, None)
    assert [2] == all_claimed(journal)


def test_runs_of_some_recipes_alone_are_all_claimed(journal: Journal, queue: Queue) -> None:
    """Those named, or all but those named; each kind keeps its order."""
    numbers = [queue(recipe, Path(f"/notes/{recipe}.md")) for recipe in ("a", "b", "c")]
    assert [numbers[1]] == all_claimed(journal, only={"b", "x"})
    assert [] == all_claimed(journal, only=())
    assert [numbers[0]] == all_claimed(journal, but={"c"})
    assert [numbers[2]] == all_claimed(journal)


def test_what_a_person_waits_for_can_be_claimed_alone(journal: Journal) -> None:
    """Requests, a plan that was agreed to, one that was edited, and what is to be tried again; a file, a schedule and a
    backfill stay in the queue."""

    def queue(name: str, event: FileSettled | ScheduleDue | Asked, lane: Path | None = None) -> int:
        number = journal.enqueue(
            recipe=name, recipe_hash="h", event=event, key=name, path=None, content=None, origin=None, due=None,
            lane=lane,
        )  # fmt: skip
        assert number is not None
        return number

    def on_file(name: str) -> int:
        return queue(name, FileSettled(path=Path("/notes/a.md"), content="c"))

    agreed, edited, again = on_file("agreed"), on_file("edited"), on_file("again")
    for _ in range(3):
        run = journal.claim()
        journal.finish(run.id, RunState.FAILED if run.id == again else RunState.WAITING, "so")
    journal.approve(agreed)
    journal.plan_again(edited, "a person has filled its slots")
    journal.queue_again(again)
    file = on_file("file")
    due = queue("due", ScheduleDue(recipe="due", due=FakeClock().now()))
    old = queue("old", Asked(recipe="old", path=None), BACKFILL)
    request = queue("request", Asked(recipe="request", path=None))

    claimed = []
    while (run := journal.claim(asked=True)) is not None:
        claimed.append(run.id)
    assert {agreed, edited, again, request} == set(claimed)
    assert {file, due, old} == {journal.claim().id for _ in range(3)}
    assert journal.claim() is None
