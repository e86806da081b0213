"""`homebody new` without a name: a few questions at a terminal, and a recipe that passes `check`."""

import os
import pty
import select
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from homebody.cli.adopting import shipped_recipes
from homebody.cli.main import cli
from homebody.errors import UsageError
from homebody.recipe.composing import DEEDS, Wish, composed
from homebody.recipe.load import load_recipe, read_recipe

OWN = len(shipped_recipes()) + 1
"""The number of a recipe of one's own: the one after all that ship."""


@pytest.fixture(autouse=True)
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder."""
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def recipes(house: Path) -> list[str]:
    """Return the names of the recipes that are there."""
    return sorted(path.stem for path in (house / "config" / "recipes").glob("*.yaml"))


def answered(house: Path, *answers: tuple[str, str]) -> str:
    """Run `homebody new` at a terminal, give each answer when its question stands there, and return the screen."""
    words = ["-m", "homebody", "--home", str(house / "config"), "new"]
    child, terminal = pty.fork()
    if child == 0:
        os.execve(sys.executable, [sys.executable, *words], {**os.environ, "COLUMNS": "100"})
    screen, waiting, until = "", list(answers), time.monotonic() + 60
    while time.monotonic() < until:
        if not select.select([terminal], [], [], 1)[0]:
            continue
        try:
            new = os.read(terminal, 65536).decode(errors="replace")
        except OSError:
            break
        if not new:
            break
        screen += new
        if waiting and screen.rstrip().endswith(waiting[0][0]):
            os.write(terminal, f"{waiting.pop(0)[1]}\n".encode())
    os.close(terminal)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert (0, []) == (code, waiting), screen
    return screen


def test_a_recipe_of_ones_own(house: Path) -> None:
    """Chore, folder, endings, deed, words and name are asked, wrong answers again; the recipe is right."""
    (house / "a-file").write_text("", encoding="utf-8")
    screen = answered(
        house,
        (f"Its number [{OWN}]:", ""),
        ("look after?:", str(house / "a-file")),
        ("look after?:", "~/Papers"),
        ("nothing for all:", "pdf, .DOCX"),
        ("Its number [1]:", "2"),
        ("travel, house:", ","),
        ("travel, house:", "work, 2026"),
        ("[tag-papers]:", "Work!"),
        ("[tag-papers]:", ""),
    )
    assert f"Wrote {house}/config/recipes/tag-papers.yaml" in screen
    assert "It writes in" in screen
    recipe = load_recipe(house / "config" / "recipes" / "tag-papers.yaml")
    assert [(house / "Papers",), ["tags"]] == [recipe.watched, list(recipe.slots())]
    assert (house / "Papers").is_dir()
    checked = CliRunner().invoke(cli, ["--home", str(house / "config"), "check"])
    assert 0 == checked.exit_code, checked.output


def test_a_chore_that_ships(house: Path) -> None:
    """Its folder is asked, the one that it names offered."""
    answered(house, (f"Its number [{OWN}]:", "1"), ("look after? [~/Notes]:", ""))
    assert ["summarize-notes"] == recipes(house)


def test_without_a_terminal_nobody_is_asked(house: Path) -> None:
    """It says what is missing, and writes nothing."""
    shown = CliRunner().invoke(cli, ["--home", str(house / "config"), "new"])
    assert UsageError.exit_code == shown.exit_code
    assert "say which recipe" in shown.output
    assert not (house / "config").exists()


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("endings", [(), ("pdf", "tar.gz")])
def test_every_deed_makes_a_right_recipe(house: Path, deed: str, endings: tuple[str, ...]) -> None:
    """Whatever is wanted, the recipe passes `check`, and cannot wake itself."""
    (house / "In: no").mkdir()
    wish = Wish(
        name="mine",
        deed=deed,
        folder=str(house / "In: no"),
        endings=endings,
        dest=str(house / "Out # 1"),
        words=("yes", "07:30", "a: b"),
    )
    path = house / "mine.yaml"
    path.write_text(composed(wish), encoding="utf-8")
    checked = CliRunner().invoke(cli, ["--home", str(house / "config"), "check", str(path)])
    assert 0 == checked.exit_code, checked.output
    if deed == "tag":
        assert ["yes", "07:30", "a: b"] == read_recipe(composed(wish)).slots()["tags"].of
