"""How is a mistake that pydantic found said to the person who wrote the recipe?"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from homebody.recipe.kinds import MISTAKE
from homebody.templates import meant


def said(error: Mapping[str, Any], node: Node | None) -> str:
    """Return what is wrong, in words; *node* is what stands in the file."""
    context = error.get("ctx", {})
    kind = error["type"]
    if kind == MISTAKE:
        return str(context["what"])
    if kind == "value_error":
        return str(context["error"])
    if kind == "missing":
        return f'"{error["loc"][-1]}" is missing'
    if kind in ("string_type", "literal_error"):
        return _text(error, context, node)
    words = _WORDS.get(kind)
    return words(context) if words is not None else str(error["msg"])


_WORDS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "int_type": lambda _: "must be a whole number",
    "int_parsing": lambda _: "must be a whole number",
    "int_from_float": lambda _: "must be a whole number",
    "float_type": lambda _: "must be a number",
    "float_parsing": lambda _: "must be a number",
    "finite_number": lambda _: "must be a number",
    "bool_type": lambda _: "must be true or false",
    "bool_parsing": lambda _: "must be true or false",
    "list_type": lambda _: "must be a list of texts, as in [one, two]",
    "tuple_type": lambda _: "must be a text or a list of texts, as in [one, two]",
    "dict_type": lambda _: "must be made of keys and values",
    "mapping_type": lambda _: "must be made of keys and values",
    "greater_than_equal": lambda context: f"must be at least {_short(context['ge'])}",
    "less_than_equal": lambda context: f"must be at most {_short(context['le'])}",
    "string_too_short": lambda _: "is empty",
    "string_too_long": lambda context: f"is longer than {context['max_length']} characters",
    "too_short": lambda context: f"needs at least {_count(context['min_length'])}",
    "too_long": lambda context: f"has more than {_count(context['max_length'])}",
}


LONGEST_SEEN = 40
"""The most characters of a value that are said again."""


def seen(what: str, node: Node | None) -> str:
    """Return *what* is expected with what stands in the file, where *what* does not say it."""
    there = _there(what, node) if what.startswith("must be") else None
    return what if there is None else f"{what}; {there}"


def _there(what: str, node: Node | None) -> str | None:
    """Return what *node* is, in words; None where it need not be said."""
    if isinstance(node, MappingNode | SequenceNode):
        return f"this is {'made of keys and values' if isinstance(node, MappingNode) else 'a list'}"
    if not isinstance(node, ScalarNode) or "\n" in node.value or len(node.value) > LONGEST_SEEN:
        return None
    if node.tag.endswith(":null") and not node.value:
        return "nothing stands here"
    if node.style in ("'", '"') and _BARE.fullmatch(node.value) and not _TEXT.search(what):
        return f'this is the text "{node.value}": take its quotes away'
    if re.search(rf"(?<!\w){re.escape(node.value)}(?!\w)", what.partition(", as in ")[0]):
        return None
    return f'this is "{node.value}"' if node.style or node.tag.endswith(":str") else f"this is {node.value}"


_BARE = re.compile(r"-?\d+(\.\d+)?|true|false")
"""What means a number, or yes or no, when it has no quotes."""

_TEXT = re.compile(r"\btext\b|in quotes|unit|as in")
"""What expects a text all the same."""


def _short(number: float) -> str:
    """Return a bound without the `.0` that pydantic gives it."""
    return str(int(number) if number == int(number) else number)


def _count(number: int) -> str:
    return "one entry" if number == 1 else f"{number} entries"


def _text(error: Mapping[str, Any], context: Mapping[str, Any], node: Node | None) -> str:
    """Return what is wrong with a value that should be a text, or one of a few words."""
    if trap := _trap(error, context, node):
        return trap + _choices(context)
    words = _expected(context)
    if len(words) < 2 or isinstance(node, MappingNode | SequenceNode):
        return f"must be {words[0]}" if len(words) == 1 else f"must be a text{_choices(context)}"
    return f'"{error["input"]}" is not one of: {", ".join(words)}{_close(str(error["input"]), words)}'


def _trap(error: Mapping[str, Any], context: Mapping[str, Any], node: Node | None) -> str | None:
    """Return what YAML made of a word without quotes."""
    if not isinstance(node, ScalarNode) or node.style is not None:
        return None
    if node.tag.endswith(":bool"):
        truth = "true" if error["input"] else "false"
        if node.value.casefold() == truth:
            return "is true or false, and a text is expected"
        in_quotes = (
            ""
            if context and node.value not in _expected(context)
            else f'; write it in quotes: "{node.value}"'
        )
        return f"YAML reads {node.value} as {truth}{in_quotes}"
    if node.tag.endswith(":null"):
        return f'YAML reads {node.value} as nothing; if the word is meant, write it in quotes: "{node.value}"'
    if not node.tag.endswith(":str") and not context:
        return f'must be a text; write it in quotes: "{node.value}"'
    return None


def _close(word: str, words: list[str]) -> str:
    return end if (end := meant(word, words)).startswith("; did") else ""


def _choices(context: Mapping[str, Any]) -> str:
    words = _expected(context)
    return f"; write one of: {', '.join(words)}" if words else ""


def _expected(context: Mapping[str, Any]) -> list[str]:
    """Return the words that pydantic lists as ``'a', 'b' or 1``."""
    return [word.strip("'") for word in re.split(r", | or ", context.get("expected", "")) if word]
