"""Editors get the schema of recipes, and it is never that of an older homebody."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import Draft7Validator

from homebody.cli.main import cli
from homebody.recipe.load import load_recipe


def homebody(home: Path, *words: str) -> str:
    """Run a command that must go well in the folder *home*, and return what it prints."""
    shown = CliRunner().invoke(cli, ["--home", str(home / "config"), *words])
    assert 0 == shown.exit_code, shown.output
    return shown.output


@pytest.fixture(autouse=True)
def notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home folder with notes in it."""
    (tmp_path / "Notes").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))


def test_schema_prints_a_schema(tmp_path: Path) -> None:
    """What is printed is JSON, a right schema, and reaches no address."""
    schema = json.loads(homebody(tmp_path, "schema"))
    Draft7Validator.check_schema(schema)
    assert ["http://json-schema.org/draft-07/schema#"] == [
        value for value in _texts(schema) if "://" in value
    ]


def _texts(value: object) -> list[str]:
    """Return every text in *value*."""
    if isinstance(value, dict):
        return [text for one in value.values() for text in _texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in _texts(one)]
    return [value] if isinstance(value, str) else []


def test_new_puts_it_beside_the_recipe(tmp_path: Path) -> None:
    """The recipe's first line names the file that lies beside it, and the recipe still loads."""
    homebody(tmp_path, "new", "tag-files")
    recipe = tmp_path / "config" / "recipes" / "tag-files.yaml"
    first = recipe.read_text(encoding="utf-8").splitlines()[0]
    assert "# yaml-language-server: $schema=./recipe.schema.json" == first
    written = (tmp_path / "config" / "recipes" / "recipe.schema.json").read_text(encoding="utf-8")
    assert homebody(tmp_path, "schema") == written
    assert "tag-files" == load_recipe(recipe).name


def test_an_older_one_is_written_anew(tmp_path: Path) -> None:
    """After an upgrade `check` brings it up to date; where a person has none, none is made."""
    homebody(tmp_path, "new", "tag-files")
    path = tmp_path / "config" / "recipes" / "recipe.schema.json"
    path.write_text("{}", encoding="utf-8")
    homebody(tmp_path, "check")
    assert homebody(tmp_path, "schema") == path.read_text(encoding="utf-8")
    path.unlink()
    homebody(tmp_path, "check")
    assert not path.exists()
