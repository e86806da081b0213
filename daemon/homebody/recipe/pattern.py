"""Which paths can a destination make? Known text, and holes for what only a run knows. Pure.

A hole says what is known of it all the same: whether it can be empty or hold a slash, and whether it is the
name of the file that woke the recipe, or its stem or suffix.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import reduce
from typing import Any

from jinja2 import nodes

from homebody.sandbox import parse


class Of(Enum):
    """What stands in a hole."""

    ANYTHING = "anything"
    FOLDER = "the folder of the file that came"
    NAME = "its name"
    STEM = "its name without the suffix"
    SUFFIX = "its suffix"
    NUMBER = "the number that a name gets when it is taken"


@dataclass(frozen=True, slots=True)
class Hole:
    """A part of a path that only a run knows."""

    of: Of = Of.ANYTHING
    empty: bool = True
    slash: bool = True


Pattern = tuple[str | Hole, ...]

ANY = Hole()
SOMETHING = Hole(empty=False, slash=False)
"""A word or a number: it is not empty, and is part of one name."""

FOLDER = Hole(Of.FOLDER, empty=False)
NAME = Hole(Of.NAME, empty=False, slash=False)
STEM = Hole(Of.STEM, empty=False, slash=False)
SUFFIX = Hole(Of.SUFFIX, slash=False)

MOST = 64
"""How many ways a template may come out before they are taken for anything at all."""

_FILE: Mapping[str, Pattern] = {
    "folder": (FOLDER,),
    "path": (FOLDER, "/", NAME),
    "name": (NAME,),
    "stem": (STEM,),
    "suffix": (SUFFIX,),
}
_FULL = frozenset(
    {"lower", "upper", "title", "capitalize", "casefold", "string", "first", "last", "truncate"}
)
"""Filters and methods that make nothing of a text only when there was nothing."""

_PART = frozenset({"trim", "strip", "lstrip", "rstrip", "removeprefix", "removesuffix", "words", "slug"})
"""Those of which nothing may be left, and that bring no slash."""

_NUMBERS = frozenset({"year", "month", "day", "hour", "minute", "second", "week", "weekday", "days"})
_MOMENTS = frozenset({"date", "time", "isoformat", "weekday", "isoweekday"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known before a run: ``vars``, the recipe's own words, the slots that may be empty, the names of asks."""

    vars: Mapping[str, Any]
    recipe: Mapping[str, str]
    optional: frozenset[str]
    asks: frozenset[str] = frozenset()


def patterns(template: str, known: Known) -> tuple[Pattern, ...]:
    """Return every way in which *template* can come out; anything at all when there are too many."""
    return tuple(dict.fromkeys(tidy(way) for way in _statements(parse(template).body, known)))


def tidy(pattern: Iterable[str | Hole]) -> Pattern:
    """Return *pattern* with known text joined, and a stem with its suffix as the name that they are."""
    parts: list[str | Hole] = []
    for part in pattern:
        if isinstance(part, str) and parts and isinstance(parts[-1], str):
            parts[-1] += part
        elif part == SUFFIX and parts and parts[-1] == STEM:
            parts[-1] = NAME
        elif part != "":
            parts.append(part)
    return tuple(parts)


def _statements(body: Sequence[nodes.Node], known: Known) -> list[Pattern]:
    return reduce(_joined, (_statement(node, known) for node in body), [()])


def _joined(before: list[Pattern], after: list[Pattern]) -> list[Pattern]:
    """Return every way of *before* followed by every way of *after*."""
    ways = list(dict.fromkeys((*one, *other) for one in before for other in after))
    return ways if len(ways) <= MOST else [(ANY,)]


def _statement(node: nodes.Node, known: Known) -> list[Pattern]:
    if isinstance(node, nodes.Output):
        return reduce(_joined, (_expression(part, known) for part in node.nodes), [()])
    if isinstance(node, nodes.If):
        branches = [node.body, *(other.body for other in node.elif_), node.else_]
        return [way for branch in branches for way in _statements(branch, known)]
    if isinstance(node, nodes.For):
        return [(_hole(_statements(node.body, known), empty=True),)]
    return [(ANY,)]


def _hole(ways: Iterable[Pattern], *, empty: bool = False, slash: bool = False) -> Hole:
    """Return a hole for what is made of *ways*: it may be *empty* or have a *slash* if they may, or as said."""
    ways = list(ways)
    may_be_empty = any(all(isinstance(part, Hole) and part.empty for part in way) for way in ways)
    slashes = any("/" in part if isinstance(part, str) else part.slash for way in ways for part in way)
    return Hole(empty=empty or may_be_empty, slash=slash or slashes)


def _expression(node: nodes.Node, known: Known) -> list[Pattern]:  # noqa: PLR0911 - one way for each kind of node
    match node:
        case nodes.TemplateData():
            return [(node.data,)]
        case nodes.Const():
            return [("" if node.value is None else str(node.value),)]
        case nodes.Or():
            full = [
                tuple(
                    Hole(part.of, empty=False, slash=part.slash) if isinstance(part, Hole) else part
                    for part in way
                )
                if len(way) == 1
                else way
                for way in _expression(node.left, known)
            ]
            return [*full, *_expression(node.right, known)]
        case nodes.And():
            return [*_expression(node.left, known), *_expression(node.right, known)]
        case nodes.CondExpr():
            other = [()] if node.expr2 is None else _expression(node.expr2, known)
            return [*_expression(node.expr1, known), *other]
        case nodes.Add() if not any(_number(side) for side in (node.left, node.right)):
            return _joined(_expression(node.left, known), _expression(node.right, known))
        case nodes.BinExpr():  # the others are for numbers only
            return [(SOMETHING,)]
        case nodes.UnaryExpr() | nodes.Compare() | nodes.Test():
            return [(SOMETHING,)]
        case nodes.Filter():
            return _filtered(node, known)
        case nodes.Call(node=nodes.Getattr() as method):
            return [(_made(_expression(method.node, known), method.attr, node.args),)]
        case nodes.Getattr() | nodes.Getitem():
            return _attribute(node, known)
    return [(ANY,)]


def _number(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Const) and isinstance(node.value, int | float)


def _filtered(node: nodes.Filter, known: Known) -> list[Pattern]:
    """Return what a filter makes; joining without a separator is what ``~`` was turned into."""
    if node.node is None:
        return [(ANY,)]
    if node.name == "join" and isinstance(node.node, nodes.List) and not node.args:
        return reduce(_joined, (_expression(item, known) for item in node.node.items), [()])
    ways = _expression(node.node, known)
    if node.name in ("default", "d") and node.args:
        return [*ways, *_expression(node.args[0], known)]
    return [(_made(ways, node.name, node.args),)]


def _made(ways: list[Pattern], name: str, args: Sequence[nodes.Node]) -> Hole:
    """Return what the filter or method *name* makes of *ways*."""
    brought = args[-1:] if name == "replace" else args
    slash = not all(isinstance(arg, nodes.Const) and "/" not in str(arg.value) for arg in brought)
    if name == "filename":
        return SOMETHING
    if name in ("date", "strftime", *_MOMENTS):
        return Hole(empty=False, slash=slash)
    if name in _FULL:
        return _hole(ways, slash=slash)
    if name in _PART:
        return _hole(ways, empty=True)
    if name in ("replace", "join"):
        return _hole(ways, empty=True, slash=slash)
    return ANY


def _attribute(node: nodes.Getattr | nodes.Getitem, known: Known) -> list[Pattern]:  # noqa: PLR0911 - one way a name
    if isinstance(node, nodes.Getattr):
        name: object = node.attr
    else:
        name = node.arg.value if isinstance(node.arg, nodes.Const) else None
    if (
        isinstance(node.node, nodes.Getattr)
        and node.node.node == nodes.Name("ask", "load")
        and isinstance(name, str)
        and node.node.attr in known.asks
    ):
        return [(Hole(empty=f"{node.node.attr}.{name}" in known.optional, slash=False),)]
    if not isinstance(node.node, nodes.Name):
        if name in _NUMBERS:
            return [(SOMETHING,)]
        return [(_hole(_expression(node.node, known), empty=True),)]
    match node.node.name, name:
        case "vars", str() if name in known.vars:
            return [(str(known.vars[name]),)]
        case "recipe", str() if name in known.recipe:
            return [(known.recipe[name],)]
        case "file", str() if name in _FILE:
            return [_FILE[name]]
        case ("file", "size" | "modified") | ("run", str()):
            return [(SOMETHING,)]
        case (
            ("name" | "contains"),
            str(),
        ):  # what a group of a filter caught may be nothing, and is fit for a name
            return [(Hole(slash=False),)]
        case "ask", str():  # an answer has been made fit for a name before it gets here
            return [(Hole(empty=name in known.optional, slash=False),)]
    return [(ANY,)]
