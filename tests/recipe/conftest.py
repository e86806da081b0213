"""Recipes to begin with."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from homebody.cli.main import cli
from homebody.errors import RecipeError
from homebody.paths import shipped
from homebody.recipe.load import read_recipe
from homebody.recipe.problem import Problem, RecipeProblemsError

sys.path.append(str(Path(__file__).parent))  # for reaching.py, right.py and mistakes.py

SHIPPED = ("summarize-notes", "tag-files", "daily-digest")

SMALLEST = """\
name: smallest
triggers:
  - watch: ~/Notes
actions:
  - append: {dest: ~/Notes/log.md, content: "{{ file.name }}"}
"""


@pytest.fixture
def smallest() -> str:
    """A name, a trigger and an action."""
    return SMALLEST


@pytest.fixture
def shipped_texts() -> dict[str, str]:
    """The shipped recipes by name."""
    return {name: (shipped("recipes") / f"{name}.yaml").read_text(encoding="utf-8") for name in SHIPPED}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder of its own, with notes in it."""
    folder = tmp_path / "home"
    (folder / "Notes").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(folder))
    return folder


@pytest.fixture
def problems() -> Callable[[str | bytes], list[Problem]]:
    """A way to get what is wrong with a recipe's text."""

    def found(text: str | bytes) -> list[Problem]:
        with pytest.raises(RecipeError) as caught:
            read_recipe(text)
        assert isinstance(caught.value, RecipeProblemsError)
        return list(caught.value.problems)

    return found


@pytest.fixture
def checked(tmp_path: Path) -> Callable[[str], str]:
    """A way to get what `homebody check` prints for a wrong recipe's text; it must end as it ends for mistakes."""

    def output(text: str) -> str:
        path = tmp_path / "recipe.yaml"
        path.write_text(text, encoding="utf-8")
        shown = CliRunner().invoke(cli, ["--home", str(tmp_path / "config"), "check", str(path)])
        assert isinstance(shown.exception, SystemExit), text
        assert (RecipeError.exit_code, False) == (shown.exit_code, "Traceback" in shown.output)
        return shown.output

    return output
