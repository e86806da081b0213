"""Does a plan that waits do exactly what was shown, once a person has agreed, and nothing before?"""

import os
from pathlib import Path

import pytest

from homebody.errors import UsageError
from homebody.house import requests, review
from homebody.house.proposal import kept
from homebody.journal.run import RunState

SUMMARY = """
ask:
  prompt: Summarise.
  output:
    summary: {type: text, max: 200}
    tags: {type: list, of: [roof, garden], max: 2}
actions:
  - write: {dest: "OUT/{{ file.stem }} {{ run.time | replace(':', '-') }}.md", content: "{{ ask.summary }}"}
  - tag: "{{ ask.tags }}"
"""
ANSWERS = [{"summary": "First.", "tags": ["roof"]}, {"summary": "Second.", "tags": []}]


def everything(folder: Path) -> dict[str, tuple[object, ...]]:
    """Return all that can be known of every file and folder, but when it was last read."""
    found = {}
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        data = path.read_bytes() if path.is_file() else b""
        names = tuple(os.listxattr(path, follow_symlinks=False))
        found[str(path)] = (
            data,
            status.st_mode,
            status.st_mtime_ns,
            status.st_ctime_ns,
            status.st_ino,
            names,
        )
    return found


@pytest.fixture
def dry(room):
    """Return what makes a dry run of the recipe on a note, and its number."""
    room.recipe("sum", SUMMARY, existing="skip")
    room.model.answers = list(ANSWERS)
    path = room.notes / "a.md"
    path.write_text("A note about the roof.")
    (room.folder / "out").mkdir()

    def made() -> int:
        requests.drop_dry_runs(room.journal, "sum")
        file = requests.file_of(room.journal, room.recipes["sum"], path)
        number = requests.request(room.journal, room.recipes["sum"], file, dry=True)
        room.work()
        return number

    return made


def apply_last(room) -> list[int]:
    """Agree to the last dry run, work, and return the numbers of its runs."""
    runs = requests.last_dry_runs(room.journal, None, room.clock.now())
    for run in runs:
        review.accept(room.journal, run.id)
    room.work()
    return [run.id for run in runs]


def test_a_dry_run_writes_nothing(room, dry):
    """No file, folder, time, attribute or inode of the person's is another one afterwards, and no effect is planned."""
    before = everything(room.notes) | everything(room.folder / "out")
    number = dry()
    assert RunState.WAITING == room.journal.run(number).state
    assert before == everything(room.notes) | everything(room.folder / "out")
    assert [] == room.journal.effects(number)


def test_what_is_applied_is_what_was_shown(room, dry):
    """The same answers, the same moment: the model is not asked again, and the name holds the time of the dry run."""
    number = dry()
    proposal = kept(room.journal, room.vault, number)
    room.clock.advance(3600)
    assert [number] == apply_last(room)
    effects = room.journal.effects(number)
    assert [(one.deed, one.path, one.after) for one in proposal.changes] == [
        (effect.deed.value, str(effect.path), effect.after) for effect in effects
    ]
    assert 1 == len(room.model.asked)
    assert ["First.\n"] == [text for name, text in room.tree().items() if name.startswith("out/")]


def test_a_plan_that_came_out_otherwise_waits_again(room, dry):
    """A file has taken the name meanwhile: nothing is done, the new plan is shown, and that one can be agreed to."""
    number = dry()
    shown = kept(room.journal, room.vault, number).changes[0].path
    Path(shown).write_text("a person's")
    apply_last(room)
    run = room.journal.run(number)
    assert (RunState.WAITING, False) == (run.state, run.approved)
    assert "no longer what was shown" in (run.reason or "")
    assert [] == room.journal.effects(number)
    review.accept(room.journal, number)
    room.work()
    assert RunState.DONE == room.journal.run(number).state
    assert "a person's" == Path(shown).read_text()


def test_a_file_that_changed_since_is_left_alone(room, dry):
    """What was shown is about another content: the run is skipped, and says so."""
    number = dry()
    (room.notes / "a.md").write_text("Another note.")
    apply_last(room)
    run = room.journal.run(number)
    assert (RunState.SKIPPED, True) == (run.state, "changed" in (run.reason or ""))
    assert [] == room.journal.effects(number)


def test_a_newer_dry_run_takes_the_place_of_an_older(room, dry):
    """Only the last one can be applied."""
    first, second = dry(), dry()
    assert [second] == [run.id for run in requests.last_dry_runs(room.journal, "sum", room.clock.now())]
    assert RunState.SKIPPED == room.journal.run(first).state


def test_a_dry_run_lives_for_a_day(room, dry):
    """After that it is let go, with its reason."""
    number = dry()
    room.clock.advance(86_401)
    assert [] == requests.last_dry_runs(room.journal, None, room.clock.now())
    assert 1 == requests.expire(room.journal, room.clock.now())
    assert RunState.SKIPPED == room.journal.run(number).state


def test_a_dry_run_that_fails_fails_at_once(room, dry):
    """A person waits for it: it is not tried again behind their back."""
    room.model.answers = ["no JSON at all"]
    assert RunState.FAILED == room.journal.run(dry()).state


def waiting(room, how: str, *, notes: int = 1) -> list[int]:
    """Let notes come in for a recipe that asks first, and return its runs that wait."""
    if "sum" not in room.recipes:
        room.recipe("sum", SUMMARY + f"approve: {how}\n")
        room.model.answers = [ANSWERS[0]]
    for _ in range(notes):
        name = f"n{len(list(room.notes.iterdir()))}.md"
        (room.notes / name).write_text(f"Note {name} about the roof.")
    room.settle()
    room.work()
    return [one.run.id for one in review.waiting(room.journal, room.vault)]


def test_a_recipe_that_asks_changes_nothing_before(room):
    """And then does what was shown, so that an undo takes it back."""
    (number,) = waiting(room, "true")
    assert {"Notes/n0.md"} == set(room.tree())
    review.accept(room.journal, number)
    room.work()
    assert RunState.DONE == room.journal.run(number).state
    assert 2 == len(room.tree())


def test_only_the_first_runs_ask_when_the_recipe_says_so(room):
    """Those that a person has turned down do not count: trust comes from agreeing."""
    first, second, third = waiting(room, "{first: 2}", notes=3)
    review.reject(room.journal, first)
    for number in (second, third):
        review.accept(room.journal, number)
        room.work()
    assert [] == waiting(room, "{first: 2}")
    assert 3 == sum(run.state is RunState.DONE for run in room.journal.runs())


def test_all_like_one_are_agreed_to_together(room):
    """Every plan of the same recipe is carried out."""
    numbers = waiting(room, "true", notes=3)
    assert numbers == review.accept_like(room.journal, numbers[1])
    room.work()
    assert {RunState.DONE} == {room.journal.run(number).state for number in numbers}


def test_a_plan_that_was_turned_down_is_not_made_again(room):
    """The file is left as it is, and its content has had its run."""
    (number,) = waiting(room, "true")
    review.reject(room.journal, number)
    room.settle()
    assert [] == room.work()
    assert {"Notes/n0.md"} == set(room.tree())


def test_a_slot_filled_by_hand_makes_the_plan_anew(room):
    """It waits again, shows what would be done now, and does that; the model is not asked again."""
    (number,) = waiting(room, "true")
    review.edit(
        room.journal, room.vault, room.recipes["sum"], number, {"summary": "By hand.", "tags": "garden, roof"}
    )
    room.work()
    assert RunState.WAITING == room.journal.run(number).state
    shown = kept(room.journal, room.vault, number).changes
    assert ["By hand.\n", "garden, roof"] == [change.new for change in shown]
    review.accept(room.journal, number)
    room.work()
    assert "By hand.\n" in room.tree().values()
    assert 1 == len(room.model.asked)


@pytest.mark.parametrize(
    ("slots", "word"),
    [({"sumary": "x"}, "no slot"), ({"tags": "kitchen"}, "tags"), ({"summary": "x" * 500}, "summary")],
)
def test_a_slot_takes_only_what_the_recipe_allows(room, slots: dict[str, str], word: str):
    """From a person, too; the plan stays as it was."""
    (number,) = waiting(room, "true")
    with pytest.raises(UsageError, match=word):
        review.edit(room.journal, room.vault, room.recipes["sum"], number, slots)
    assert RunState.WAITING == room.journal.run(number).state


def test_a_changed_recipe_asks_anew(room):
    """The answers that were kept may be to another question."""
    (number,) = waiting(room, "true")
    review.accept(room.journal, number)
    room.recipe("sum", SUMMARY.replace("Summarise.", "Summarise it.") + "approve: true\n")
    room.work()
    assert 2 == len(room.model.asked)
    assert RunState.WAITING == room.journal.run(number).state


def test_a_plan_whose_image_is_gone_is_made_anew(room):
    """The vault was purged: nothing is done that a person has not seen."""
    (number,) = waiting(room, "true")
    room.vault.purge(bytes_at_most=0)
    ((one),) = review.waiting(room.journal, room.vault)
    assert one.proposal is None
    review.accept(room.journal, number)
    room.work()
    assert RunState.WAITING == room.journal.run(number).state


def test_a_plan_whose_file_has_changed_says_so(room):
    """Agreeing to it would change nothing."""
    waiting(room, "true")
    (room.notes / "n0.md").write_text("Another.")
    assert [True] == [one.overtaken for one in review.waiting(room.journal, room.vault)]


def test_what_does_not_wait_cannot_be_agreed_to(room):
    """The run says what it is instead."""
    (number,) = waiting(room, "true")
    review.reject(room.journal, number)
    with pytest.raises(UsageError, match="is skipped"):
        review.accept(room.journal, number)
