"""Files that are no recipe, folders of recipes, and lists of words beside them."""

import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from homebody.errors import RecipeError
from homebody.recipe.load import load_folder, load_recipe, read_recipe


def test_words_from_a_file_beside_the_recipe(shipped_texts: dict[str, str], tmp_path: Path) -> None:
    """A list of words has a file of its own, and is part of the recipe's hash."""
    text = shipped_texts["tag-files"]
    start, end = text.index("of: ["), text.index("]", text.index("of: ["))
    (tmp_path / "tag-files.yaml").write_text(text[:start] + "of: tags.yaml" + text[end + 1 :])
    hashes = set()
    for words in (["a", "b"], ["a", "c"]):
        (tmp_path / "tags.yaml").write_text(yaml.safe_dump(words))
        (recipe,) = load_folder(tmp_path).recipes
        (ask,) = recipe.ask
        assert words == ask.output["tags"].of  # type: ignore[attr-defined]
        hashes.add(recipe.hash)
    assert 2 == len(hashes)
    assert () == load_folder(tmp_path).problems


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (None, "No such file"),
        ("", "must be a list"),
        ("a: 1", "must be a list"),
        ("- a\n- [b]\n", "tags.yaml:2: a word is expected"),
        ("- a\n- no\n", "put numbers, yes and no in quotes"),
        ("- a\n- A\n", "named twice"),
        ("- [\n", "tags.yaml:2:1: the bracket"),
    ],
)
def test_a_file_of_words_that_is_none(
    shipped_texts: dict[str, str], tmp_path: Path, words: str | None, what: str
) -> None:
    """The mistake stands at the recipe's line, and names the file."""
    text = shipped_texts["tag-files"]
    start, end = text.index("of: ["), text.index("]", text.index("of: ["))
    (tmp_path / "tag-files.yaml").write_text(text[:start] + "of: tags.yaml" + text[end + 1 :])
    if words is not None:
        (tmp_path / "tags.yaml").write_text(words)
    with pytest.raises(RecipeError, match=r"tag-files\.yaml:") as caught:
        load_recipe(tmp_path / "tag-files.yaml")
    assert what in str(caught.value)


def test_one_bad_recipe_never_stops_the_others(tmp_path: Path, smallest: str) -> None:
    """The good one is there, and every bad one has its reason; other files are passed over."""
    (tmp_path / "good.yaml").write_text(smallest)
    (tmp_path / "typo.yml").write_text(smallest.replace("name:", "nmae:"))
    (tmp_path / "binary.yaml").write_bytes(b"\x00\x01")
    (tmp_path / "list.yaml").write_text("- a\n- b\n")
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / ".hidden.yaml").write_text("x")
    (tmp_path / "folder.yaml").mkdir()
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nowhere")
    loaded = load_folder(tmp_path)
    assert ["smallest"] == [recipe.name for recipe in loaded.recipes]
    files = [problem.file for problem in loaded.problems]
    assert ["binary.yaml", "gone.yaml", "list.yaml", "pipe.yaml", "typo.yml"] == files
    assert "not a plain file" in str(loaded.problems[3])


def test_two_recipes_of_one_name_are_both_refused(tmp_path: Path, smallest: str) -> None:
    """History hangs on the name, so neither is taken; a third goes on."""
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(smallest)
    (tmp_path / "c.yaml").write_text(smallest.replace("smallest", "third"))
    loaded = load_folder(tmp_path)
    assert ["third"] == [recipe.name for recipe in loaded.recipes]
    assert ["b.yaml", "a.yaml"] == [
        str(problem).split("taken by ")[1].split(",")[0] for problem in loaded.problems
    ]


def test_a_folder_that_is_not_there_has_no_recipes(tmp_path: Path) -> None:
    """It is made by `homebody new`, not before."""
    loaded = load_folder(tmp_path / "none")
    assert ((), ()) == (loaded.recipes, loaded.problems)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "empty"),
        (b"# only a remark\n", "empty"),
        (b"\x00\x01\x02", "binary"),
        (b"name: x\n\xff\xfe", "UTF-8"),
        ("name: x".encode("utf-16"), "binary"),
        (b"x" * 300_000, "256 KiB"),
        (b"[" * 100_000, "nested"),
        (b"a: " * 20 + b"{" * 5000, ""),
        (b"a: &a [x]\nb: [*a, *a]\n", "copy"),
        (b"name: \x1b[31m\n", "character"),
        (b"---\nname: a\n---\nname: b\n", "second recipe"),
        (b"- a\n- b\n", "keys and values"),
        (b"just words\n", "keys and values"),
        (b"? {a: 1}\n: 1\n", "a key must be a word"),
        (b"a:\n" + b"".join(b" " * n + b"- \n" for n in range(2000)), ""),
    ],
)
def test_a_file_that_is_no_recipe_has_a_reason(problems: Any, data: bytes, what: str) -> None:
    """Binary, huge, deep, full of copies, or something else altogether."""
    assert what in " ".join(map(str, problems(data)))


def test_a_bomb_of_copies_is_refused_at_once(problems: Any) -> None:
    """Ten lines that would stand for billions are never expanded."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    (problem,) = problems("\n".join(lines))
    assert (2, "copy" in problem.what) == (problem.line, True)


PIECES = st.sampled_from(
    [
        *(
            "name",
            "triggers",
            "watch",
            "actions",
            "write",
            ": ",
            ":\n  ",
            "\n- ",
            "\n",
            "[",
            "]",
            "{",
            "}",
            "~/x",
        ),
        *(
            "&a ",
            "*a",
            '"',
            "'",
            "{{ ",
            " }}",
            "|\n  ",
            "!!int ",
            "<<",
            "? ",
            "---\n",
            "# ",
            "7:30",
            "yes",
            "\t",
        ),
        *("%YAML 1.1\n", "\u2028"),
    ]
)


@settings(deadline=None)
@given(st.lists(PIECES, max_size=20).map("".join) | st.text() | st.binary())
def test_no_file_makes_anything_but_a_recipe_error(text: str | bytes) -> None:
    """Whatever stands in it: mistakes with a line and a column, never a traceback."""
    try:
        read_recipe(text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text)
    except RecipeError as error:
        for problem in error.problems:  # type: ignore[attr-defined]
            assert problem.line >= 1
            assert problem.column >= 1
            assert problem.what
