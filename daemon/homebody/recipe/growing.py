"""How does a word come into a recipe's list of words, everything else in the file left as it is?"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from yaml.nodes import Node, ScalarNode, SequenceNode

from homebody.errors import RecipeError
from homebody.recipe.files import read_text_file
from homebody.recipe.source import NotRecipeError, Source, parse
from homebody.recipe.source import Path as Place
from homebody.yaml_nodes import canonical, end_of, inline


@dataclass(frozen=True, slots=True, kw_only=True)
class Grown:
    """A file as it is to be: the recipe's own, or the one beside it that holds the words."""

    path: Path
    data: bytes


def grown(recipe: Path, slot: str, word: str) -> Grown:
    """Return the file that holds the words of *slot* of the recipe in the file *recipe*, with *word* at their end.

    Raises RecipeError when they do not stand there as a list, or cannot be added to without changing anything else.
    """
    source, text = _read(recipe)
    path, node = recipe, source.find(_place(source, slot))[2]
    if isinstance(node, ScalarNode) and "/" not in node.value:
        path = recipe.parent / node.value
        source, text = _read(path)
        node = source.root
    if not isinstance(node, SequenceNode) or not node.value:
        raise RecipeError(f"{path.name} has no list of words for {slot} that could be added to.")
    return Grown(path=path, data=_added(path, text, node, word).encode())


def _place(source: Source, slot: str) -> Place:
    """Return where the words of *slot* stand; of several asks it has the name of its own before it."""
    ask, _, name = slot.rpartition(".")
    if not ask:
        return ("ask", "output", name, "of")
    asks = source.values.get("ask") if isinstance(source.values, Mapping) else None
    named = [one.get("name") if isinstance(one, Mapping) else None for one in asks or ()]
    number = named.index(ask) if ask in named else len(named)
    return ("ask", number, "output", name, "of")


def _read(path: Path) -> tuple[Source, str]:
    data = read_text_file(path)
    try:
        return parse(data, path.name), data.decode()
    except NotRecipeError as error:
        raise RecipeError(str(error)) from error


def _added(path: Path, text: str, node: SequenceNode, word: str) -> str:
    """Return *text* with *word* as the last item of *node*, proved by reading it again."""
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    body = text.removeprefix(mark)
    place = end_of(node.value[-1])
    if node.flow_style:
        new = f"{body[:place]}, {inline(word)}{body[place:]}"
    else:
        end = "\r\n" if "\r\n" in body else "\n"
        line_end = body.find("\n", place)
        place = len(body) if line_end < 0 else line_end - (body[line_end - 1 : line_end] == "\r")
        new = f"{body[:place]}{end}{' ' * node.start_mark.column}- {inline(word)}{body[place:]}"
    try:
        after = parse(new.encode(), path.name).root
    except NotRecipeError:
        after = None
    before = parse(body.encode(), path.name).root
    if after is None or before is None or not _only_added(before, after, word):
        raise RecipeError(
            f"{path.name} could not be changed safely.", hint=f"Add `- {inline(word)}` to its list yourself."
        )
    return mark + new


def _only_added(before: Node, after: Node, word: str) -> bool:
    """Return whether *after* says what *before* says, but for one more *word* in one list."""
    item = ("tag:yaml.org,2002:str", word)

    def without(value: object) -> object:
        return tuple(without(one) for one in value if one != item) if isinstance(value, tuple) else value

    def count(value: object) -> int:
        return (value == item) + sum(map(count, value)) if isinstance(value, tuple) else 0

    one, other = canonical(before), canonical(after)
    return without(one) == without(other) and count(other) == count(one) + 1
