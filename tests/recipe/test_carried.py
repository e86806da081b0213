"""A recipe that writes where its files are carried away is refused, unless it says that they may be."""

from pathlib import Path

import pytest

from homebody.recipe.carried import refused
from homebody.recipe.load import load_folder, load_recipe, long_form, read_recipe

RECIPE = """\
name: tidy
triggers:
  - watch: ~/Notes
filters:
  - not name: "*.log.md"
actions:
  - tag: done
  - append: {dest: "~/Shared/{{ file.stem }}.log.md", content: x}
"""


@pytest.fixture
def recipes(home: Path) -> Path:
    """A folder with the recipe in it; its second action writes in a folder that Syncthing carries away."""
    (home / "Shared" / ".stfolder").mkdir(parents=True)
    folder = home / "recipes"
    folder.mkdir()
    (folder / "tidy.yaml").write_text(RECIPE, encoding="utf-8")
    return folder


def test_refused_with_line_column_and_cure(recipes: Path, home: Path):
    """The action that writes there is named, with what carries it away, how that is known, and both cures."""
    loaded = load_folder(recipes)
    problem = str(refused(loaded.recipes, loaded.places)["tidy"])
    assert problem.startswith(
        f"tidy.yaml:8:5: actions[1].append: this writes in {home}/Shared, and Syncthing carries"
    )
    assert ".stfolder" in problem
    assert "say `synced: allowed` in the recipe" in problem


def test_allowed_is_a_persons_word(recipes: Path):
    """With it the recipe is right; the long form, the schema's value and the loaded recipe say so."""
    (recipes / "tidy.yaml").write_text(RECIPE + "synced: allowed\n", encoding="utf-8")
    loaded = load_folder(recipes)
    assert {} == refused(loaded.recipes, loaded.places)
    assert "synced: allowed" in long_form(loaded.recipes[0])


def test_watching_is_not_writing(recipes: Path, home: Path):
    """A synchronised folder may be watched; what is made of it must stay."""
    (home / "Notes" / ".stfolder").mkdir()
    (recipes / "tidy.yaml").write_text(RECIPE.replace("  - tag: done\n", "").replace("~/Shared/", "~/Own/"))
    loaded = load_folder(recipes)
    assert {} == refused(loaded.recipes, loaded.places)
    (recipes / "tidy.yaml").write_text(RECIPE.replace("~/Shared/", "~/Own/"))
    loaded = load_folder(recipes)
    assert "actions[0].tag" in str(refused(loaded.recipes, loaded.places)["tidy"])


def test_refused_is_the_default_and_changes_no_hash(home: Path):
    """Allowing it makes no file count as not done; the long form writes the default out, and loads as the same."""
    plain, allowed = read_recipe(RECIPE), read_recipe(RECIPE + "synced: allowed\n")
    assert ("refused", "allowed") == (plain.synced, allowed.synced)
    assert plain.hash == allowed.hash
    (home / "long.yaml").write_text(long_form(allowed), encoding="utf-8")
    assert allowed == load_recipe(home / "long.yaml")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("synced: allow", 'did you mean "allowed"'),
        ("synced: yes", "one of: refused, allowed"),
        ("sync: allowed", 'did you mean "synced"'),
    ],
)
def test_mistakes_are_named(problems, line: str, said: str):
    """A word that is none of the two, and a key that is nearly right."""
    (problem,) = problems(RECIPE + line + "\n")
    assert said in str(problem)
    assert problem.line == 9
