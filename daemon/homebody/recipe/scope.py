"""What may the templates of a recipe read, as far as the file says it?

The file is looked at before it is checked: a mistake in one part must not hide those in the templates.
"""

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic_core import PydanticCustomError

from homebody.recipe.habits import habitual
from homebody.recipe.trigger import folder_of
from homebody.regexes import RegexError, groups_of
from homebody.templates import Scope

PARTS = ("vars", "triggers", "select", "ask")
"""The parts of a recipe that say what its templates know."""

REFUSED = Path("/a-folder-that-is-refused")

FILE = frozenset({"name", "stem", "suffix", "path", "folder", "size", "modified"})
RUN = frozenset({"id", "time", "date", "tokens_read", "tokens_total"})
RECIPE = frozenset({"name", "description"})
MONEY = frozenset({"amount", "currency"})
DOCUMENT = frozenset({"name", "stem", "path", "folder", "modified", "text"})


def scope_of(values: Any) -> Scope:
    """Return the scope of the recipe that *values* describe, whatever else is wrong with them."""
    recipe = _meant(values if isinstance(values, Mapping) else {})
    variables = _mapping(recipe.get("vars"))
    answers, inside = _answers(recipe.get("ask"))
    names: dict[str, frozenset[str] | None] = {
        "run": RUN,
        "recipe": RECIPE,
        "vars": frozenset(variables),
        "ask": answers if answers or "ask" not in recipe else None,
    }
    names |= {} if "select" in recipe else _caught(recipe.get("filters"))
    triggers = recipe.get("triggers")
    items = [item for item in triggers if isinstance(item, Mapping)] if isinstance(triggers, list) else []
    if any("watch" in item for item in items) or not any("schedule" in item for item in items):
        names["file"] = FILE
    if "select" in recipe:
        names |= {"documents": None, "document": DOCUMENT}
    before = Scope(names={"vars": frozenset(variables)}, vars=variables)
    watches = [item for item in items if "schedule" not in item] or ([] if items else [{}])
    watched = tuple(_watched(watches, before))
    return Scope(names=names, inside=inside, vars=variables, watched=watched)


def _caught(filters: Any) -> dict[str, frozenset[str]]:
    """Return the groups that the filters catch, at any depth, by the filter's word."""
    found: dict[str, frozenset[str]] = {}
    for item in filters if isinstance(filters, list) else ():
        for key, body in _mapping(item).items():
            word = str(key).removeprefix("not ").strip()
            if word in ("any", "all", "none"):
                for inner, groups in _caught(body if isinstance(body, list) else [body]).items():
                    found[inner] = found.get(inner, frozenset()) | groups
            elif word in ("name", "contains") and isinstance(regex := _mapping(body).get("regex"), str):
                with contextlib.suppress(RegexError):  # said where it stands
                    found[word] = found.get(word, frozenset()) | frozenset(groups_of(regex))
    return {word: groups for word, groups in found.items() if groups}


def _answers(ask: Any) -> tuple[frozenset[str], dict[str, frozenset[str]]]:
    """Return what stands directly under ``ask``, slots or the names of asks, and what those have in turn."""
    if not isinstance(ask, list):
        output = _mapping(_mapping(ask).get("output"))
        return frozenset(output), dict(_inside("ask", output))
    named = {name: one for one in ask if isinstance(name := _mapping(one).get("name"), str)}
    inside: dict[str, frozenset[str]] = {}
    for name, one in named.items():
        output = _mapping(one.get("output"))
        inside |= {f"ask.{name}": frozenset(output)} if output else {}
        inside |= _inside(f"ask.{name}", output)
    return frozenset(named), inside


def _inside(where: str, output: Mapping[str, Any]) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield each slot of *where* whose value has parts, with these: money, and the objects of a list."""
    for name, body in output.items():
        fields = _mapping({"type": body.rstrip("? ")} if isinstance(body, str) else body)
        parts = _mapping(fields.get("of"))
        if fields.get("type") == "money":
            yield f"{where}.{name}", MONEY
        if fields.get("type") == "list" and parts:
            yield f"{where}.{name}[]", frozenset(parts)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _meant(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return *values* with each key that nobody knows under the one that was meant: it is told once, at the key."""
    known = [name for name in PARTS if name not in values]
    return {(_near(key, known) or key) if key not in PARTS else key: value for key, value in values.items()}


def _near(key: str, known: list[str]) -> str | None:
    return next((name for name in known if habitual("recipe", key, known).endswith(f'"{name}"?')), None)


def _watched(items: list[Mapping[str, Any]], scope: Scope) -> Iterator[Path]:
    """Yield the watched folders; for one that is refused, and told as such, one that stands for it."""
    for item in items:
        watch = item.get("watch")
        for text in watch if isinstance(watch, list) and watch else [watch]:
            try:
                yield folder_of(text, scope)
            except PydanticCustomError:
                yield REFUSED
