"""What is thrown away lies in the desktop's trash, comes back with an undo, and is never emptied by us."""

import os
from pathlib import Path

import pytest

from homebody.actions.tags import stored_tags
from homebody.errors import UndoRefusedError
from homebody.house.undo import undo
from homebody.journal.run import RunState

LARGE = 60_000_000


@pytest.fixture
def old(room) -> Path:
    """Return a file that is to go, with tags, a mode and a date of its own."""
    path = room.notes / "old.md"
    path.write_text("old\n")
    path.chmod(0o640)
    os.setxattr(path, "user.xdg.tags", b"mine")
    os.utime(path, ns=(0, 1_600_000_000_000_000_000))
    return path


def thrown(room, body: str = "actions:\n  - trash\n"):
    """Let a recipe throw everything away that lies there, and return its one run."""
    room.recipe("clean", body)
    room.settle()
    ((run, _),) = room.work()
    return run


def test_a_file_goes_to_the_trash_and_comes_back(room, old):
    """With its note; the undo brings back content, place, mode, date and tags, and leaves no trash behind."""
    run = thrown(room, "actions:\n  - append: {dest: OUT/log.txt, content: '{{ file.name }}'}\n  - trash\n")
    assert (RunState.DONE, None) == (run.state, run.reason)
    tree = room.tree()
    note = tree.pop("out/Trash/info/old.md.trashinfo")
    assert f"[Trash Info]\nPath={old}\nDeletionDate=" in note
    assert {"out/Trash/files/old.md": "old\n", "out/log.txt": "old.md\n"} == tree
    assert ["put", "move", "put"] == [effect.deed for effect in room.journal.effects(run.id)]
    undone = undo(room.journal, room.vault, run.id)
    assert {"Notes/old.md": "old\n"} == room.tree()
    assert old in undone.files
    found = old.stat()
    assert (0o640, 1_600_000_000_000_000_000) == (found.st_mode & 0o777, found.st_mtime_ns)
    assert b"mine" == stored_tags(old)
    assert not (room.folder / "out").exists()


def test_it_wakes_nobody_again_and_the_next_of_its_name_goes_too(room, old):
    """Both lie there under names of their own."""
    thrown(room)
    room.settle()
    assert [] == room.work()
    old.write_text("another\n")
    room.settle()
    ((run, _),) = room.work()
    assert RunState.DONE == run.state
    files = room.folder / "out" / "Trash" / "files"
    assert {"old.md": "old\n", "old 2.md": "another\n"} == {p.name: p.read_text() for p in files.iterdir()}


def test_a_file_of_any_size_is_thrown_away(room):
    """It is not read into memory."""
    path = room.notes / "film.bin"
    with path.open("wb") as file:
        file.truncate(LARGE)
    assert RunState.DONE == thrown(room).state
    assert LARGE == (room.folder / "out" / "Trash" / "files" / "film.bin").stat().st_size


def test_once_the_person_has_emptied_the_trash_the_undo_says_so(room, old):
    """Nothing else is changed then."""
    run = thrown(room)
    for path in (room.folder / "out" / "Trash").rglob("*.*"):
        path.unlink()
    with pytest.raises(UndoRefusedError, match=r"old\.md is gone"):
        undo(room.journal, room.vault, run.id)
    assert {} == room.tree()


def test_a_person_who_brought_it_back_keeps_it(room, old):
    """The desktop has moved it to its old place: the undo is refused, and the file is not taken up again."""
    run = thrown(room)
    trash = room.folder / "out" / "Trash"
    (trash / "files" / "old.md").rename(old)
    (trash / "info" / "old.md.trashinfo").unlink()
    with pytest.raises(UndoRefusedError):
        undo(room.journal, room.vault, run.id)
    assert {"Notes/old.md": "old\n"} == room.tree()
    room.settle()
    assert [] == [run for run, _ in room.work() if run.state != RunState.SKIPPED]
    assert {"Notes/old.md": "old\n"} == room.tree()


def test_a_dry_run_shows_both_changes(room, old):
    """And changes nothing."""
    room.recipe("clean", "approve: true\nactions:\n  - trash\n")
    room.settle()
    ((run, _),) = room.work()
    assert RunState.WAITING == run.state
    assert {"Notes/old.md": "old\n"} == room.tree()
    room.journal.approve(run.id)
    room.clock.advance(3600)
    ((run, _),) = room.work()
    assert (RunState.DONE, None) == (run.state, run.reason)
