"""Where does a file go, and where does it never go?"""

from pathlib import Path

import pytest
from pydantic import ValidationError

from homebody.actions import MoveAction
from homebody.actions.effect import Move, Tags
from homebody.errors import EffectError, RecipeError


@pytest.fixture
def note(stage) -> Path:
    """Return the file that woke the recipe."""
    path = stage.folder / "Ideas.md"
    path.write_bytes(b"note")
    return path


@pytest.mark.parametrize(
    ("dest", "expected"),
    [
        ("ROOT/in/", "in/Ideas.md"),
        ("ROOT/in/{{ ask.kind }}/", "in/bill/Ideas.md"),
        ("ROOT/in/{{ ask.kind }}.md", "in/bill.md"),
        ("ROOT/in/{{ ask.deep }}/", "in/a-b/Ideas.md"),
    ],
)
def test_a_slash_at_the_end_means_a_folder(stage, note, dest, expected):
    """The file keeps its name there; a slot is one part of a path, never two."""
    action = MoveAction(dest=dest.replace("ROOT", str(stage.folder)))
    (effect,) = action.plan(stage.world({"kind": "bill", "deep": "a/b"}))
    assert Move(path=stage.folder / expected, source=note, after=effect.after) == effect


@pytest.mark.parametrize(
    "dest",
    ["ROOT/in/../../out/", "ROOT/../out/", "{{ ask.away }}/x.md", "ROOT/{{ ask.up }}/../../x.md", "x.md"],
)
def test_nothing_leads_out_of_the_recipes_folders(stage, note, dest):
    """Not `..`, not another folder, not a path that a slot holds."""
    action = MoveAction(dest=dest.replace("ROOT", str(stage.folder)))
    with pytest.raises(EffectError, match="nothing was written"):
        action.plan(stage.world({"away": "/tmp", "up": ".."}))
    assert note.exists()


def test_a_link_that_leads_out_is_not_followed(stage, note, tmp_path):
    """A folder in the archive that is a link to elsewhere."""
    (tmp_path / "elsewhere").mkdir()
    (stage.folder / "archive").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(EffectError, match="outside"):
        MoveAction(dest=f"{stage.folder}/archive/").plan(stage.world())
    assert note.exists()


def test_the_folders_it_may_write_are_the_destinations_and_the_watched_ones(tmp_path):
    """A file leaves the watched folder; both are in the list that the kernel gets."""
    watched = [tmp_path / "inbox"]
    assert (tmp_path / "archive", tmp_path / "inbox") == MoveAction(
        dest=f"{tmp_path}/archive/{{{{ ask.year }}}}/"
    ).roots(watched, {})
    for dest in ("{{ ask.folder }}/", "~/", "/"):
        with pytest.raises(RecipeError):
            MoveAction(dest=dest).roots(watched, {})


def test_a_file_that_is_there_already_stays(stage, note):
    """Also when the recipe comes round again."""
    assert note.exists()
    assert [] == MoveAction(dest=f"{stage.folder}/").plan(stage.world())


def test_the_tags_of_a_file_that_is_replaced_are_a_change_of_their_own(stage, note):
    """So an undo brings them back with its content; one without tags needs none."""
    (stage.folder / "in").mkdir()
    there = stage.folder / "in" / "Ideas.md"
    there.write_bytes(b"there")
    action = MoveAction(dest=f"{stage.folder}/in/", on_conflict="overwrite")
    tagged = {there: b"old,tags"}
    world = stage.world()
    object.__setattr__(world, "tags", tagged.get)
    tags, move = action.plan(world)
    assert Tags(path=there, stored=None, stored_before=b"old,tags", kind="move") == tags
    assert isinstance(move, Move)
    object.__setattr__(world, "tags", {}.get)
    assert [move] == action.plan(world)
    assert note.exists()


def test_another_word_for_a_conflict_is_a_mistake_in_the_recipe():
    """The words are organize's."""
    with pytest.raises(ValidationError):
        MoveAction(dest="/a/b/", on_conflict="replace")
