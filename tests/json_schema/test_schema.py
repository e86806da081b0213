"""JSON schemas: what is understood is held, and found right by somebody else; the rest is refused by name."""

import json
import re
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.engine.following import Follower, parse
from homebody.errors import SchemaError
from homebody.json_schema import ANY_OBJECT, complaint, grammar, read_schema
from homebody.json_schema.gbnf import MOST_REPEATS
from homebody.json_schema.read import MOST_PARTS
from homebody.messages import Message, Part
from homebody.model.client import ModelClient
from homebody.sampling import Sampling

BILL = {
    "type": "object",
    "title": "A bill",
    "properties": {
        "vendor": {"type": "string", "maxLength": 12, "description": "who sent it"},
        "total": {"type": "number"},
        "kind": {"enum": ["invoice", "note", 'with "quotes" and \\', None]},
        "pages": {"type": "integer", "minimum": 1, "maximum": 250},
        "paid": {"type": ["boolean", "null"]},
        "lines": {"type": "array", "minItems": 1, "maxItems": 3, "items": {"$ref": "#/$defs/line"}},
        "note": {
            "anyOf": [{"type": "string", "minLength": 2, "maxLength": 5}, {"type": "null"}],
            "default": None,
        },
    },
    "required": ["vendor", "lines"],
    "additionalProperties": False,
    "$defs": {
        "line": {
            "type": "object",
            "properties": {"text": {"type": "string", "maxLength": 4}, "count": {"type": "integer"}},
            "required": ["count"],
        }
    },
}


def allows(schema: Any, text: str) -> bool:
    """Return whether the grammar made of *schema* allows just *text*."""
    rules = parse(grammar(read_schema(schema)))
    assert rules is not None
    follower = Follower(rules)
    for character in text:
        follower.feed(character.encode())
        if follower.lost:
            return False
    return follower.may_end()


WORD = st.text(alphabet='ab"\\é日\n', max_size=6)
SIMPLE = st.one_of(
    st.builds(lambda a, b: {"type": "string", "minLength": min(a, b), "maxLength": max(a, b)},
              st.integers(0, 9), st.integers(0, 9)),
    st.builds(lambda a, b: {"type": "integer", "minimum": min(a, b), "maximum": max(a, b)},
              st.integers(-3000, 3000), st.integers(-3000, 3000)),
    st.just({"type": "number"}),
    st.just({"type": "boolean"}),
    st.just({"type": ["null", "integer"]}),
    st.lists(st.one_of(WORD, st.integers(-9, 9), st.booleans(), st.none()), min_size=1, max_size=4).map(
        lambda values: {"enum": values}
    ),
)  # fmt: skip


def objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return objects, lists and choices of *inner*."""
    members = st.dictionaries(WORD, inner, min_size=1, max_size=4)
    return st.one_of(
        st.builds(
            lambda found, count: {
                "type": "object", "properties": found, "required": list(found)[:count], "additionalProperties": False,
            },
            members, st.integers(0, 4),
        ),
        st.builds(
            lambda item, a, b: {"type": "array", "items": item, "minItems": min(a, b), "maxItems": max(a, b)},
            inner, st.integers(0, 3), st.integers(0, 3),
        ),
        st.lists(inner, min_size=1, max_size=3).map(lambda choices: {"anyOf": choices}),
    )  # fmt: skip


SCHEMAS = st.recursive(SIMPLE, objects, max_leaves=6)


def value_of(schema: Any, draw: Any) -> Any:  # noqa: PLR0911 - one value for each kind
    """Return a value that *schema* allows, drawn at random, its members in their order."""
    if "anyOf" in schema:
        return value_of(draw(st.sampled_from(schema["anyOf"])), draw)
    if "enum" in schema:
        return draw(st.sampled_from(schema["enum"]))
    match schema["type"]:
        case "string":
            return draw(
                st.text(alphabet='ab"\\é日\n', min_size=schema["minLength"], max_size=schema["maxLength"])
            )
        case "integer":
            return draw(st.integers(schema["minimum"], schema["maximum"]))
        case "number":
            return draw(st.sampled_from([0, -1, 2.5, -0.125, 123456]))
        case "boolean":
            return draw(st.booleans())
        case "array":
            count = draw(st.integers(schema["minItems"], schema["maxItems"]))
            return [value_of(schema["items"], draw) for _ in range(count)]
        case "object":
            names = [
                name for name in schema["properties"] if name in schema["required"] or draw(st.booleans())
            ]
            return {name: value_of(schema["properties"][name], draw) for name in names}
    return draw(st.one_of(st.none(), st.integers(-999, 999)))


@given(SCHEMAS, st.data())
def test_what_a_schema_allows_its_grammar_allows(schema: Any, data: st.DataObject):
    """A value of the schema, written compactly, is allowed by its grammar and has no complaint."""
    value = value_of(schema, data.draw)
    jsonschema.validate(value, schema)
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    assert complaint(read_schema(schema), text) is None
    assert allows(schema, text)


@given(SCHEMAS, SCHEMAS, st.data())
def test_what_is_complained_of_is_what_a_schema_forbids(schema: Any, other: Any, data: st.DataObject):
    """For a value of another schema, the complaint, the grammar and an independent reader agree."""
    value = value_of(other, data.draw)
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    forbidden = not jsonschema.Draft202012Validator(schema).is_valid(value)

    assert forbidden == (complaint(read_schema(schema), text) is not None)
    if forbidden:
        assert not allows(schema, text)


@given(st.integers(-(10**9), 10**9), st.integers(0, 10**6), st.integers(-(10**10), 10**10))
def test_whole_numbers_keep_their_bounds(least: int, width: int, number: int):
    """A grammar for whole numbers allows those within the bounds and no others."""
    schema = {"type": "integer", "minimum": least, "exclusiveMaximum": least + width + 1}
    for one in (number, least, least + width, least - 1, least + width + 1):
        assert allows(schema, str(one)) == (least <= one <= least + width)


@pytest.mark.parametrize(
    "schema", [BILL, {}, {"type": "object"}, {"type": "string"}, {"type": "array"}, {"const": 7}]
)
def test_a_model_that_knows_nothing_is_held(client: ModelClient, schema: Any):
    """Random weights under the native matcher write JSON that the schema allows, by somebody else's word, too.

    But for what is no text: then it is found out.
    """
    held = grammar(read_schema(schema))
    client.check_grammar(held)
    for seed in range(8):
        question = (Message(role="user", parts=(Part(text=f"Say {seed}", data=True),)),)
        answer = client.generate(
            question,
            grammar=grammar(read_schema(schema)),
            max_tokens=4000,
            sampling=Sampling(temperature=1.5, seed=seed),
        )
        if answer.stop == "limit":
            continue
        right = jsonschema.Draft202012Validator(schema).is_valid(json.loads(answer.text))
        assert right == (complaint(read_schema(schema), answer.text) is None)
        assert right or "\ufffd" in answer.text  # bytes that are no character are shown as several


def test_any_object_has_an_end(client: ModelClient):
    """An object without a schema is an object, and lists and objects lie in it only so deep."""
    client.check_grammar(grammar(ANY_OBJECT))
    deep = '{"a":' * 5 + "1" + "}" * 5
    assert complaint(ANY_OBJECT, deep) is None
    assert allows({"type": "object"}, deep)
    assert not allows({"type": "object"}, '{"a":' * 6 + "1" + "}" * 6)
    assert "at its top is no object" == complaint(ANY_OBJECT, "[]")


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "string", "pattern": "a+"}, "at its top, `pattern` cannot be held"),
        ({"type": "object", "properties": {"when": {"type": "string", "format": "date"}}}, "at when, `format` cannot"),
        ({"type": "array", "uniqueItems": True}, "`uniqueItems` cannot be held"),
        ({"type": "number", "minimum": 1}, "`minimum` cannot be held"),
        ({"oneOf": [{"type": "string"}]}, "`oneOf` cannot be held"),
        ({"allOf": [{"type": "string"}]}, "`allOf` cannot be held"),
        ({"not": {"type": "string"}}, "`not` cannot be held"),
        ({"type": "object", "additionalProperties": {"type": "string"}}, "`additionalProperties` may be true or false"),
        ({"$defs": {"a": {"type": "array", "items": {"$ref": "#/$defs/a"}}}, "$ref": "#/$defs/a"}, "refers to itself"),
        ({"$ref": "https://example.org/a.json"}, "must lead to a part of the same schema"),
        ({"enum": []}, "must be a list of 1 to"),
        ({"enum": ["a"], "type": "integer"}, "has no value of the `type`"),
        ({"enum": ["a"], "minLength": 3}, "`minLength` cannot be held beside `enum`"),
        ({"anyOf": [{"type": "string"}], "minLength": 3}, "`minLength` cannot be held beside `anyOf`"),
        ({"type": "date"}, "`type` must be of: string, integer"),
        ({"minimum": 3}, "it needs a `type`"),
        ({"type": "string", "minLength": 4, "maxLength": 3}, "`minLength` may be at most 3"),
        ({"type": "string", "minLength": -1}, "must be a number that is not below 0"),
        ({"type": "integer", "minimum": 2, "maximum": 1}, "allows no whole number"),
        ({"type": "integer", "minimum": 0.5}, "`minimum` must be a whole number"),
        ({"type": "object", "required": ["a"]}, "`required` must be a list of names"),
        ({"type": "object", "properties": {"a": 3}}, "at a, it is no schema"),
        ([], "it is no schema"),
        (False, "it is no schema"),
        ({"anyOf": [{"type": "null"}] * (MOST_PARTS + 1)}, "more than 500 parts"),
    ],
)  # fmt: skip
def test_what_cannot_be_held_is_refused_by_name(schema: Any, words: str):
    """A schema that says more than a grammar can hold is refused; the keyword and its place are named."""
    with pytest.raises(SchemaError, match=re.escape(words)):
        read_schema(schema)


def test_a_schema_that_is_too_deep_is_refused():
    """Nesting has a bound, so that nothing overflows."""
    schema: Any = {"type": "null"}
    for _ in range(40):
        schema = {"type": "array", "items": schema}
    with pytest.raises(SchemaError, match="nested more than"):
        read_schema(schema)


def test_lengths_together_have_a_bound():
    """What the native parser would have to write out is counted before it sees it."""
    names = {f"n{n}": {"type": "string", "maxLength": 7000 + n} for n in range(MOST_REPEATS // 7000 + 1)}
    with pytest.raises(SchemaError, match="different lengths are more than"):
        grammar(read_schema({"type": "object", "properties": names}))


@pytest.mark.parametrize(
    ("least", "most"), [(0, 0), (0, 1), (3, 3), (0, 1500), (1, 2000), (1600, 1700), (0, 8000)]
)
def test_long_strings_keep_their_bounds(least: int, most: int):
    """However long a string may be, its grammar never allows more, nor less, than its schema."""
    schema = {"type": "string", "minLength": least, "maxLength": most}
    for length in {0, least, most, most // 2, most + 1, max(0, least - 1)}:
        allowed = allows(schema, '"' + "a" * length + '"')
        assert not allowed or least <= length <= most
    assert any(allows(schema, '"' + "a" * length + '"') for length in range(least, min(most, least + 3) + 1))
