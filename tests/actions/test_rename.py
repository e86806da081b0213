"""Which name does a file get, whatever the model says?"""

import unicodedata
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from homebody.actions import RenameAction, World
from homebody.actions.effect import Move
from homebody.errors import EffectError

FOLDER = Path("/notes/in")


def world(name: str, taken: frozenset[str] = frozenset(), **ask: object) -> World:
    """Return the world of a run on /notes/in/*name*, where nothing else is there but what is *taken*."""
    path = FOLDER / name
    return World(
        values={"file": {"name": name, "stem": path.stem, "suffix": path.suffix}, "ask": ask},
        file=SimpleNamespace(path=path, data=b"note"),
        source="",
        roots=(FOLDER,),
        content=lambda at: (b"note", "sha", 0o644) if at == path or at.name in taken else None,
        tags=lambda _: None,
    )


@given(st.text(max_size=400), st.sampled_from([".pdf", ".md", ".tar.gz", ".summary.md", ""]))
def test_a_name_is_safe_short_and_keeps_its_ending_and_folder(title: str, suffix: str) -> None:
    """No text of a model's leads out of the folder, hides the file, or takes its ending."""
    name = f"scan{suffix}"
    effects = RenameAction(name="{{ ask.title }}{{ file.suffix }}").plan(world(name, title=title))
    for effect in effects:
        assert isinstance(effect, Move)
        new = effect.path.name
        assert (FOLDER, FOLDER / name) == (effect.path.parent, effect.source)
        assert (
            not suffix or effect.path.suffix == Path(name).suffix
        )  # a name without an ending may have a dot
        assert 0 < len(new.encode()) <= 255
        assert new not in (".", "..")
        assert not new.startswith(".") or not suffix
        assert not any(unicodedata.category(one).startswith("C") or one in '/\\:*?"<>|' for one in new)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Roof/Wall: bill", "Roof-Wall- bill.pdf"),
        ("../../etc/passwd", "etc-passwd.pdf"),
        (".hidden", "hidden.pdf"),
        ("CON", "_CON.pdf"),
        ("a\u202efdp.exe\nb", "afdp.exe b.pdf"),
        ("", "untitled.pdf"),
    ],
)
def test_what_has_no_place_in_a_name_is_replaced(title: str, name: str) -> None:
    """Slashes, leading dots, device names, hidden characters, nothing at all."""
    (effect,) = RenameAction(name="{{ ask.title }}{{ file.suffix }}").plan(world("scan.pdf", title=title))
    assert FOLDER / name == effect.path


@pytest.mark.parametrize(
    ("word", "expected"), [("rename_new", "b 2.md"), ("skip", None), ("overwrite", "b.md")]
)
def test_a_name_that_is_taken_is_dealt_with_as_the_recipe_says(word: str, expected: str | None) -> None:
    """Beside it, not at all, or over it."""
    effects = RenameAction(name="b.md", on_conflict=word).plan(world("a.md", frozenset({"b.md"})))
    assert ([] if expected is None else [FOLDER / expected]) == [effect.path for effect in effects]


def test_a_file_without_an_ending_gets_none_from_a_slot() -> None:
    """What the model says never makes a program of a file; an ending that stands in the recipe is the recipe's."""
    asked = world("scan", title="bill.desktop")
    for ending, expected in (("{{ file.suffix }}", "bill-desktop"), (".txt", "bill.desktop.txt")):
        (effect,) = RenameAction(name="{{ ask.title }}" + ending).plan(asked)
        assert FOLDER / expected == effect.path


def test_a_file_that_has_the_name_already_stays() -> None:
    """Also when the recipe comes round again."""
    assert [] == RenameAction(name="a.md").plan(world("a.md"))


@pytest.mark.parametrize("name", ["{{ ask.title }}", "new name", "sub/new.md", "../new.md"])
def test_a_name_without_an_ending_or_with_a_folder_is_a_mistake_in_the_recipe(name: str) -> None:
    """It is told when the recipe is loaded, not when the file is lost from sight."""
    with pytest.raises(ValidationError, match=r"ending|slash"):
        RenameAction(name=name)


def test_a_run_without_a_file_has_nothing_to_rename() -> None:
    """A schedule wakes without one."""
    nobody = world("a.md")
    with pytest.raises(EffectError, match="no file"):
        RenameAction(name="b.md").plan(
            World(values=nobody.values, file=None, source="", roots=(), content=nobody.content)
        )
