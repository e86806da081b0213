"""What does a JSON schema say? Only what an answer can be held to is understood; the rest is refused by name.

A part of JSON Schema 2020-12. Keywords that only describe (``title``, ``default`` and so on) allow and forbid nothing
there, and so do nothing here.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from homebody.errors import SchemaError
from homebody.json_schema.nodes import (
    DIGITS,
    USUAL_CHARACTERS,
    USUAL_ITEMS,
    Anything,
    Either,
    Items,
    Member,
    Members,
    Number,
    Schema,
    Text,
    Whole,
    Words,
)

MOST_PARTS = 500
"""Parts that a schema may have, those that it refers to counted each time."""

MOST_DEPTH = 24
MOST_WORDS = 500
LONGEST_WORD = 1000

MOST_CHARACTERS = 8000
"""A string is never longer, whatever its schema allows."""

MOST_ITEMS = 500

DESCRIBING = frozenset({
    "title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "$schema", "$id", "$comment",
    "$defs", "definitions",
})  # fmt: skip

KEYWORDS: Mapping[str, frozenset[str]] = {
    "string": frozenset({"minLength", "maxLength"}),
    "integer": frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}),
    "number": frozenset(),
    "boolean": frozenset(),
    "null": frozenset(),
    "array": frozenset({"items", "minItems", "maxItems"}),
    "object": frozenset({"properties", "required", "additionalProperties"}),
}
"""The types, and what their schemas may say."""


def read_schema(said: Any) -> Schema:
    """Return what the schema *said* allows. Raises SchemaError, naming the keyword and where it stands."""
    return _Reader(said).read(said, ())


class _Reader:
    """Reads one schema; *said* is the whole of it, in which references are looked up."""

    def __init__(self, said: Any) -> None:
        self._whole = said
        self._parts = 0

    def read(self, said: Any, place: tuple[str, ...], following: tuple[str, ...] = ()) -> Schema:
        """Return what the part at *place* allows; *following* are the references that led there."""
        self._parts += 1
        if self._parts > MOST_PARTS:
            _refuse(place, f"has more than {MOST_PARTS} parts, those that are referred to counted each time")
        if len(place) > MOST_DEPTH:
            _refuse(place, f"is nested more than {MOST_DEPTH} deep")
        if said is True:
            return Anything()
        if not isinstance(said, dict):
            _refuse(place, "is no schema: an object is wanted")
        words = {key: value for key, value in said.items() if key not in DESCRIBING}
        for key, read in (
            ("$ref", self._reference),
            ("anyOf", self._either),
            ("enum", self._words),
            ("const", self._words),
        ):
            if key in words:
                return read(words, place, following)
        return self._typed(words, place, following)

    def _reference(
        self, words: Mapping[str, Any], place: tuple[str, ...], following: tuple[str, ...]
    ) -> Schema:
        _only(words, place, "$ref")
        name = words["$ref"]
        if name in following:
            _refuse(place, "refers to itself, and so has no end", "$ref")
        found = self._whole
        for step in str(name).removeprefix("#/").split("/"):
            key = step.replace("~1", "/").replace("~0", "~")  # RFC 6901
            found = found.get(key) if isinstance(found, dict) else None
        if found is None or not str(name).startswith("#/"):
            _refuse(place, "must lead to a part of the same schema, as in #/$defs/name", "$ref")
        return self.read(found, place, (*following, name))

    def _either(self, words: Mapping[str, Any], place: tuple[str, ...], following: tuple[str, ...]) -> Schema:
        _only(words, place, "anyOf")
        choices = words["anyOf"]
        if not isinstance(choices, list) or not choices:
            _refuse(place, "must be a list of schemas", "anyOf")
        return Either(
            tuple(self.read(one, (*place, f"anyOf[{n}]"), following) for n, one in enumerate(choices))
        )

    def _words(self, words: Mapping[str, Any], place: tuple[str, ...], _following: tuple[str, ...]) -> Schema:
        key = "enum" if "enum" in words else "const"
        _only(words, place, key, "type")
        values = words[key] if key == "enum" else [words[key]]
        if not isinstance(values, list) or not 0 < len(values) <= MOST_WORDS:
            _refuse(place, f"must be a list of 1 to {MOST_WORDS} values", key)
        if "type" in words:
            types = _types(words["type"], place)
            values = [value for value in values if any(_is(value, kind) for kind in types)]
            if not values:
                _refuse(place, "has no value of the `type` beside it", key)
        written = tuple(
            json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False) for value in values
        )
        if any(len(one) > LONGEST_WORD for one in written):
            _refuse(place, f"has a value of more than {LONGEST_WORD} characters", key)
        return Words(tuple(dict.fromkeys(written)))

    def _typed(self, words: Mapping[str, Any], place: tuple[str, ...], following: tuple[str, ...]) -> Schema:
        if not words:
            return Anything()
        types = _types(words["type"], place) if "type" in words else _guessed(words, place)
        known = frozenset[str]().union(*(KEYWORDS[kind] for kind in types)) | {"type"}
        for key in words:
            if key not in known:
                _refuse(place, "cannot be held", key)
        choices = tuple(self._of_type(kind, words, place, following) for kind in types)
        return choices[0] if len(choices) == 1 else Either(choices)

    def _of_type(  # noqa: PLR0911 - one answer for each type
        self, kind: str, words: Mapping[str, Any], place: tuple[str, ...], following: tuple[str, ...]
    ) -> Schema:
        match kind:
            case "string":
                least, most = _range(
                    words, place, ("minLength", "maxLength"), USUAL_CHARACTERS, MOST_CHARACTERS
                )
                return Text(least, most)
            case "integer":
                return _whole(words, place)
            case "number":
                return Number()
            case "boolean":
                return Words(("true", "false"))
            case "null":
                return Words(("null",))
            case "array":
                least, most = _range(words, place, ("minItems", "maxItems"), USUAL_ITEMS, MOST_ITEMS)
                item = self.read(words.get("items", True), (*place, "items"), following)
                return Items(item, least, most)
        return self._object(words, place, following)

    def _object(self, words: Mapping[str, Any], place: tuple[str, ...], following: tuple[str, ...]) -> Schema:
        """Return the object; what its schema does not name is left out, which every schema of this kind allows."""
        properties = words.get("properties", {})
        required = words.get("required", [])
        if not isinstance(properties, dict):
            _refuse(place, "must be an object of schemas", "properties")
        if not isinstance(required, list) or not all(name in properties for name in required):
            _refuse(place, "must be a list of names that stand in `properties`", "required")
        if not isinstance(words.get("additionalProperties", False), bool):
            _refuse(place, "may be true or false; a schema cannot be held", "additionalProperties")
        if not properties and words.get("additionalProperties", True):
            return Anything(objects_only=True)
        return Members(
            tuple(
                Member(name, self.read(one, (*place, name), following), name not in required)
                for name, one in properties.items()
            )
        )


def _whole(words: Mapping[str, Any], place: tuple[str, ...]) -> Whole:
    """Return the whole number that lies in all the bounds."""
    least, most = 1 - 10**DIGITS, 10**DIGITS - 1
    for key, lower, beside in (
        ("minimum", True, 0), ("exclusiveMinimum", True, 1), ("maximum", False, 0), ("exclusiveMaximum", False, -1),
    ):  # fmt: skip
        if key not in words:
            continue
        bound = words[key]
        if isinstance(bound, bool) or not isinstance(bound, int | float) or bound != int(bound):
            _refuse(place, "must be a whole number", key)
        if lower:
            least = max(least, int(bound) + beside)
        else:
            most = min(most, int(bound) + beside)
    if least > most:
        _refuse(place, f"allows no whole number of at most {DIGITS} digits")
    return Whole(least, most)


def _range(
    words: Mapping[str, Any], place: tuple[str, ...], keys: tuple[str, str], usual: int, highest: int
) -> tuple[int, int]:
    """Return the least and the most of a length; one that may be longer than *highest* is held to that."""
    for key in keys:
        bound = words.get(key, 0)
        if isinstance(bound, bool) or not isinstance(bound, int) or bound < 0:
            _refuse(place, "must be a number that is not below 0", key)
    least = words.get(keys[0], 0)
    most = min(words.get(keys[1], max(usual, least)), highest)
    if least > most:
        _refuse(place, f"may be at most {most} here", keys[0])
    return least, most


def _types(said: Any, place: tuple[str, ...]) -> Sequence[str]:
    """Return the types that a schema names; a whole number is a number, too."""
    types = list(dict.fromkeys(said)) if isinstance(said, list) else [said]
    if not types or not all(isinstance(kind, str) and kind in KEYWORDS for kind in types):
        _refuse(place, f"must be of: {', '.join(KEYWORDS)}", "type")
    return [kind for kind in types if kind != "integer" or "number" not in types]


def _guessed(words: Mapping[str, Any], place: tuple[str, ...]) -> Sequence[str]:
    """Return the type of a schema that names none, by what else it says."""
    for kind in ("object", "array", "string"):
        if words.keys() <= KEYWORDS[kind]:
            return [kind]
    strange = next((key for key in words if not any(key in known for known in KEYWORDS.values())), None)
    return _refuse(place, "cannot be held" if strange else "needs a `type`", strange)


def _is(value: Any, kind: str) -> bool:
    """Return whether *value* is of a type."""
    tests: Mapping[str, Callable[[Any], bool]] = {
        "string": lambda one: isinstance(one, str),
        "integer": lambda one: isinstance(one, int) and not isinstance(one, bool),
        "number": lambda one: isinstance(one, int | float) and not isinstance(one, bool),
        "boolean": lambda one: isinstance(one, bool),
        "null": lambda one: one is None,
        "array": lambda one: isinstance(one, list),
        "object": lambda one: isinstance(one, dict),
    }
    return tests[kind](value)


def _only(words: Mapping[str, Any], place: tuple[str, ...], *allowed: str) -> None:
    """Refuse what stands beside a keyword that says everything."""
    for key in words:
        if key not in allowed:
            _refuse(place, f"cannot be held beside `{allowed[0]}`", key)


def _refuse(place: tuple[str, ...], words: str, key: str | None = None) -> NoReturn:
    """Raise SchemaError in one sentence."""
    where = ".".join(place) or "its top"
    subject = f"`{str(key)[:60]}`" if key else "it"
    raise SchemaError(f"The JSON schema cannot be used: at {where[:200]}, {subject} {words}.")
