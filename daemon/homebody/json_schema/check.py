"""Did an answer hold to its schema? Looked at after the grammar, which is only believed to be right."""

import json
from typing import Any

from homebody.json_schema.nodes import (
    Anything,
    Either,
    Items,
    Members,
    Number,
    Schema,
    Text,
    Whole,
    Words,
)


def complaint(schema: Schema, text: str) -> str | None:
    """Return what is wrong with the JSON *text*, or None when *schema* allows it; nothing of the text is in it."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return "it is not JSON"
    return _wrong(schema, value, "its top")


def _wrong(schema: Schema, value: Any, place: str) -> str | None:  # noqa: PLR0911 - one answer for each kind
    """Return what is wrong with *value* at *place*."""
    match schema:
        case Words(written):
            fits = any(_same(value, json.loads(one)) for one in written)
            return None if fits else f"at {place} is none of the values"
        case Text(least, most):
            fits = isinstance(value, str) and least <= len(value) <= most
            return None if fits else f"at {place} is no string of {least} to {most} characters"
        case Whole(least, most):
            fits = _is_number(value, int) and least <= value <= most
            return None if fits else f"at {place} is no whole number from {least} to {most}"
        case Number():
            return None if _is_number(value, int | float) else f"at {place} is no number"
        case Either(choices):
            fits = any(_wrong(one, value, place) is None for one in choices)
            return None if fits else f"at {place} none of the choices fits"
        case Items(item, least, most):
            if not isinstance(value, list) or not least <= len(value) <= most:
                return f"at {place} is no list of {least} to {most} items"
            return next((found for one in value if (found := _wrong(item, one, f"{place}[]"))), None)
        case Members():
            return _wrong_object(schema, value, place)
        case Anything(objects_only):
            return None if isinstance(value, dict) or not objects_only else f"at {place} is no object"


def _wrong_object(schema: Members, value: Any, place: str) -> str | None:
    if not isinstance(value, dict):
        return f"at {place} is no object"
    known = {member.name: member for member in schema.members}
    if not value.keys() <= known.keys():
        return f"at {place} is a member that was not asked for"
    for name, member in known.items():
        if name in value:
            if found := _wrong(member.schema, value[name], f"{place}.{name}"):
                return found
        elif not member.optional:
            return f"at {place} a member is missing"
    return None


def _is_number(value: Any, kinds: Any) -> bool:
    return isinstance(value, kinds) and not isinstance(value, bool)


def _same(one: Any, other: Any) -> bool:
    """Return whether two values are the same JSON; to Python, true is 1."""
    return type(one) is type(other) and one == other
