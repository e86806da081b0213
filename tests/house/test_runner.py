"""One run from claimed to finished: what comes out, and every other way out with its reason."""

import pytest

from homebody.errors import ModelGoneError, ModelNotReadyError
from homebody.house.undo import undo
from homebody.journal.run import RunState
from homebody.model.cancellation import Cancellation
from homebody.testing import FakeModel

SUMMARY = (
    "filters:\n  - not name: '*.summary.md'\nask:\n  prompt: Summarise.\n"
    "  output: {summary: {type: text, max: 100}}\n"
)
WRITE = "actions:\n  - write: {dest: '{{ file.folder }}/{{ file.stem }}.summary.md', content: '{{ ask.summary }}'}\n"


def drop(room, name: str = "a.md", text: str = "# A\n\nThe roof leaks.\n"):
    """Put a note in, let it settle, and do what is due."""
    path = room.notes / name
    path.write_text(text)
    room.settle()
    return room.work()


def test_tree_in_tree_out(room):
    """A note comes in; its summary lies beside it, and the note is as it was."""
    room.recipe("summarize", SUMMARY + WRITE)
    ((run, _outcome),) = drop(room)
    assert run.state is RunState.DONE
    assert {"Notes/a.md": "# A\n\nThe roof leaks.\n", "Notes/a.summary.md": "A summary.\n"} == room.tree()
    names = [step.name for step in room.journal.steps(run.id)]
    assert names == ["queued", "claimed", "read", "asked", "answered", "planned", "applied", "finished"]


def test_what_is_not_in_the_text_is_told_in_the_step(room):
    """A picture in a page is counted, and a note without anything of the kind tells nothing."""
    room.recipe("summarize", SUMMARY + WRITE)
    drop(room, name="page.html", text="<p>The roof leaks.<img src=a><img src=b><p hidden>Gone")
    drop(room, name="note.md")
    details = [
        step.detail.get("left_out")
        for run in (1, 2)
        for step in room.journal.steps(run)
        if step.name == "read"
    ]
    assert details == ["2 images, 1 hidden part", None]
    (document,) = [part.text for part in room.model.asked[0][1].parts if part.data]
    assert document == "The roof leaks."


def test_the_model_sees_the_text_and_not_the_front_matter(room):
    """What is asked about is the note's body."""
    room.recipe("summarize", SUMMARY + WRITE)
    drop(room, text="---\nsecret: yes\n---\nThe roof leaks.\n")
    (document,) = [part.text for part in room.model.asked[0][1].parts if part.data]
    assert document == "The roof leaks."


def test_when_decides_after_the_answer(room):
    """A condition that does not hold skips the run with that reason, and nothing is written."""
    room.recipe("summarize", SUMMARY + "when: \"{{ 'fire' in ask.summary }}\"\n" + WRITE)
    ((run, _outcome),) = drop(room)
    assert (RunState.SKIPPED, True) == (run.state, "when" in (run.reason or ""))
    assert ["Notes/a.md"] == list(room.tree())


def test_a_wrong_answer_fails_and_is_tried_again_and_set_aside(room):
    """After its retries the run is quarantined with the reason; the note stays, and another note is done."""
    room.recipe("summarize", SUMMARY + WRITE + "on_error: {retry: 1}\n")
    room.model.answers = ["no json"]
    drop(room)
    room.clock.advance(3600)
    room.work()
    (run,) = room.journal.runs()
    assert (RunState.QUARANTINED, 2) == (run.state, run.attempt)
    assert run.reason
    room.model.answers = [{"summary": "Fine."}]
    drop(room, "b.md")
    assert "Notes/b.summary.md" in room.tree()


def test_a_model_that_dies_is_a_failed_try(room):
    """A dead model fails the try; the next one succeeds."""
    room.recipe("summarize", SUMMARY + WRITE)
    room.model.answers = [ModelGoneError("it was killed"), {"summary": "Fine."}]
    drop(room)
    assert room.journal.runs()[0].state is RunState.QUEUED
    room.clock.advance(60)
    room.work()
    assert room.tree()["Notes/a.summary.md"] == "Fine.\n"


def test_a_run_waits_for_a_model_that_is_not_there(room):
    """However long the model is missing, the run stays queued with the reason, and is done when it is back."""
    room.recipe("summarize", SUMMARY + WRITE + "on_error: {retry: 0}\n")
    room.model.answers = [ModelNotReadyError("it waits for the model: gone"), {"summary": "Fine."}]
    drop(room)
    (run,) = room.journal.runs()
    assert (RunState.QUEUED, True) == (run.state, "waits for the model" in (run.reason or ""))
    room.clock.advance(61)
    room.work()
    assert room.tree()["Notes/a.summary.md"] == "Fine.\n"


def test_a_bug_in_one_run_is_a_reason_and_no_crash(room):
    """An exception that nobody foresaw fails the run in words, without its message."""
    room.recipe("summarize", SUMMARY + WRITE + "on_error: {retry: 0}\n")
    room.model.answers = [ZeroDivisionError("the roof leaks")]
    ((run, outcome),) = drop(room)
    assert run.state is RunState.QUARANTINED
    assert "ZeroDivisionError" in (outcome.reason or "")
    assert "roof" not in (outcome.reason or "")


def test_a_recipe_that_is_gone_skips_its_runs(room):
    """Runs of a recipe that was removed end with that reason."""
    room.recipe("summarize", SUMMARY + WRITE)
    (room.notes / "a.md").write_text("# A\n")
    room.settle()
    room.recipes.clear()
    ((run, _outcome),) = room.work()
    assert (RunState.SKIPPED, True) == (run.state, "no longer there" in (run.reason or ""))


def test_a_recipe_that_comes_back_takes_its_files_up_again(room):
    """A run that met its recipe unplugged is not lost: with the recipe back, the next start does it."""
    recipe = room.recipe("summarize", SUMMARY + WRITE)
    (room.notes / "a.md").write_text("# A\n")
    room.settle()
    room.recipes.clear()
    room.work()
    room.recipes["summarize"] = recipe
    room._intake = None
    room.settle()
    ((run, _outcome),) = room.work()
    assert run.state is RunState.DONE
    assert "Notes/a.summary.md" in room.tree()


def test_a_file_changed_before_its_turn_is_left_to_its_next_run(room):
    """The old content's run is skipped, and the new content gets one of its own that is done."""
    room.recipe("summarize", SUMMARY + WRITE)
    path = room.notes / "a.md"
    path.write_text("# A\n")
    room.settle()
    path.write_text("# Other\n")
    ((first, _),) = room.work()
    assert first.state is RunState.SKIPPED
    room.settle()
    ((second, _),) = room.work()
    assert second.state is RunState.DONE


def test_a_person_who_writes_while_the_model_works_wins(room):
    """A note that changes during the ask is not overwritten by what was planned for the old one."""
    room.recipe("tag", SUMMARY + "actions:\n  - front_matter: {set: {about: '{{ ask.summary }}'}}\n")
    path = room.notes / "a.md"

    class Slow(type(room.model)):
        def generate(self, messages, **options):
            path.write_text("mine\n")
            return super().generate(messages, **options)

    room.model = Slow()
    ((run, _),) = drop(room)
    assert run.state is RunState.SKIPPED
    assert path.read_text() == "mine\n"


def test_a_file_deleted_while_the_model_reads_leaves_nothing_behind(room):
    """A note that goes away during the ask gets no summary beside nothing; the run says why."""
    room.recipe("summarize", SUMMARY + WRITE)
    path = room.notes / "a.md"

    class Slow(type(room.model)):
        def generate(self, messages, **options):
            path.unlink()
            return super().generate(messages, **options)

    room.model = Slow()
    ((run, _),) = drop(room)
    assert (RunState.SKIPPED, {}) == (run.state, room.tree())
    assert run.reason


def test_nothing_to_change_is_done_and_has_nothing_to_undo(room):
    """A plan that changes nothing writes nothing."""
    room.recipe("tag", "actions:\n  - front_matter: {set: {seen: 'yes'}}\n")
    ((run, _),) = drop(room, text="---\nseen: 'yes'\n---\n")
    assert run.state is RunState.DONE
    assert [] == room.journal.effects(run.id)


def test_two_actions_on_one_file_are_one_change(room):
    """Each action sees what the one before planned; the file is written once and undone in one piece."""
    room.recipe(
        "two",
        "actions:\n  - append: {dest: 'OUT/log.md', content: 'one'}\n"
        "  - append: {dest: 'OUT/log.md', content: 'two'}\n",
    )
    ((run, _),) = drop(room)
    assert len(room.journal.effects(run.id)) == 1
    assert room.tree()["out/log.md"].split() == ["one", "two"]
    undo(room.journal, room.vault, run.id)
    assert ["Notes/a.md"] == list(room.tree())


def test_a_second_change_that_cannot_be_made_takes_the_first_back(room):
    """A plan holds whole or not at all: a folder in the way of the second file leaves nothing of the first."""
    room.recipe(
        "two",
        "actions:\n  - write: {dest: 'OUT/one.txt', content: one}\n  - write: {dest: 'OUT/sub/two.txt', content: two}\n"
        "on_error: {retry: 0}\n",
    )
    (room.folder / "out").mkdir()
    (room.folder / "out" / "sub").write_text("in the way")
    ((run, _),) = drop(room)
    assert run.state is RunState.QUARANTINED, run.reason
    assert {"Notes/a.md", "out/sub"} == set(room.tree())


@pytest.mark.parametrize("data", [b"", b"\x00\x01\x02" * 100, b"%PDF-1.4 broken"])
def test_a_bad_file_never_stops_a_good_one(room, data: bytes):
    """Whatever lies beside it, the good note is done."""
    room.recipe("summarize", SUMMARY + WRITE)
    (room.notes / "bad.pdf").write_bytes(data)
    outcomes = {run.path.name: run.state for run, _ in drop(room, "good.md")}
    assert {"bad.pdf": RunState.SKIPPED, "good.md": RunState.DONE} == outcomes


@pytest.mark.parametrize("gone", [False, True])
def test_a_run_in_hand_goes_on_with_the_recipe_that_it_was_begun_with(room, gone: bool):
    """Edited or removed while the model thinks: what is written is what the old version says."""
    body = (
        "ask:\n  prompt: Summarise.\n  output: {summary: {type: text, max: 100}}\n"
        "actions:\n  - write: {dest: 'OUT/{{ file.stem }}.txt', content: WORD}\n"
    )

    class Edited(FakeModel):
        def generate(self, messages, **asked):
            if gone:
                room.recipes.clear()
            else:
                room.recipe("beside", body.replace("WORD", "new"))
            return super().generate(messages, **asked)

    room.model = Edited()
    room.recipe("beside", body.replace("WORD", "old"))
    (room.notes / "a.md").write_text("The roof leaks.\n")
    room.settle()
    ((run, _outcome),) = room.work()
    assert RunState.DONE is run.state
    assert "old\n" == room.tree()["out/a.txt"]


def test_a_run_that_was_given_up_reads_nothing_asks_nothing_and_changes_nothing(room):
    """Told before it began, it comes back as it was: with a reason, to be handed back or let go."""
    room.recipe("summarize", SUMMARY + WRITE)
    gone = Cancellation()
    gone.cancel()
    (room.notes / "a.md").write_text("# A\n")
    room.settle()
    run = room.journal.claim()
    outcome = room.runner().run(run, gone)
    assert (True, True, "The run was cancelled.") == (outcome.again, outcome.given_up, outcome.reason)
    assert ["queued", "claimed"] == [step.name for step in room.journal.steps(run.id)]
    assert [] == room.model.asked


def test_a_run_that_is_given_up_while_it_asks_makes_no_plan(room):
    """The answer comes all the same, from a model that cannot give up; nothing is done with it."""
    room.recipe("summarize", SUMMARY + WRITE)
    gone = Cancellation()
    room.model.answers = [lambda _messages: gone.cancel() or {"summary": "Too late."}]
    (room.notes / "a.md").write_text("# A\n")
    room.settle()
    run = room.journal.claim()
    assert room.runner().run(run, gone).given_up
    assert "planned" not in [step.name for step in room.journal.steps(run.id)]
    assert ["Notes/a.md"] == list(room.tree())
