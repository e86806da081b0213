"""Whatever a recipe's text becomes, it loads or is refused at a place in it: nothing else happens."""

import copy
import random
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from homebody.errors import RecipeError
from homebody.paths import shipped
from homebody.recipe.load import read_recipe

BASES = [path.read_text(encoding="utf-8") for path in sorted(shipped("recipes").glob("*.yaml"))]

BITS = (
    *(
        "{{",
        "}}",
        "{%",
        "%}",
        ":",
        "- ",
        "#",
        "\t",
        "'",
        '"',
        "[",
        "]",
        "{",
        "}",
        "*",
        "&a",
        "!",
        "|",
        ">",
        "~",
    ),
    *(
        "null",
        "yes",
        "no",
        "0",
        "-1",
        "1e9",
        ".inf",
        "2026-01-01",
        "<<",
        "\n",
        "  ",
        "\u00a0",
        "\U0001f600",
        "\x85",
    ),
    *(
        "\u2028",
        "not ",
        "any",
        "file.name",
        "ask",
        "..",
        "/",
        "\\",
        "%",
        "@",
        "`",
        ",",
        "?",
        "---",
        "regex",
        "(?P<x>",
    ),
)
VALUES = (
    *(
        "x",
        "",
        5,
        -1,
        1.5,
        True,
        None,
        [],
        {},
        ["a"],
        [1],
        {"a": 1},
        [[]],
        [{}],
        "{{ file.name }}",
        {"regex": "x"},
    ),
    *("a" * 5000, 10**30, float("nan"), [None], {"": ""}),
)
KEYS = ("any", "use", "with", "tests", "read", "age", "name", "of", "type", "ask", "when", "regex")


def text_changed(text: str, by: random.Random) -> str:
    """Return *text* with a few characters put in, left out, repeated, or a line moved."""
    for _ in range(by.randint(1, 3)):
        place, way = by.randrange(len(text) + 1), by.randrange(4)
        if way == 0:
            text = text[:place] + by.choice(BITS) + text[place:]
        elif way == 1:
            text = text[:place] + text[place + by.randint(1, 12) :]
        elif way == 2:
            lines = text.split("\n")
            line = lines.pop(by.randrange(len(lines)))
            lines.insert(by.randrange(len(lines) + 1), by.choice(("", "  ", "    ")) + line)
            text = "\n".join(lines)
        else:
            start = by.randrange(len(text) + 1)
            text = text[:place] + text[start : start + 40] + text[place:]
    return text


def values_changed(text: str, by: random.Random) -> str:
    """Return the recipe *text* with a value that is another, under another key, or more than there was."""
    root = yaml.safe_load(text)
    places: list[tuple[Any, Any]] = []
    waiting: list[Any] = [root]
    while waiting:
        inner = waiting.pop()
        keys = (
            list(inner) if isinstance(inner, dict) else range(len(inner)) if isinstance(inner, list) else ()
        )
        places += [(inner, key) for key in keys]
        waiting += [inner[key] for key in keys]
    holder, key = by.choice(places)
    way = by.randrange(3)
    if way == 0 or isinstance(holder, list):
        holder[key] = copy.deepcopy(by.choice(VALUES))
    elif way == 1:
        holder[by.choice(KEYS)] = holder.pop(key)
    else:
        holder[by.choice(KEYS)] = copy.deepcopy(by.choice(VALUES))
    changed: str = yaml.dump(root, allow_unicode=True, sort_keys=False)
    return changed


def judged(base: int, seed: int, *, deep: bool) -> None:
    """Change a recipe and load it: what is wrong must have a place in the text, and stand on one line."""
    by = random.Random(seed)
    text = (values_changed if deep else text_changed)(BASES[base], by)
    try:
        read_recipe(text)
    except RecipeError as error:
        for problem in error.problems:
            assert 1 <= problem.line <= text.count("\n") + 2
            assert problem.column >= 1
            assert 1 == len(str(problem).splitlines())
            assert len(str(problem)) < 2000


CHANGES = (st.integers(0, len(BASES) - 1), st.integers(0, 2**32), st.booleans())


@settings(max_examples=300)
@given(*CHANGES)
def test_a_changed_recipe_loads_or_is_refused(base: int, seed: int, deep: bool) -> None:
    """No text makes anything but a recipe, or mistakes with their places."""
    judged(base, seed, deep=deep)


@pytest.mark.long
@settings(max_examples=20_000)
@given(*CHANGES)
def test_a_changed_recipe_loads_or_is_refused_in_the_long_run(base: int, seed: int, deep: bool) -> None:
    """The same, far more often."""
    judged(base, seed, deep=deep)
