"""What is there when homebody starts, or when a recipe is new: known, left alone, or queued."""

from homebody.house.watched import wishes
from homebody.journal.run import RunState
from homebody.triggers.rescan import look

BESIDE = "actions:\n  - write: {dest: 'OUT/{{ file.stem }}.txt', content: 'seen {{ file.name }}'}\n"
STAMP = "filters:\n  - extension: md\nactions:\n  - front_matter: {set: {seen: 'yes'}}\n"


def queued(room) -> list[tuple[str, str]]:
    """Return recipe and file of every run, in order."""
    return [(run.recipe, run.path.name) for run in reversed(room.journal.runs())]


def test_what_was_there_before_is_not_even_read(room):
    """A recipe that leaves existing files alone opens none of them, at the first look or later."""
    for number in range(3):
        (room.notes / f"{number}.txt").write_text("old")
    room.recipe("beside", BESIDE, existing="skip")
    room.settle()
    room.settle()
    signatures = {str(path): look(path).signature for path in room.notes.iterdir()}
    assert {} == room.journal.known_contents(signatures)
    assert 0 == room.intake.pending()
    assert [] == queued(room)


def test_a_link_is_left_alone_once_and_not_at_every_start(room):
    """One skipped run says why; a file in its place gets a run of its own."""
    room.recipe("stamp", "actions:\n  - write: {dest: 'OUT/{{ file.stem }}.out', content: x}\n")
    (room.notes / "a.txt").symlink_to(room.folder / "stamp.yaml")
    for _ in range(3):
        room._intake = None
        room.settle()
        room.work()
    assert [RunState.SKIPPED] == [run.state for run in room.journal.runs()]
    (room.notes / "a.txt").unlink()
    (room.notes / "a.txt").write_text("a file")
    room.settle()
    assert [RunState.DONE] == [run.state for run, _ in room.work()]


def test_what_is_in_a_folder_that_could_not_be_looked_at_is_not_new(room):
    """A disk that was not there at the first look comes back: its old files are left alone, as the recipe says."""
    room.recipe(
        "stamp", "actions:\n  - write: {dest: 'OUT/{{ file.stem }}.out', content: x}\n", existing="skip"
    )
    (room.notes / "old.txt").write_text("old")
    away = room.notes.rename(room.folder / "away")
    room.settle()
    assert not room.journal.enrolled("stamp", room.notes)
    away.rename(room.notes)
    room.settle()
    assert [] == room.work()
    (room.notes / "new.txt").write_text("new")
    room.settle()
    assert ["new.txt"] == [run.path.name for run, _ in room.work()]


def test_wishes_that_are_handed_in_count_as_after_a_start(room):
    """Of files that are there, a new recipe gets those that a start would give it; one that went gets no more."""
    room.recipe("beside", BESIDE)
    intake = room.intake
    (room.notes / "old.md").write_text("old\n")
    room.settle()
    room.work()
    (room.notes / "settling.md").write_text("settling\n")
    intake.rescan()
    room.recipe("takes", STAMP, existing="process")
    room.recipe("leaves", STAMP, existing="skip")
    del room.recipes["beside"]
    noted = intake.watch(wishes(room.recipes.values(), 5.0))
    assert not noted.is_set()
    assert intake.pending() == 1
    intake.take_over()
    assert noted.is_set()
    assert intake.pending() == 1, "what was settling goes on"
    assert not intake.caught_up, "everything is looked at once more"
    room._intake = intake
    room.settle()
    assert [("beside", "old.md"), ("takes", "old.md"), ("takes", "settling.md")] == sorted(queued(room))
    (room.notes / "new.md").write_text("new\n")
    room.settle()
    assert [("leaves", "new.md"), ("takes", "new.md")] == sorted(queued(room)[-2:])
