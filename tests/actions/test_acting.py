"""No value of a run makes a file that acts when it is opened, hides, or lies where it would act by itself."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from homebody.actions import MoveAction, RenameAction, WriteAction
from homebody.actions.acting import NAMES, OPENED, PROGRAMS, acts, harmless, power_of
from homebody.actions.destination import roots
from homebody.errors import EffectError, RecipeError


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("x.desktop", "x-desktop"),
        ("x.DESKTOP", "x-DESKTOP"),
        ("x.desktop.", "x-desktop"),
        ("x.desktop ", "x-desktop"),
        ("x.desktop\u200b", "x-desktop"),
        ("x.des\u00adktop", "x-desktop"),
        ("x.url", "x-url"),
        ("x.webloc", "x-webloc"),
        ("x.command", "x-command"),
        ("x.pth", "x-pth"),
        ("x.sh", "x-sh"),
        ("x.md.py", "x.md-py"),
        ("autorun.inf", "autorun-inf"),
        ("desktop.ini", "_desktop.ini"),
        ("Makefile", "_Makefile"),
        ("report.2026", "report.2026"),
        ("..desktop", "desktop"),
        (".bashrc", "bashrc"),
        ("notes.md", "notes.md"),
    ],
)
def test_a_slot_makes_no_file_that_acts(stage, name: str, expected: str) -> None:
    """Whatever the model calls a file, its name only says something."""
    stage.run(WriteAction(dest=f"{stage.folder}/out/{{{{ ask.name }}}}", content="x"), {"name": name})
    assert {f"out/{expected}": "x\n"} == stage.tree()


def test_an_ending_that_is_put_together_counts(stage) -> None:
    """A dot of the recipe's and an ending of the model's are an ending."""
    action = WriteAction(dest=f"{stage.folder}/{{{{ ask.a }}}}.{{{{ ask.b }}}}", content="x")
    stage.run(action, {"a": "x", "b": "desktop"})
    assert {"x-desktop": "x\n"} == stage.tree()


def test_an_empty_slot_hides_nothing(stage) -> None:
    """A name of which only the ending is left would be hidden: nothing is written."""
    action = WriteAction(dest=f"{stage.folder}/{{{{ ask.a }}}}.md", content="x")
    with pytest.raises(EffectError, match="hidden by its name"):
        stage.run(action, {"a": None})
    assert {} == stage.tree()


@pytest.mark.parametrize("suffix", sorted(OPENED)[::6])
def test_a_recipe_cannot_name_what_acts_when_opened(suffix: str) -> None:
    """That is said when the recipe is loaded."""
    with pytest.raises(ValidationError, match="act when they are opened"):
        WriteAction(dest=f"/data/Out/x{suffix.upper()}", content="x")


def test_a_recipe_may_name_a_program_and_a_file_keeps_its_own_ending(stage) -> None:
    """A person who says .py means it; a file that is a program already may be moved and renamed."""
    stage.run(WriteAction(dest=f"{stage.folder}/{{{{ ask.a }}}}.py", content="x"), {"a": "n"})
    assert {"n.py": "x\n"} == stage.tree()
    (stage.folder / "run.sh").write_text("x")
    move = MoveAction(dest=f"{stage.folder}/done/")
    (effect,) = move.plan(stage.world(name="run.sh"))
    assert "run.sh" == effect.path.name
    rename = RenameAction(name="{{ ask.a }}{{ file.suffix }}")
    (effect,) = rename.plan(stage.world({"a": "b"}, name="run.sh"))
    assert "b.sh" == effect.path.name


@pytest.mark.parametrize("name", ["Makefile", "desktop.ini", "x.plist"])
def test_a_file_is_moved_under_the_name_that_it_has(stage, name: str) -> None:
    """A person's own file stays what it is."""
    (stage.folder / name).write_text("x")
    (effect,) = MoveAction(dest=f"{stage.folder}/done/").plan(stage.world(name=name))
    assert name == effect.path.name


def test_a_file_that_is_words_does_not_become_a_program(stage) -> None:
    """Neither by a move to a whole path nor by a new name."""
    (stage.folder / "a.md").write_text("x")
    (effect,) = MoveAction(dest=f"{stage.folder}/b/{{{{ ask.a }}}}").plan(
        stage.world({"a": "c.desktop"}, name="a.md")
    )
    assert "c-desktop" == effect.path.name
    (effect,) = RenameAction(name="{{ ask.a }}.desktop").plan(stage.world({"a": "c"}, name="a.md"))
    assert "c-desktop" == effect.path.name


@pytest.mark.parametrize(
    "folder",
    [
        *(
            "~/code/.git/hooks",
            "~/.ssh",
            "~/.config/autostart",
            "~/Library/LaunchAgents",
            "~/.config/systemd/user",
        ),
        *("~/x/site-packages", "~/Notes/.obsidian/plugins", "~/.config/homebody/recipes"),
    ],
)
def test_no_recipe_writes_where_things_act_by_themselves(folder: str) -> None:
    """Hooks, autostart, agents, keys, plug-ins, and homebody's own recipes."""
    with pytest.raises(RecipeError, match="acts by itself"):
        roots(f"{folder}/x.md", (), {})


def test_ordinary_names_and_folders_pass() -> None:
    """Words that only look alike are left alone."""
    for name in ("notes.md", "desktop.md", "a.url.md", "make file.txt", "x.csv", "x.html"):
        assert not acts(name)
        assert name == harmless(name)
    for folder in ("/data/Notes/systemd", "/data/git/notes", "/data/autostart", "/data/user"):
        assert power_of(Path(folder)) is None


def test_the_lists_are_well_formed() -> None:
    """Endings in small letters with one dot, names in small letters, nothing in two lists."""
    assert all(one == one.casefold() and one.count(".") == 1 and one[0] == "." for one in OPENED | PROGRAMS)
    assert all(one == one.casefold() for one in NAMES)
    assert not OPENED & PROGRAMS
