"""A word comes into a recipe's list, and nothing else in the file changes."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homebody.errors import RecipeError
from homebody.recipe.growing import grown
from homebody.recipe.load import load_recipe

HEAD = "name: tagging\ntriggers: [{watch: ~/Notes}]\nactions: [{tag: x}]\nask:\n  prompt: Tag.\n  output:\n"


def words_of(path: Path) -> list[str]:
    """Return the words of the recipe's list as it loads."""
    recipe = load_recipe(path)
    (ask,) = recipe.ask
    of: list[str] = ask.output["tags"].of  # type: ignore[attr-defined]
    return of


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "    tags: {type: list, of: [a, b], new: propose}\n",
            "    tags: {type: list, of: [a, b, roof], new: propose}\n",
        ),
        (
            "    tags:\n      type: list\n      of: [ a ] # mine\n",
            "    tags:\n      type: list\n      of: [ a, roof ] # mine\n",
        ),
        (
            "    tags:\n      of:\n        - a # 1\n        - b # 2\n\n      # on\n      type: list\n",
            "    tags:\n      of:\n        - a # 1\n        - b # 2\n        - roof\n\n      # on\n      type: list\n",
        ),
        (
            "    tags:\n      type: list\n      of:\n      - a",
            "    tags:\n      type: list\n      of:\n      - a\n      - roof",
        ),
    ],
)
def test_a_list_in_the_recipe_grows(tmp_path: Path, before: str, after: str) -> None:
    """In brackets and in lines, with remarks; every other byte stays."""
    path = tmp_path / "tagging.yaml"
    path.write_text(HEAD + before)
    words = words_of(path)
    changed = grown(path, "tags", "roof")
    assert (path, HEAD + after) == (changed.path, changed.data.decode())
    path.write_bytes(changed.data)
    assert [*words, "roof"] == words_of(path)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- a\n- b\n", "- a\n- b\n- roof\n"),
        ("# mine\r\n- a\r\n", "# mine\r\n- a\r\n- roof\r\n"),
        ("\ufeff[a]", "\ufeff[a, roof]"),
        ("- a\n# the end\n", "- a\n- roof\n# the end\n"),
    ],
)
def test_the_file_beside_the_recipe_grows(tmp_path: Path, before: str, after: str) -> None:
    """The recipe stays as it is; line endings and a byte order mark, too."""
    path = tmp_path / "tagging.yaml"
    path.write_text(HEAD + "    tags: {type: list, of: tags.yaml, new: propose}\n")
    (tmp_path / "tags.yaml").write_bytes(before.encode())
    changed = grown(path, "tags", "roof")
    assert (tmp_path / "tags.yaml", after.encode()) == (changed.path, changed.data)


WORDS = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=12).filter(
    lambda word: word == " ".join(word.split()) and word.isprintable() and word.casefold() not in ("a", "b")
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(WORDS, st.sampled_from(["[a, b]", "\n      - a\n      - b"]))
def test_any_word_comes_back_as_it_was_meant(tmp_path: Path, word: str, of: str) -> None:
    """One that YAML would take for a number, a truth or a sign is put into quotes."""
    path = tmp_path / "tagging.yaml"
    path.write_text(f"{HEAD}    tags:\n      type: list\n      of: {of}\n", encoding="utf-8")
    path.write_bytes(grown(path, "tags", word).data)
    assert ["a", "b", word] == words_of(path)


@pytest.mark.parametrize(
    "text",
    [
        "    tags: {type: list}\n",
        "    tags: list\n",
        "    other: text\n",
        "    tags: {type: list, of: gone.yaml}\n",
    ],
)
def test_what_has_no_words_is_not_changed(tmp_path: Path, text: str) -> None:
    """A list that takes any word, another slot, a file that is not there."""
    path = tmp_path / "tagging.yaml"
    path.write_text(HEAD + text)
    with pytest.raises(RecipeError):
        grown(path, "tags", "roof")
