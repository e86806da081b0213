"""A recipe file that uses a shipped recipe: its parameters, what it may change, and where a mistake is told."""

import shutil
from pathlib import Path

import pytest

from homebody.errors import RecipeError
from homebody.paths import shipped
from homebody.recipe.growing import grown
from homebody.recipe.load import load_folder, long_form, read_recipe
from homebody.recipe.problem import RecipeProblemsError

MINE = """\
use: builtin/summarize-notes
with: {notes: ~/Journal}
name: sum-journal
description: My journal
approve: {first: 3}
"""


def text_of(name: str) -> str:
    """Return a shipped recipe."""
    return (shipped("recipes") / f"{name}.yaml").read_text(encoding="utf-8")


def test_it_is_the_shipped_recipe_with_other_parameters(home: Path) -> None:
    """Everything else is as shipped; the long form has no trace of the short one, and is the same recipe."""
    recipe = read_recipe(MINE)
    by_hand = (
        text_of("summarize-notes").replace("~/Notes", "~/Journal").replace("name: summarize", "name: sum")
    )
    copy = read_recipe(by_hand.replace("name: sum-notes", "name: sum-journal"))
    assert ("sum-journal", "My journal", 3) == (recipe.name, recipe.description, recipe.approve.first)
    assert (home / "Journal",) == recipe.permissions().writes
    assert (recipe.ask, recipe.actions, recipe.tests) == (copy.ask, copy.actions, copy.tests)
    assert "use:" not in long_form(recipe)
    assert recipe == read_recipe(long_form(recipe))


def test_what_is_not_given_is_as_shipped() -> None:
    """Without `with` it is the shipped recipe itself, name and all."""
    for name in ("summarize-notes", "daily-digest", "tag-files"):
        assert read_recipe(f"use: builtin/{name}\n").hash == read_recipe(text_of(name)).hash


def test_a_key_beside_it_takes_the_place_of_the_shipped_one() -> None:
    """Whole: a schedule at another time, other filters, switched off."""
    digest = read_recipe('use: builtin/daily-digest\nenabled: false\ntriggers: [{schedule: {at: "07:30"}}]\n')
    assert ["07:30"] == [trigger.long()["schedule"]["at"] for trigger in digest.triggers]
    assert not digest.enabled
    notes = read_recipe(MINE + "filters: [{extension: md}]\n")
    assert ["extension"] == [chosen.word for chosen in notes.filters]


@pytest.mark.parametrize(
    ("before", "after", "line", "column", "says"),
    [
        (
            "builtin/summarize-notes",
            "builtin/summarise-notes",
            1,
            6,
            'did you mean "builtin/summarize-notes"?',
        ),
        ("builtin/summarize-notes", "summarize-notes", 1, 6, "is written builtin/summarize-notes"),
        ("builtin/summarize-notes", "[a]", 1, 6, "must name a shipped recipe"),
        ("{notes: ~", "{ntoes: ~", 2, 8, 'no parameter of builtin/summarize-notes; did you mean "notes"?'),
        ("{notes: ~/Journal}", "[x]", 2, 7, "parameters and values"),
        ("{notes: ~/Journal}", "{notes: {a: b}}", 2, 15, "a number, or a list of texts"),
        ("{notes: ~/Journal}", "{notes: Journal}", 1, 6, "builtin/summarize-notes, triggers[0].watch[0]:"),
        ("name: sum-journal", "name: Sum", 3, 7, "is not a name"),
        ("name: sum-journal", "nmae: sum-journal", 3, 1, 'did you mean "name"?'),
        (
            "name: sum-journal",
            "ask: {prompt: x}",
            3,
            1,
            "take a copy to change it: `homebody new summarize-notes`",
        ),
        ("name: sum-journal", "vars: {notes: ~/x}", 3, 1, "use `with`"),
        ("approve: {first: 3}", "approve: {frist: 3}", 5, 11, 'did you mean "first"?'),
        ("use: builtin/summarize-notes\n", "", 1, 1, "and none is named"),
    ],
)
def test_a_mistake_is_told_in_the_file_that_was_written(
    before: str, after: str, line: int, column: int, says: str
) -> None:
    """Never in the shipped file: a parameter that does not fit is told at `use`, with the place that it spoils."""
    assert 1 == MINE.count(before)
    with pytest.raises(RecipeProblemsError) as caught:
        read_recipe(MINE.replace(before, after), file="mine.yaml")
    found = [one for one in caught.value.problems if says in one.what]
    assert found, str(caught.value)
    assert ("mine.yaml", line, column) == (found[0].file, found[0].line, found[0].column), str(caught.value)


def test_an_upgrade_of_the_shipped_recipe_is_a_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hash is that of what it does now, so runs of before count as those of an older version."""
    folder = tmp_path / "shipped"
    shutil.copytree(shipped("recipes"), folder)
    monkeypatch.setattr("homebody.recipe.using.shipped", lambda _name: folder)
    before = read_recipe(MINE)
    path = folder / "summarize-notes.yaml"
    path.write_text(path.read_text().replace("in one or two sentences", "in one sentence"))
    assert before.hash != read_recipe(MINE).hash


def test_two_files_may_use_one_recipe_by_two_names(tmp_path: Path) -> None:
    """By one name, neither is taken."""
    (tmp_path / "a.yaml").write_text(MINE)
    (tmp_path / "b.yaml").write_text(MINE.replace("sum-journal", "sum-diary").replace("Journal", "Diary"))
    assert ["sum-diary", "sum-journal"] == [recipe.name for recipe in load_folder(tmp_path).recipes]
    (tmp_path / "b.yaml").write_text(MINE)
    assert ((), 2) == (load_folder(tmp_path).recipes, len(load_folder(tmp_path).problems))


def test_the_shipped_list_of_words_is_not_written_to(tmp_path: Path) -> None:
    """A word that was accepted has no place in a file that has no list."""
    path = tmp_path / "tags.yaml"
    path.write_text("use: builtin/tag-files\n")
    with pytest.raises(RecipeError, match="no list of words"):
        grown(path, "tags", "attic")
