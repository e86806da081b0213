"""Wrong recipes, one mistake each: every one is refused at the line where the mistake is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from mistakes import BY_HAND, BY_HAND_FILLED, BY_HAND_SCHEDULED
from right import BASES
from yaml.nodes import MappingNode, Node, SequenceNode

from homebody.recipe.load import read_recipe
from homebody.recipe.problem import Problem
from homebody.yaml_nodes import compose

OWN = (
    {"vars"},
    {"ask", "output"},
    {"ask", "output", "todo", "of"},
    {"actions", "front_matter", "set"},
    {"actions", "front_matter", "add"},
    {"tests", "documents"},
    {"tests", "there"},
)
"""Places whose keys are the person's own words: another word there is no mistake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """A wrong recipe, and where its mistake is."""

    name: str
    text: str
    line: int
    column: int | None = None
    word: str = ""


def keys(node: Node | None, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Node]]:
    """Yield the place and the node of every key that the language knows."""
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if set(path) not in OWN:
                yield path, key
            yield from keys(value, (*path, key.value))
    elif isinstance(node, SequenceNode):
        for item in node.value:
            yield from keys(item, path)


def misspelt() -> Iterator[Wrong]:
    """Yield each recipe with one key misspelt, the two that have every part in two ways."""
    for base, text in BASES.items():
        for path, key in keys(compose(text)):
            word = key.value
            for way, wrong in (("doubled", word + word[-1]), ("swapped", word[:-2] + word[-1] + word[-2])):
                if wrong == word or (way == "swapped" and base not in ("watching", "scheduled")):
                    continue
                start, end = key.start_mark.index, key.end_mark.index
                yield Wrong(
                    name=f"{base}: {'.'.join((*path, word))} {way}",
                    text=text[:start] + wrong + text[end:],
                    line=key.start_mark.line + 1,
                    column=key.start_mark.column + 1,
                    word="not known here" if wrong != "off" else "YAML reads the key `off` as false",
                )


def twice() -> Iterator[Wrong]:
    """Yield each recipe with one plain line of a key written twice."""
    for base, text in BASES.items():
        lines = text.splitlines(keepends=True)
        for _path, key in keys(compose(text)):
            number = key.start_mark.line
            line = lines[number]
            plain = line.split("#")[0].rstrip()
            if line.lstrip().startswith(("-", "{")) or plain.endswith((":", "|", "{", "[")):
                continue
            if key.start_mark.column != len(line) - len(line.lstrip()):
                continue
            yield Wrong(
                name=f"{base}: {key.value} twice",
                text="".join([*lines[: number + 1], line, *lines[number + 1 :]]),
                line=number + 2,
                word="twice",
            )


def by_hand() -> Iterator[Wrong]:
    """Yield the mistakes that people make, each with the words that it must be met with."""
    for base, cases in (
        ("watching", BY_HAND),
        ("filled", BY_HAND_FILLED),
        ("scheduled", BY_HAND_SCHEDULED),
    ):
        text = BASES[base]
        for right, wrong, word in cases:
            assert text.count(right) >= 1, right
            line = text[: text.index(right)].count("\n") + 1
            yield Wrong(
                name=f"{base}: {wrong.strip()}", text=text.replace(right, wrong, 1), line=line, word=word
            )


WRONG = [*misspelt(), *twice(), *by_hand()]


def test_there_are_more_than_two_hundred() -> None:
    """As issue 6 asks, and the recipes that they are made of are right."""
    assert len({wrong.text for wrong in WRONG}) >= 200
    for text in BASES.values():
        read_recipe(text)


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.name)
def test_a_wrong_recipe_is_refused_at_its_line(
    wrong: Wrong, problems: Callable[[str | bytes], list[Problem]]
) -> None:
    """The line is right, the words fit, and nothing says the same twice."""
    found = problems(wrong.text)
    here = [problem for problem in found if problem.line == wrong.line]
    assert any(wrong.word in problem.what for problem in here), "\n".join(map(str, found))
    assert wrong.column is None or wrong.column in [problem.column for problem in here]
    assert len({(problem.line, problem.column, problem.what) for problem in found}) == len(found)


@pytest.mark.parametrize("every", [4, pytest.param(1, marks=pytest.mark.long)])
def test_check_refuses_each_without_a_crash(checked: Callable[[str], str], every: int) -> None:
    """The command names file and line, ends with 65, and shows no traceback; each day for one in four of them."""
    for wrong in WRONG[::every]:
        assert f"recipe.yaml:{wrong.line}:" in checked(wrong.text), wrong.name
