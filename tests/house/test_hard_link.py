"""Does a file get a second name as the recipe says, and lose it with an undo, and never its last one?"""

import os

import pytest

from homebody.actions import HardLinkAction
from homebody.errors import ChangedSinceError
from homebody.house.undo import undo
from homebody.journal.run import RunState


def work(room, *actions: str):
    """Let a recipe with these actions do everything that lies there, and return its one run."""
    listed = "".join(f"  - {action}\n" for action in actions)
    room.recipe("link", f"actions:\n{listed}on_error: {{retry: 0}}\n")
    room.settle()
    ((run, _),) = room.work()
    return run


@pytest.fixture
def film(room):
    """Return the file that comes."""
    path = room.notes / "film.bin"
    path.write_text("a film")
    return path


def test_a_second_name_is_the_same_file(room, film):
    """The undo takes the name away, and the folder that was made for it."""
    run = work(room, "hard_link: OUT/films/")
    assert (RunState.DONE, None) == (run.state, run.reason)
    assert film.samefile(room.folder / "out" / "films" / "film.bin")
    undo(room.journal, room.vault, run.id)
    assert {"Notes/film.bin": "a film"} == room.tree()
    assert (1, False) == (film.stat().st_nlink, (room.folder / "out").exists())


@pytest.mark.parametrize(
    ("word", "names"),
    [
        ("rename_new", {"film.bin": "old", "film 2.bin": "a film"}),
        ("skip", {"film.bin": "old"}),
        ("overwrite", {"film.bin": "a film"}),
        ("rename_existing", {"film.bin": "a film", "film 2.bin": "old"}),
    ],
)
def test_a_name_that_is_taken_is_dealt_with_as_the_recipe_says(room, film, word, names):
    """And the undo brings the other file back, with its mode and its tags."""
    there = room.folder / "out" / "film.bin"
    there.parent.mkdir()
    there.write_text("old")
    there.chmod(0o604)
    os.setxattr(there, "user.xdg.tags", b"theirs")
    run = work(room, f"hard_link: {{dest: OUT/, on_conflict: {word}}}")
    assert {
        "Notes/film.bin": "a film",
        **{f"out/{name}": text for name, text in names.items()},
    } == room.tree()
    if word != "skip":
        undo(room.journal, room.vault, run.id)
    assert {"Notes/film.bin": "a film", "out/film.bin": "old"} == room.tree()
    assert (0o604, b"theirs") == (there.stat().st_mode & 0o777, os.getxattr(there, "user.xdg.tags"))
    assert 1 == film.stat().st_nlink


def test_what_comes_after_it_finds_its_file(room, film):
    """A move takes the first name along; a tag shows under both; a new content stays with the first."""
    run = work(
        room,
        "hard_link: OUT/",
        "move: OUT/moved/",
        "tag: seen",
        "append: {dest: OUT/log.txt, content: '{{ file.path }}'}",
    )
    assert (RunState.DONE, None) == (run.state, run.reason)
    moved, name = room.folder / "out" / "moved" / "film.bin", room.folder / "out" / "film.bin"
    assert moved.samefile(name)
    assert b"seen" == os.getxattr(name, "user.xdg.tags")
    undo(room.journal, room.vault, run.id)
    assert {"Notes/film.bin": "a film"} == room.tree()


def test_a_rewrite_leaves_the_second_name_with_what_the_file_held(room):
    """And must come after it."""
    (room.notes / "a.md").write_text("a\n")
    run = work(room, "hard_link: OUT/", "front_matter: {set: {seen: 1}}")
    assert {"Notes/a.md": "---\nseen: 1\n---\na\n", "out/a.md": "a\n"} == room.tree()
    undo(room.journal, room.vault, run.id)
    (room.notes / "b.md").write_text("b\n")
    run = work(room, "front_matter: {set: {seen: 1}}", "hard_link: OUT/")
    assert "put `hard_link` first" in str(run.reason)


def test_the_last_name_of_a_file_is_never_taken_away(room, film):
    """A person has deleted the first one: the undo is refused, and the file is there."""
    run = work(room, "hard_link: OUT/")
    film.unlink()
    with pytest.raises(ChangedSinceError, match="last name"):
        undo(room.journal, room.vault, run.id)
    assert {"out/film.bin": "a film"} == room.tree()
    assert RunState.DONE == room.journal.run(run.id).state


def test_another_disk_is_refused_in_words(room, film, two_disks):
    """With what to do instead; nothing is there then."""
    other = next(disk for disk in two_disks if disk.stat().st_dev != room.folder.stat().st_dev)
    run = work(room, f"hard_link: {other}/films/")
    assert "cannot be a second name" in str(run.reason)
    assert not (other / "films" / "film.bin").exists()


def test_it_wakes_nobody(room, film):
    """Where the second name lies another recipe watches."""
    out = room.folder / "out"
    out.mkdir()
    room.recipe("gone", f"triggers: [{{watch: {out}, existing: process}}]\nactions: [trash]\n")
    work(room, "hard_link: OUT/")
    room.settle()
    assert [] == room.work()


def test_the_kernel_must_let_both_folders_be_written(tmp_path):
    """A second name is made between two folders."""
    action = HardLinkAction(dest=f"{tmp_path}/films/")
    assert (tmp_path / "films", tmp_path / "in") == action.roots([tmp_path / "in"], {})
