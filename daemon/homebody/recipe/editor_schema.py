"""What does an editor need to know, to complete and check a recipe while it is written?

A JSON Schema of draft 7, which is what the YAML language server of VS Code and others knows whole. It is made from the
kinds themselves, so a new filter, action or slot is in it at once.
"""

from collections.abc import Mapping
from typing import Any

from homebody.actions import ALL as ACTIONS
from homebody.actions import Action
from homebody.filters import ALL as FILTERS
from homebody.filters import Filter
from homebody.recipe.asking import MOST_ASKS, Ask
from homebody.recipe.editor_tests import tests_schema
from homebody.recipe.editor_types import Schema, either, field, part, words
from homebody.recipe.schema import Recipe
from homebody.recipe.trigger import DAYS, LONG_DAYS, Schedule, Times, Watch
from homebody.recipe.using import FIXED, using_schema
from homebody.slots import ALL as SLOTS
from homebody.slots import Slot

FILE = "recipe.schema.json"
"""Its name in the recipes folder."""

POINTER = f"# yaml-language-server: $schema=./{FILE}"
"""The line by which a recipe tells an editor where its schema is."""

_WORD = "^[a-z][a-z0-9_]{0,39}$"
_FILE_OF_WORDS = {
    "type": "string",
    "pattern": r"\.[yY][aA]?[mM][lL]$",
    "description": "A file beside the recipe.",
}


def editor_schema() -> Schema:
    """Return the schema of recipes."""
    recipe = part(Recipe)
    keys = recipe["properties"]
    keys["name"]["pattern"] = "^[a-z0-9]([a-z0-9_-]{0,62}[a-z0-9])?$"
    keys["vars"]["propertyNames"] = {"pattern": _WORD}
    for name, item in (("triggers", "trigger"), ("filters", "filter"), ("actions", "action")):
        keys[name]["items"] = {"$ref": f"#/definitions/{item}"}
    keys["ask"] = {"description": keys["ask"]["description"], **_asks()}
    keys["tests"] = {"description": keys["tests"]["description"], **tests_schema()}
    needed = recipe.pop("required")
    keys |= using_schema()
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A recipe of homebody",
        **recipe,
        "if": {"required": ["use"]},
        "then": {"properties": dict.fromkeys(sorted(FIXED - {"version"}), False)},
        "else": {"required": needed, "properties": {"with": False}},
        "definitions": {
            "trigger": {"anyOf": [part(Watch), _schedule()]},
            "filter": _filters(),
            "action": _actions(),
            "slot": _slot(),
        },
    }


def _asks() -> Schema:
    """Return one ask, or a list of asks with names."""
    one, named = part(Ask), part(Ask)
    for ask in (one, named):
        ask["properties"]["output"] |= {"propertyNames": {"pattern": _WORD}, "minProperties": 1}
    del one["properties"]["name"]
    named["properties"]["name"]["pattern"] = _WORD
    named["required"] = ["name", *named["required"]]
    several = {"items": named, "minItems": 1, "maxItems": MOST_ASKS}
    return {"type": ["object", "array"], "if": {"type": "object"}, "then": one, "else": several}


def _schedule() -> Schema:
    times = part(Times)
    times["properties"]["days"] = {
        **times["properties"]["days"],
        "anyOf": [
            {"enum": [*DAYS, *LONG_DAYS]},
            {"type": "array", "items": {"enum": [*DAYS, *LONG_DAYS]}, "minItems": 1},
        ],
    }
    times |= {
        "oneOf": [{"required": [name]} for name in ("every", "at", "cron")],
        "dependencies": {"days": ["at"]},
    }
    made = part(Schedule)
    made["properties"]["schedule"] = {
        "description": 'When: every so long ("2h"), at a time of day ("18:00"), or as a cron line says.',
        "anyOf": [times, {"type": "string", "pattern": r"^\s*\S*\d|\*"}],
    }
    return made


def _one_of_a_kind(kinds: Mapping[str, Schema], alone: tuple[str, ...] = ()) -> Schema:
    """Return an entry of a list that is one key of *kinds*, or the word of one that stands *alone*."""
    entry: Schema = {
        "properties": dict(kinds),
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }
    if not alone:
        return {"type": "object", **entry}
    return {"type": ["object", "string"], **entry, "if": {"type": "string"}, "then": {"enum": list(alone)}}


def _actions() -> Schema:
    alone = tuple(kind.kind for kind in ACTIONS if kind.alone)
    return _one_of_a_kind({kind.kind: _action(kind) for kind in ACTIONS}, alone)


def _action(kind: type[Action]) -> Schema:
    """Return what may stand behind an action's word: its keys, and what it takes as a short form of one of them."""
    whole = part(kind)
    ways = [whole, *_shorthands(kind, set(kind.model_fields)), *([{"type": "null"}] if kind.alone else [])]
    return {"description": words(kind), **either(ways)}


def _filters() -> Schema:
    kinds: Schema = {kind.kind: _filter(kind) for kind in FILTERS}
    negated = {f"not {word}": {"$ref": f"#/definitions/filter/properties/{word}"} for word in kinds}
    alone = tuple(word for kind in FILTERS if kind.alone for word in (kind.kind, f"not {kind.kind}"))
    return _one_of_a_kind({**kinds, **negated}, alone)


def _filter(kind: type[Filter]) -> Schema:
    """Return what may stand behind a filter's word: a short form, or its keys where it takes them."""
    own = set(kind.model_fields) - set(Filter.model_fields)
    ways = _shorthands(kind, own)
    keys = dict.fromkeys(own, "x")
    if own and _asked(kind, keys) == keys:
        ways.append(part(kind, without=frozenset(Filter.model_fields)))
    ways += [dict(way) for way in kind.shorthands] + ([{"type": "null"}] if kind.alone else [])
    return {"description": words(kind), **(either(ways) if ways else {})}


def _asked(kind: type[Action] | type[Filter], value: Any) -> Any:
    """Return the fields that *value* stands for, None where *kind* takes no such value."""
    try:
        return kind.expand(value)
    except Exception:  # noqa: BLE001 - how a kind refuses a value is its own affair
        return None


def _shorthands(kind: type[Action] | type[Filter], own: set[str]) -> list[Schema]:
    """Return what *kind* takes in place of its keys: it is asked with a text and with a list what they stand for."""
    ways: list[Schema] = []
    for probe in ("x", ["x"], 1, True):
        meant = _asked(kind, probe)
        given = (
            {name: value for name, value in meant.items() if name in own}
            if isinstance(meant, Mapping)
            else {}
        )
        if len(given) != 1:
            continue
        name, value = next(iter(given.items()))
        ways += _fitting(field(kind.model_fields[name]), probe, value)
    return ways


def _fitting(schema: Schema, probe: Any, value: Any) -> list[Schema]:
    """Return the ways of *schema* that are written as *probe*, which became *value*."""
    found = []
    for way in schema.get("anyOf", [schema]):
        inner = (
            way["items"]
            if way.get("type") == "array" and isinstance(value, list | tuple) and not isinstance(probe, list)
            else way
        )
        wanted = {"array": list, "string": str, "integer": int, "number": int, "boolean": bool}.get(
            inner.get("type", "")
        )
        if wanted is not None and type(probe) is wanted:
            found.append({key: said for key, said in inner.items() if key not in ("default", "description")})
        elif "enum" in inner and isinstance(probe, str):
            found.append({"enum": inner["enum"]})
    return found


def _slot() -> Schema:
    """Return a slot: its type alone, or the keys that its type has."""
    kinds = list(dict.fromkeys(str(kind.model_fields["type"].default) for kind in SLOTS))
    short = {
        "type": "string",
        "pattern": f"^({'|'.join(kinds)})\\s*\\??$",
        "description": f"One of {', '.join(kinds)}.",
    }
    # The types once more, for an editor that offers words before it knows which of the ways is meant.
    types = {"type": {"enum": kinds, "description": "What it holds."}}
    return {"properties": types, "anyOf": [*(_one_slot(kind) for kind in SLOTS), short]}


def _one_slot(kind: type[Slot]) -> Schema:
    made = part(kind)
    keys = made["properties"]
    keys["type"] = {"const": kind.model_fields["type"].default, "description": words(kind)}
    made["required"] = ["type", *(name for name in made.get("required", ()) if name != "type")]
    if "of" in keys:
        of = keys["of"]
        if of.get("type") == "array":
            keys["of"] = {"description": of["description"], "anyOf": [{**of}, _FILE_OF_WORDS]}
        elif of.get("type") == "object":
            of["propertyNames"] = {"pattern": _WORD}
    return made
