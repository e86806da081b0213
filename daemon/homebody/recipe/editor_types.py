"""What may stand in a field of a recipe, in the words of JSON Schema? Read from the field's own type.

Editors are helped, and never in the way: a field whose type is not understood may hold anything, and the loader has
the last word.
"""

import types
from collections.abc import Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, WithJsonSchema
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from homebody.actions import Action
from homebody.filters import Filter
from homebody.quantities import say_duration, say_size
from homebody.recipe.limits import Approve, Rate
from homebody.recipe.sampling import SamplingPart
from homebody.recipe.trigger import cron_line, folder, seconds, size
from homebody.sampling import Sampling
from homebody.slots import Slot

Schema = dict[str, Any]

DURATION = {"type": "string", "pattern": r"^\s*(\d{1,9}(\.\d{1,3})?\s*(ms|[smhdw])\s*)+$"}
SIZE = {
    "anyOf": [
        {"type": "string", "pattern": r"^\s*\d+(\.\d+)?\s*([KMGTkmgt]?[Ii]?[Bb])?\s*$"},
        {"type": "integer"},
    ]
}
RATE = {"type": "string", "pattern": r"^\s*[1-9]\d{0,3}\s*/\s*(\d{1,9}(\.\d{1,3})?\s*(ms|[smh])\s*)+$"}
FOLDER = {"type": "string", "pattern": r"^\s*(~/?|/|\{[{%])"}
CRON = {"type": "string", "pattern": r"^\s*\S+(\s+\S+){4}\s*$"}
TIME = {"type": "string", "pattern": r"^([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?$"}
DAY = {"type": "string", "pattern": r"^(\d{4}-\d\d-\d\d|today)$"}

CHECKED: Mapping[Any, Schema] = {size: SIZE, seconds: DURATION, folder: FOLDER, cron_line: CRON}
"""What a validator takes that makes another type of it."""

REFERENCES: Mapping[type, str] = {Slot: "slot", Filter: "filter", Action: "action"}
"""What is defined once, because it stands in many places."""

_PLAIN: Mapping[type, Schema] = {
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    Decimal: {"type": "number"},
    str: {"type": "string"},
    Path: {"type": "string"},
    timedelta: DURATION,
    time: TIME,
    date: DAY,
    Rate: RATE,
}
_BOUNDS = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}


def field(info: FieldInfo) -> Schema:
    """Return what a field may hold, what it is for, and what it holds when it is left out."""
    made = bounded(typed(info.annotation, info.metadata), info.metadata)
    if info.description:
        made = {"description": info.description, **made}
    default = _default(info)
    return made if default is None else {**made, "default": default}


def typed(kind: Any, metadata: Any = ()) -> Schema:  # noqa: PLR0911 - one way for each kind of type
    """Return what a value of the type *kind* may be, as a person writes it; *metadata* are the type's validators."""
    if given := next((one.json_schema for one in metadata if isinstance(one, WithJsonSchema)), None):
        return dict(given)
    checks = [one.func for one in metadata if isinstance(one, BeforeValidator)]
    for check in checks:
        if check in CHECKED:
            return dict(CHECKED[check])
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return bounded(typed(parts[0], parts[1:]), parts[1:])
    if origin is Literal:
        return {"const": parts[0]} if len(parts) == 1 else {"enum": list(parts)}
    if origin in (Union, types.UnionType):
        return either([typed(part, metadata) for part in parts if part is not type(None)])
    if origin in (tuple, list):
        items = typed(parts[0])
        made = {"type": "array", "items": items}
        return either([items, made]) if checks and checks[0].__name__ not in _LISTS else made
    if origin is not None and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": typed(parts[1])}
    if not isinstance(kind, type):
        return {}
    return _of_class(kind)


_LISTS = frozenset({"_list"})
"""Validators that refuse one thing where a list of things is wanted."""


def _of_class(kind: type) -> Schema:
    if kind in _PLAIN:
        return dict(_PLAIN[kind])
    if kind is Sampling:
        options = part(SamplingPart)
        seed = options["properties"]["seed"]
        options["properties"]["seed"] = {**seed, "type": ["integer", "null"]}
        return options
    if kind is Approve:
        return {"anyOf": [{"type": "boolean"}, {**part(Approve), "required": ["first"]}]}
    for base, name in REFERENCES.items():
        if issubclass(kind, base):
            return {"$ref": f"#/definitions/{name}"}
    return part(kind) if issubclass(kind, BaseModel) else {}


def part(model: type[BaseModel], *, without: frozenset[str] = frozenset()) -> Schema:
    """Return the part of a recipe that *model* checks: its keys, those it needs, and no others."""
    fields = {
        name: info for name, info in model.model_fields.items() if not info.exclude and name not in without
    }
    made: Schema = {
        "type": "object",
        "properties": {name: field(info) for name, info in fields.items()},
        "additionalProperties": False,
    }
    if needed := [name for name, info in fields.items() if info.is_required()]:
        made["required"] = needed
    return {"title": title(model), "description": words(model), **made}


def title(model: type[BaseModel]) -> str:
    """Return the word by which an editor names the part that *model* checks."""
    kind = getattr(model, "kind", None) or model.__name__.removesuffix("Part").lower()
    slot = (
        model.model_fields["type"].default
        if issubclass(model, Slot) and "type" in model.model_fields
        else None
    )
    return f"{slot} slot" if slot else str(kind)


def bounded(schema: Schema, metadata: Any) -> Schema:
    """Return *schema* with the bounds that *metadata* set; of several ways, a list has them."""
    if "anyOf" in schema:
        ways = [bounded(way, metadata) if way.get("type") == "array" else way for way in schema["anyOf"]]
        return {**schema, "anyOf": ways}
    found: Schema = {}
    for one in metadata:
        for name, keyword in _BOUNDS.items():
            if (bound := getattr(one, name, None)) is not None:
                found[keyword] = float(bound) if isinstance(bound, Decimal) else bound
        for name, keywords in _LENGTHS.items():
            if (length := getattr(one, name, None)) is not None and schema.get("type") in keywords:
                found[keywords[schema["type"]]] = length
    return {**schema, **found}


_LENGTHS: Mapping[str, Mapping[str, str]] = {
    "min_length": {"string": "minLength", "array": "minItems", "object": "minProperties"},
    "max_length": {"string": "maxLength", "array": "maxItems", "object": "maxProperties"},
}


def either(ways: list[Schema]) -> Schema:
    """Return that one of *ways* holds."""
    distinct = [way for number, way in enumerate(ways) if way not in ways[:number]]
    if {"type": "number"} in distinct:
        distinct = [way for way in distinct if way != {"type": "integer"}]
    return distinct[0] if len(distinct) == 1 else {"anyOf": distinct}


def words(thing: type) -> str:
    """Return what the docstring of *thing* says, as an editor shows it."""
    text = " ".join((thing.__doc__ or "").split("\n\n")[0].split())
    return text.replace("``", "`")


def _default(info: FieldInfo) -> Any:
    """Return what a field holds when it is left out, as a person would write it; None where there is no such thing."""
    value = info.default
    if value is PydanticUndefined or value is None or value == ():
        return None
    if size in [one.func for one in info.metadata if isinstance(one, BeforeValidator)]:
        return say_size(value)
    if isinstance(value, timedelta):
        return say_duration(value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return (
        value
        if isinstance(value, bool | int | float | str)
        else str(value)
        if isinstance(value, Rate)
        else None
    )
