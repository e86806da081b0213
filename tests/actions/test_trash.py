"""Where does a file go that is thrown away, and does the desktop know how to bring it back?"""

import os
from configparser import ConfigParser
from pathlib import Path
from urllib.parse import unquote

import pytest

from homebody.actions import TrashAction
from homebody.actions.effect import Move, Put
from homebody.actions.trashes import Trash, free_name, home_trash, trash_for, trashes
from homebody.errors import RecipeError
from homebody.recipe.lint import lint
from homebody.recipe.load import read_recipe

RUN = {"date": "2026-03-02", "time": "18:05"}


@pytest.fixture(autouse=True)
def data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return the person's data folder, in which the home trash is."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def other_disk(tmp_path: Path) -> Path:
    """Return the top of a disk of its own."""
    shared = Path("/dev/shm")
    if not os.path.ismount(shared) or shared.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second file system")
    return shared


def told(effect: Put) -> dict[str, str]:
    """Return what a note says, read as desktops read it."""
    read = ConfigParser(interpolation=None)
    read.optionxform = str  # type: ignore[assignment,method-assign] - the names are told apart by their case
    read.read_string(effect.content.decode("ascii"))
    return dict(read["Trash Info"])


@pytest.mark.parametrize("name", ["bill.pdf", "100% Käse & Öl.md", "a b.tar.gz", "no ending"])
def test_the_desktop_is_told_where_it_was_and_since_when(stage, data, name):
    """The note is there before the file, and only its owner reads it."""
    path = stage.folder / name
    path.write_bytes(b"old")
    note, move = TrashAction().plan(stage.world(name=name, run=RUN))
    assert (data / "Trash" / "info" / f"{name}.trashinfo", True, 0o600) == (note.path, note.ahead, note.mode)
    assert str(path) == unquote(told(note)["Path"])
    assert "2026-03-02T18:05:00" == told(note)["DeletionDate"]
    assert Move(path=data / "Trash" / "files" / name, source=path, after=move.after, kind="trash") == move


def test_a_name_that_is_taken_in_the_trash_gets_a_number(stage, data):
    """By a file, or by a note whose file is gone: desktops take both for theirs."""
    for taken in ("files/a.md", "info/a 2.md.trashinfo"):
        (data / "Trash" / taken).parent.mkdir(parents=True, exist_ok=True)
        (data / "Trash" / taken).write_bytes(b"theirs")
    (stage.folder / "a.md").write_bytes(b"ours")
    note, move = TrashAction().plan(stage.world(name="a.md", run=RUN))
    assert ("a 3.md", "a 3.md.trashinfo") == (move.path.name, note.path.name)
    assert str(stage.folder / "a.md") == told(note)["Path"]


def test_the_longest_name_finds_room_with_its_note(data):
    """The note's name is longer than the file's."""
    trash = home_trash()
    trash.files.mkdir(parents=True)
    for _ in range(11):
        path = free_name(trash, "ä" * 120 + ".summary.md")
        path.write_bytes(b"")
        note = trash.note_of(path.name)
        assert note is not None
        assert path.name.endswith(".summary.md")
        assert len(os.fsencode(note.name)) <= 255


def test_each_disk_has_a_trash_of_its_own(other_disk, data):
    """At its top, for its owner alone; a recipe may write there if it watches a folder on that disk."""
    folder = other_disk / "homebody-watched"
    home, other = trashes([folder])
    assert (data / "Trash", None) == (home.folder, home.top)
    assert other_disk == other.top
    assert other.folder in (other_disk / f".Trash-{os.getuid()}", other_disk / ".Trash" / str(os.getuid()))
    note = other.note(folder / "a b.md", "2026-03-02T18:05:00")
    assert b"[Trash Info]\nPath=homebody-watched/a%20b.md\nDeletionDate=2026-03-02T18:05:00\n" == note
    assert other == trash_for(folder / "a.md", [other.folder])
    assert home == trash_for(folder / "a.md", [home.folder]), (
        "it is copied where its own disk has no trash for us"
    )
    assert (home.folder, other.folder, folder) == TrashAction().roots([folder], {})


def test_a_link_is_no_trash(tiny_disk):
    """Whoever could write at the top of a disk could lead what is thrown away elsewhere."""
    (tiny_disk / f".Trash-{os.getuid()}").symlink_to("/tmp")
    assert (home_trash(),) == trashes([tiny_disk])
    (tiny_disk / ".Trash").mkdir(mode=0o777)  # without the sticky bit, others could take files away
    assert (home_trash(),) == trashes([tiny_disk])
    (tiny_disk / ".Trash").chmod(0o1777)
    assert (home_trash(), Trash(folder=tiny_disk / ".Trash" / str(os.getuid()), top=tiny_disk)) == trashes(
        [tiny_disk]
    )


@pytest.mark.parametrize("more", ["move: ~/Archive/", "tag: x", "front_matter: {set: {a: 1}}", "trash"])
def test_nothing_comes_after_it(more):
    """The file is gone for the recipe; what is only written about it may follow."""
    text = "name: r\ntriggers: [{watch: ~/In}]\nactions:\n  - trash\n  - "
    with pytest.raises(RecipeError, match=f"`{more.split(':')[0]}` comes after `trash`"):
        read_recipe(text + more + "\n")
    read_recipe(text + "append: {dest: ~/Log/gone.txt, content: '{{ file.name }}'}\n")


def test_what_is_thrown_away_wakes_no_circle(data):
    """A recipe that watches the trash and one that throws things away there would go round."""
    (data / "Trash").mkdir(parents=True)
    one = read_recipe("name: throw\ntriggers: [{watch: ~/In}]\nactions: [trash]\n")
    other = read_recipe(
        f"name: back\ntriggers: [{{watch: {data}/Trash/files}}]\nactions: [{{move: ~/In/}}]\n"
    )
    assert lint([one, other], {})
    assert not lint([one], {})
