"""Recipes and their folders: each fault is found and told with its cure."""

from pathlib import Path

from findings import found, put_recipe

from homebody.doctor import (
    folders,
    synced,
)
from homebody.doctor.recipes import folders_of, recipes
from homebody.paths import Home
from homebody.recipe.load import load_folder
from homebody.seal import Tried
from homebody.service.staying import state_away
from homebody.synced.away import Carriers
from homebody.synced.mounts import parse


def test_recipes_that_are_right_and_none(home: Home, tmp_path: Path):
    """None is a note with the command that takes one; a good one is right."""
    none = found(recipes(home, load_folder(home.recipes), Carriers(None)))
    assert "homebody new" in none["recipes"].cure
    put_recipe(home, tmp_path / "out")
    assert {"recipe": "right"} == {
        name: one.verdict
        for name, one in found(recipes(home, load_folder(home.recipes), Carriers(None))).items()
    }


def test_recipes_with_every_fault(home: Home, tmp_path: Path):
    """A typo, a circle, a carried folder, a missing one, and one where programs start."""
    (home.recipes / "typo.yaml").write_text("name: typo\nactoins: []\n", encoding="utf-8")
    put_recipe(home, tmp_path / "Notes", name="round")
    text = (home.recipes / "round.yaml").read_text(encoding="utf-8").replace('"*.log.md"', '"x"')
    (home.recipes / "round.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "shared" / ".stfolder").mkdir(parents=True)
    put_recipe(home, tmp_path / "shared", name="carried")
    (tmp_path / "hook" / ".git").mkdir(parents=True)
    put_recipe(home, tmp_path / "hook", name="hooks")
    put_recipe(home, home.config, name="ours")
    put_recipe(home, tmp_path / "out", name="absent")
    text = (home.recipes / "absent.yaml").read_text(encoding="utf-8").replace("/Notes", "/Nowhere")
    (home.recipes / "absent.yaml").write_text(text, encoding="utf-8")
    said = list(recipes(home, load_folder(home.recipes), Carriers(None)))
    names = [one.name for one in said if one.verdict == "wrong"]
    assert {"recipe", "recipe-circle", "recipe-synced", "folder-missing", "folder-barred"} == set(names)
    assert 2 == names.count("folder-barred")
    by_name = found(said)
    assert f"mkdir -p '{tmp_path}/Nowhere'" == by_name["folder-missing"].cure
    assert "carried.yaml:7:5" in by_name["recipe-synced"].words


def test_folders_that_are_tried(home: Home, tmp_path: Path):
    """Only those that are there, that a recipe may write, and that no other computer has to answer for."""
    out, notes = tmp_path / "out", tmp_path / "Notes"
    put_recipe(home, out)
    assert ([notes], []) == folders_of(home, load_folder(home.recipes), Carriers(None))
    out.mkdir()
    assert ([notes], [out]) == folders_of(home, load_folder(home.recipes), Carriers(None))
    mounts = parse(f"1 1 0:1 / / rw - ext4 x rw\n2 1 0:2 / {notes} rw - nfs4 nas:/ rw\n")
    assert ([], [out]) == folders_of(home, load_folder(home.recipes), Carriers(None, mounts))
    (out / ".ssh").mkdir()
    assert ([notes], []) == folders_of(home, load_folder(home.recipes), Carriers(None))


def test_a_folder_that_only_the_terminal_may_read():
    """The cure depends on who was refused: macOS's settings, the unit, or whose folder it is; else its mode."""
    refused = Tried(folder="/x", purpose="read", problem="Operation not permitted")
    fine = Tried(folder="/y", purpose="write")
    mac = found(folders.folders([refused, fine], "daemon", lambda one: True, platform="darwin"))
    assert "Privacy & Security" in mac["folder"].cure
    assert "can use 1 folder as" in mac["folders"].words
    assert (
        "ProtectHome"
        in found(folders.folders([refused], "daemon", lambda one: True, platform="linux"))["folder"].cure
    )
    assert "another user" in found(folders.folders([refused], "rehearsal", lambda one: True))["folder"].cure
    assert "chmod u+rx '/x'" in found(folders.folders([refused], "daemon", lambda one: False))["folder"].cure


def test_what_this_terminal_may(tmp_path: Path):
    """A folder of one's own; one that is not there is none."""
    assert folders.terminal_may(Tried(folder=str(tmp_path), purpose="write"))
    assert not folders.terminal_may(Tried(folder=str(tmp_path / "x"), purpose="read"))


def test_folders_that_are_carried_away_are_named(home: Home, tmp_path: Path):
    """A watched one, an allowed output, a repository with a remote, a share; and the state folder, which is wrong."""
    (tmp_path / "Notes" / ".stfolder").mkdir()
    (tmp_path / "shared" / ".stfolder").mkdir(parents=True)
    put_recipe(home, tmp_path / "shared", more="synced: allowed\n")
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    (tmp_path / "repository" / ".git" / "config").write_text('[remote "origin"]\n\turl = x\n')
    put_recipe(home, tmp_path / "repository" / "notes", name="pushed")
    loaded = load_folder(home.recipes)
    said = found(synced.synced(loaded.recipes, Carriers(None)))
    assert {"folder-synced", "output-synced", "output-git"} == set(said)
    assert {"note"} == {one.verdict for one in said.values()}
    mounts = parse(f"1 1 0:1 / / rw - ext4 x rw\n2 1 0:2 / {tmp_path}/Notes rw - cifs //nas/x rw\n")
    assert "way 23" in found(synced.synced(loaded.recipes, Carriers(None, mounts)))["folder-remote"].cure
    (home.config / ".dropbox.cache").mkdir()
    one = found(synced.state(state_away(home, Carriers(None)), home.state))["state-synced"]
    assert (one.verdict, "XDG_STATE_HOME" in one.cure) == ("wrong", True)
    assert ["MEGA"] == [one.words.split()[0] for one in synced.silent_programs(["MEGA"])]
