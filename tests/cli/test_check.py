"""What `check` knows before any run: the folders as they are, and recipes beside each other."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from homebody.cli.main import cli
from homebody.errors import RecipeError

MOVES = """\
name: {name}
triggers:
  - watch: {watch}
filters:
  - extension: {extension}
actions:
  - move: {dest}/
"""


@pytest.fixture(autouse=True)
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder with notes in it."""
    (tmp_path / "Notes").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "config" / "recipes").mkdir(parents=True)
    return tmp_path


def recipe(house: Path, name: str, **changed: str) -> Path:
    """Put a recipe that moves files into the recipes folder and return its path."""
    parts = {"name": name, "watch": "~/Notes", "extension": "md", "dest": "~/Done", **changed}
    path = house / "config" / "recipes" / f"{name}.yaml"
    path.write_text(MOVES.format(**parts), encoding="utf-8")
    return path


def checked(house: Path, *files: Path) -> dict[str, Any]:
    """Return what `check --json` says; its exit code must fit to it."""
    words = ["--home", str(house / "config"), "check", "--json", *map(str, files)]
    shown = CliRunner().invoke(cli, words)
    said: dict[str, Any] = json.loads(shown.output)
    assert (RecipeError.exit_code if said["problems"] else 0) == shown.exit_code
    return said


def only(problems: list[dict[str, Any]]) -> tuple[str, int, int, str, str]:
    """Return the one problem there is, as its place and words."""
    (one,) = problems
    return one["file"], one["line"], one["column"], one["where"], one["what"]


def test_a_folder_that_is_missing(house: Path) -> None:
    """It is named at its trigger, with the command that makes it."""
    recipe(house, "files", watch="~/Nots")
    *place, what = only(checked(house)["problems"])
    assert ["files.yaml", 3, 12, "triggers[0].watch"] == place
    assert f"mkdir -p '{house}/Nots'" in what


def test_a_file_in_place_of_a_folder(house: Path) -> None:
    """A watched file and a file in the way of a destination are named, each at its place."""
    (house / "a.txt").write_text("", encoding="utf-8")
    recipe(house, "files", watch="~/a.txt")
    assert ("files.yaml", 3, 12, "triggers[0].watch") == only(checked(house)["problems"])[:4]
    recipe(house, "files", dest="~/a.txt/in")
    assert "is no folder" in only(checked(house)["problems"])[4]


def test_a_selected_folder_that_is_missing(house: Path) -> None:
    """It is named at `select`."""
    path = house / "config" / "recipes" / "digest.yaml"
    path.write_text(
        "name: digest\ntriggers: [{schedule: 2h}]\nselect:\n  folder: ~/Gone\n"
        "actions: [{write: {dest: ~/Notes/digest.md, content: x}}]\n",
        encoding="utf-8",
    )
    assert ("digest.yaml", 4, 11, "select.folder") == only(checked(house)["problems"])[:4]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read and write everything")
def test_a_folder_that_is_closed(house: Path) -> None:
    """One that may not be read, and one that may not be written, are named with the cure."""
    (house / "Notes").chmod(0)
    recipe(house, "files")
    assert "chmod u+rx" in only(checked(house)["problems"])[4]
    (house / "Notes").chmod(0o700)
    (house / "Done").mkdir(mode=0o500)
    assert "chmod u+rwx" in only(checked(house)["problems"])[4]


def test_a_destination_that_no_recipe_may_write(house: Path) -> None:
    """homebody's own folder, and places from which programs start, are refused at the action."""
    recipe(house, "files", dest=str(house / "config" / "x"))
    *place, what = only(checked(house)["problems"])
    assert ["files.yaml", 7, 5, "actions[0].move"] == [*place[:3], place[3]]
    assert "homebody's own" in what


def test_a_recipe_that_is_switched_off_needs_nothing(house: Path) -> None:
    """Its folders may be missing."""
    path = recipe(house, "files", watch="~/Nots")
    path.write_text(path.read_text(encoding="utf-8") + "enabled: false\n", encoding="utf-8")
    assert [] == checked(house)["problems"]


def test_two_that_take_the_same_file_away(house: Path) -> None:
    """A hint names both and the folder; with filters that keep them apart, there is none."""
    recipe(house, "one", dest="~/One")
    recipe(house, "two", dest="~/Two")
    (hint,) = checked(house)["hints"]
    assert hint.startswith(f"one (move) and two (move) can both take the same file in {house}/Notes")
    recipe(house, "two", dest="~/Two", extension="pdf")
    assert [] == checked(house)["hints"]


def test_a_draft_is_looked_at_beside_the_others(house: Path) -> None:
    """A circle that it closes with a recipe that is there is refused; as the new version of that one, it is right."""
    recipe(house, "there", dest="~/Drafts")
    (house / "Drafts").mkdir()
    draft = house / "draft.yaml"
    draft.write_text(
        MOVES.format(name="back", watch="~/Drafts", extension="md", dest="~/Notes"), encoding="utf-8"
    )
    file, line, *_rest, what = only(checked(house, draft)["problems"])
    assert ("draft.yaml", 7) == (file, line)
    assert "this closes a circle" in what
    draft.write_text(draft.read_text(encoding="utf-8").replace("back", "there"), encoding="utf-8")
    assert [] == checked(house, draft)["problems"]


def test_two_files_of_one_name(house: Path) -> None:
    """The second is refused: history and undo hang on the name."""
    one, two = recipe(house, "one"), house / "two.yaml"
    two.write_text(one.read_text(encoding="utf-8"), encoding="utf-8")
    assert 'the name "one" is taken by one.yaml' in only(checked(house, one, two)["problems"])[4]


def test_a_model_that_could_not_be_asked(house: Path) -> None:
    """Where no homebody runs, it is said that nobody asked the model."""
    path = recipe(house, "files")
    ask = "ask: {prompt: What is it?, output: {what: text}}\n"
    path.write_text(path.read_text(encoding="utf-8") + ask, encoding="utf-8")
    (hint,) = checked(house)["hints"]
    assert "the model was not asked" in hint
