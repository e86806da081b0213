"""For each recipe one verdict on a file, from the real journal and the real folders."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from inquiries import SUMMARY, house, note, says, why

from homebody.house.inquiry import House, inquire
from homebody.house.watched import wishes
from homebody.house.why import Why
from homebody.journal.store import Journal


def test_not_watched(room):
    """A file elsewhere is not watched, and the folders that are watched are named."""
    room.recipe("sum", SUMMARY)
    found = why(room, Path("/etc/passwd"))
    assert (Why.NOT_WATCHED, None) == (found.verdict, found.run)
    assert str(room.notes) in found.words


def test_a_folder_below_is_not_watched_unless_the_recipe_says_so(room):
    """A file below a watched folder is watched only by a recipe that is recursive."""
    (room.notes / "sub").mkdir()
    path = note(room, "sub/a.md")
    room.recipe("flat", SUMMARY)
    assert Why.NOT_WATCHED == why(room, path).verdict
    room.recipes.clear()
    room.recipe("deep", f"triggers: [{{watch: {room.notes}, recursive: true, existing: process}}]\n{SUMMARY}")
    assert Why.NEW == why(room, path).verdict


@pytest.mark.parametrize(
    ("name", "verdict", "said"),
    [
        (".secret.md", Why.HIDDEN, "`.secret.md`"),
        ("a.md.part", Why.TEMPORARY, "temporary"),
        ("~$a.md", Why.TEMPORARY, "temporary"),
        ("a.jpg", Why.FILTERED, "`extension: [md, txt]`"),
        ("a.summary.md", Why.FILTERED, "`not name: '*.summary.md'`"),
        ("b.summary.jpg", Why.FILTERED, "`extension: [md, txt]`"),
    ],
)
def test_by_its_name(room, name: str, verdict: Why, said: str):
    """A hidden, a temporary and a filtered file are told apart; the filter is shown as in the recipe."""
    room.recipe("sum", SUMMARY)
    path = note(room, name)
    room.settle()
    assert [] == room.journal.runs()
    found = why(room, path)
    assert verdict == found.verdict
    assert said in found.words


def test_hidden_by_a_folder_above_it(room):
    """A file in a hidden folder is hidden, and the folder is named."""
    room.recipe("sum", f"triggers: [{{watch: {room.notes}, recursive: true}}]\n{SUMMARY}")
    (room.notes / ".git").mkdir()
    assert "`.git`" in why(room, note(room, ".git/a.md")).words


def test_what_is_no_file(room):
    """A folder is a folder, and where nothing is there is no such file."""
    room.recipe("sum", SUMMARY)
    (room.notes / "sub").mkdir()
    assert Why.FOLDER == why(room, room.notes / "sub").verdict
    assert Why.GONE == why(room, room.notes / "never.md").verdict


def test_waiting_to_settle_and_then_queued(room):
    """It says how long the file must lie still and how long that is yet; then it has a place in the queue."""
    room.recipe("sum", SUMMARY)
    first = note(room)
    room.intake.rescan()
    room.clock.advance(2)
    found = why(room, first)
    assert Why.SETTLING == found.verdict
    assert "5s, 3s to go" in found.words
    room.clock.advance(4)
    room.intake.tick()
    second = note(room, "b.md", "The door, too.")
    room.settle()
    assert "next in the queue" in why(room, first).words
    found = why(room, second)
    assert (Why.QUEUED, 2) == (found.verdict, found.run)
    assert "place 2 in the queue, behind 1" in found.words


def test_new_says_when_it_is_noticed_and_what_is_in_the_way(room):
    """Before the next look at the folder the file is new; a folder in trouble and a missing daemon are named."""
    room.recipe("sum", SUMMARY)
    path = note(room)
    assert Why.NEW == says(room, path, "within 5m")
    assert "no watches left" in why(room, path, troubles={room.notes: "no watches left"}).words
    assert "homebody serve" in (why(room, path, serving=False).hint or "")


def test_was_there_before(room):
    """A file that was there before its recipe is left alone, until it changes."""
    path = note(room)
    room.recipe("sum", SUMMARY, existing="skip")
    room.settle()
    found = why(room, path)
    assert (Why.EXISTING, []) == (found.verdict, room.journal.runs())
    path.write_text("Changed.")
    assert Why.NEW == why(room, path).verdict


def test_written_by_homebody(room):
    """A file that homebody wrote says so, and by which run; what a person makes of it is theirs."""
    room.recipe("sum", SUMMARY.replace('  - not name: "*.summary.md"\n', ""))
    note(room)
    room.settle()
    ((run, _),) = room.work()
    made = room.notes / "a.summary.md"
    room.settle()
    found = why(room, made)
    assert (Why.OURS, run.id) == (found.verdict, found.run)
    assert f"in run {run.id}" in found.words
    made.write_text("Mine.")
    assert Why.NEW == why(room, made).verdict


def test_moved_by_homebody(room):
    """At the old name it says where the file went, at the new one that homebody put it there."""
    out = room.folder / "out"
    out.mkdir()
    room.recipe("file", "actions:\n  - move: OUT/\n")
    path = note(room)
    room.settle()
    ((run, _),) = room.work()
    found = why(room, path)
    assert Why.GONE == found.verdict
    assert f"moved it to {out / 'a.md'} (run {run.id})" in found.words
    room.recipe("there", f"triggers: [{{watch: {out}, existing: process}}]\nactions:\n  - move: NOTES/\n")
    verdicts = {one.recipe: one.verdict for one in inquire(out / "a.md", house(room)).verdicts}
    assert {"file": Why.NOT_WATCHED, "there": Why.OURS} == verdicts


def test_renamed_by_a_person(room):
    """A file that a recipe has met under another name is known, and that name is said."""
    room.recipe("sum", SUMMARY)
    path = note(room)
    room.settle()
    room.work()
    path.rename(room.notes / "b.md")
    found = why(room, room.notes / "b.md")
    assert (Why.RENAMED, True) == (found.verdict, str(path) in found.words)
    assert Why.GONE == says(room, path, "done")


@pytest.mark.skipif(os.getuid() == 0, reason="root may read everything")
def test_unreadable(room):
    """A file that may not be read says so, with the cure."""
    room.recipe("sum", SUMMARY)
    path = note(room)
    path.chmod(0)
    room.settle()
    found = why(room, path)
    assert (Why.UNREADABLE, True) == (found.verdict, "chmod" in (found.hint or ""))


def test_a_recipe_that_does_not_run(room):
    """One that is switched off says so, one that the daemon does not have says why."""
    room.recipe("sum", "enabled: false\n" + SUMMARY)
    path = note(room)
    assert Why.OFF == why(room, path).verdict
    absent = why(room, path, absent={"sum": "the folder /x is not there"})
    assert (Why.ABSENT, "the folder /x is not there") == (absent.verdict, absent.words)


def test_a_recipe_that_runs_by_the_clock(room):
    """It says what it takes up, whether this file is among that, and when it is too old."""
    room.recipe(
        "digest",
        "triggers: [{schedule: '18:00'}]\nselect: {folder: NOTES, name: '*.md', newer_than: 1d}\n"
        "actions:\n  - write: {dest: OUT/d.md, content: '{{ documents | length }}'}\n",
    )
    room.clock.set(room.clock.now() - timedelta(days=3650))
    path = note(room)
    assert "this one is among them" in why(room, path).words
    assert "is not among them" in why(room, note(room, "a.txt")).words
    room.clock.set(room.clock.now() + timedelta(days=36500))
    found = why(room, path)
    assert (Why.SCHEDULED, True) == (found.verdict, "too old" in found.words)


def test_without_a_journal_the_folders_and_recipes_still_tell(room):
    """Before the first start there is no journal, and the names and filters have their answers."""
    room.recipe("sum", SUMMARY)
    facts = {"recipes": list(room.recipes.values()), "watched": wishes(room.recipes.values(), 5.0)}
    alone = House(**facts, journal=None, now=room.clock.now())
    assert [Why.NEW] == [one.verdict for one in inquire(note(room), alone).verdicts]
    assert [Why.FILTERED] == [one.verdict for one in inquire(note(room, "a.jpg"), alone).verdicts]


def test_asking_changes_nothing(room):
    """The journal is the same byte for byte to its reader after every question."""
    room.recipe("sum", SUMMARY)
    path = note(room)
    room.settle()
    room.work()
    before = "\n".join(room.journal._database._connection.iterdump())
    reader = Journal.open(room.folder / "state" / "journal.db", room.clock, read_only=True)
    facts = {"recipes": list(room.recipes.values()), "watched": wishes(room.recipes.values(), 5.0)}
    for journal in (room.journal, reader):
        for asked in (path, room.notes / "no.md", room.notes, Path("/etc/passwd")):
            inquire(asked, House(**facts, journal=journal, now=room.clock.now()))
    reader.close()
    assert before == "\n".join(room.journal._database._connection.iterdump())
