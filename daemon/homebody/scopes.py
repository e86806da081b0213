"""Which names may a template read, and what is meant by one that it may not?"""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What the templates of one recipe know: the names, and what stands already when it is loaded.

    ``names`` maps each variable to its attributes, or to None when it has none that could be checked. ``inside`` maps
    an attribute (``ask.total``), or with brackets the items of one (``ask.lines[]``), to what those have in turn,
    and so on downwards (``ask.facts.total``).
    """

    names: Mapping[str, frozenset[str] | None]
    inside: Mapping[str, frozenset[str]] = field(default_factory=dict)
    vars: Mapping[str, Any] = field(default_factory=dict)
    watched: tuple[Path, ...] = ()
    later: frozenset[str] = frozenset()
    """What ``ask`` will have, and does not have yet where this template is filled in."""


@dataclass(frozen=True, slots=True)
class Use:
    """One place where a template reads a variable: its path, ``ask.summary``, the line, and what it reads of that.

    ``inner`` are the steps further down, as in ``ask.summary.one.two``; one that ends in [] is an item of a list.
    """

    name: str
    attribute: str | None
    line: int
    inner: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name if self.attribute is None else f"{self.name}.{self.attribute}"


def problem(use: Use, scope: Scope) -> str | None:
    """Return what is wrong with one variable, or None."""
    if use.name not in scope.names:
        return f'"{use}" is not known in this template{meant(use.name, scope.names)}'
    attributes = scope.names[use.name]
    if use.name == "ask" and use.attribute in scope.later:
        return f'"{use}" is not answered yet: an ask knows only the answers of the asks before it'
    first = use.attribute and use.attribute.removesuffix("[]")
    if first is None or attributes is None or first in attributes:
        return _problem_inside(use, scope)
    if not attributes:
        return f'"{use}" is not known: the recipe has no {use.name}'
    shown = str(use).removesuffix("[]")
    full = [f"{use.name}.{attribute}" for attribute in sorted(attributes)]
    return f'"{shown}" is not known in this template{meant(shown, full)}'


def _problem_inside(use: Use, scope: Scope) -> str | None:
    """Return what is wrong with a step further down, or None."""
    here = str(use)
    for step in use.inner:
        inside = scope.inside.get(here)
        if inside is None:
            return None
        if step.removesuffix("[]") not in inside:
            return f'"{step}" is not known in {here.removesuffix("[]")}{meant(step, sorted(inside))}'
        here = f"{here}.{step}"
    return None


def meant(word: str, known: Iterable[str]) -> str:
    """Return the end of a sentence about an unknown *word*: what was probably meant, or what there is."""
    known = list(known)
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if close:
        return f'; did you mean "{close[0]}"?'
    return f"; known here: {', '.join(known)}" if known else ""
