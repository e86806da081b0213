"""What a file's runs have made of it: for each recipe one verdict, in words."""

from inquiries import SUMMARY, note, says, why

from homebody.errors import ModelNotReadyError
from homebody.house.requests import file_of, request
from homebody.house.undo import undo
from homebody.house.why import Why
from homebody.journal.run import RunState


def test_done_with_this_and_with_an_older_version(room):
    """A recipe that was edited since says that the past stays as it is, and what would change that."""
    room.recipe("sum", SUMMARY)
    path = note(room)
    room.settle()
    ((run, _),) = room.work()
    found = why(room, path)
    assert (Why.DONE, run.id, f"`homebody undo {run.id}` takes it back.") == (
        found.verdict, found.run, found.hint,
    )  # fmt: skip
    assert "this version" in found.words
    room.recipe("sum", SUMMARY.replace("max: 100", "max: 50"))
    room.settle()
    assert [] == room.work()
    found = why(room, path)
    assert (Why.DONE, True) == (found.verdict, "older version" in found.words)
    assert "never reprocesses the past" in (found.hint or "")
    assert "homebody backfill sum --stale" in (found.hint or "")


def test_a_file_that_its_run_rewrote_is_done(room):
    """What homebody changed in a person's file does not make it another file."""
    room.recipe("tag", "actions:\n  - front_matter: {set: {seen: 'yes'}}\n")
    path = note(room)
    room.settle()
    ((run, _),) = room.work()
    assert path.read_text().startswith("---\n")
    assert Why.DONE == says(room, path, f"run {run.id}: done")
    undo(room.journal, room.vault, run.id)
    assert Why.UNDONE == says(room, path, f"run {run.id}: undone")


def test_running(room):
    """A run under way is named, with since when."""
    room.recipe("sum", SUMMARY)
    path = note(room)
    room.settle()
    run = room.journal.claim()
    found = why(room, path)
    assert (Why.RUNNING, run.id) == (found.verdict, found.run)


def test_skipped_failed_and_quarantined_say_with_what(room):
    """The reason is in the words, and the command that tries it again in the hint."""
    room.recipe("sum", SUMMARY + "on_error: {retry: 1}\n")
    empty = note(room, "empty.md", "")
    bad = note(room, "bad.md")
    room.model.answers = ["no JSON at all"]
    room.settle()
    room.work()
    found = why(room, empty)
    assert (Why.SKIPPED, True) == (found.verdict, "the file is empty" in found.words)
    found = why(room, bad)
    assert Why.PAUSING == found.verdict
    assert "(in 2s): " in found.words
    assert room.journal.run(found.run).reason in found.words
    room.clock.advance(3)
    room.work()
    found = why(room, bad)
    assert (Why.QUARANTINED, f"`homebody retry {found.run}` tries it again.") == (found.verdict, found.hint)
    room.journal.queue_again(found.run)
    room.journal.claim()
    room.journal.finish(found.run, RunState.FAILED, "it broke")
    assert Why.FAILED == says(room, bad, "it broke")


def test_the_model_is_missing(room):
    """A run that waits for its model says so, and until when."""
    room.recipe("sum", SUMMARY)
    path = note(room)
    room.model.answers = [ModelNotReadyError("it waits for the model: the file is not there")]
    room.settle()
    room.work()
    found = why(room, path)
    assert Why.PAUSING == found.verdict
    assert "(in 1m): it waits for the model: the file is not there" in found.words


def test_the_breaker(room):
    """A file that is rewritten again and again waits for its breaker, and the words say so."""
    room.recipe("sum", SUMMARY + "limits: {runs_per_file: 1/1h}\n")
    path = note(room)
    room.settle()
    room.work()
    path.write_text("The roof leaks again.")
    room.settle()
    assert [] == room.work()
    found = why(room, path)
    assert (Why.PAUSING, True) == (found.verdict, "the breaker:" in found.words)


def test_waiting_for_approval(room):
    """A plan that waits for a person says so."""
    room.recipe("sum", SUMMARY)
    path = note(room)
    room.settle()
    run = room.journal.claim()
    room.journal.finish(run.id, RunState.WAITING, None)
    assert Why.WAITING == says(room, path, "waits for a person's approval")


def test_a_recipe_that_asks_first_says_where(room):
    """With ``approve`` the words are the run's own, and name `homebody review`; a dry run is not a run."""
    recipe = room.recipe("sum", SUMMARY + "approve: true\n")
    path = note(room)
    wanted = file_of(room.journal, recipe, path, force=True)
    request(room.journal, recipe, wanted, dry=True)
    room.work()
    assert Why.NEW == why(room, path).verdict
    room.settle()
    room.work()
    assert Why.WAITING == says(room, path, "`homebody review`")
