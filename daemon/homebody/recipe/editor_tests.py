"""What does an editor need to know of the part `tests` of a recipe?"""

from homebody.actions import ALL as ACTIONS
from homebody.recipe.editor_types import Schema, part
from homebody.recipe.trials import MOST_TRIALS, Expected, ExpectedChange, Trial


def tests_schema() -> Schema:
    """Return the tests of a recipe."""
    trial, expected = part(Trial), _expected()
    keys = trial["properties"]
    keys["slots"]["additionalProperties"] = expected
    keys["answer"]["additionalProperties"] = {}
    keys["changes"] = {
        "description": keys["changes"]["description"],
        "type": "array",
        "items": _change(expected),
    }
    for moment in ("now", "modified"):
        keys[moment] = {
            "description": keys[moment]["description"],
            "type": "string",
            "pattern": r"^\d{4}-\d\d-\d\d",
        }
    return {"type": "array", "items": trial, "maxItems": MOST_TRIALS}


def _expected() -> Schema:
    """Return what a value is to be: the value alone, or keys that say more."""
    keys = part(Expected)
    keys["minProperties"] = 1
    for name in ("equals", "contains"):
        keys["properties"][name] = {"description": keys["properties"][name]["description"]}
    keys["properties"]["one_of"]["items"] = {}
    return {"if": {"type": "object"}, "then": keys, "else": {}}


def _change(expected: Schema) -> Schema:
    """Return a change: the word of an action alone, with a path, or with keys that say more."""
    keys = part(ExpectedChange, without=frozenset({"word"}))
    for name in ("text", "tags"):
        keys["properties"][name] = {"description": keys["properties"][name]["description"], **expected}
    said = {"anyOf": [{"type": ["string", "null"]}, keys]}
    words = [kind.kind for kind in ACTIONS]
    return {
        "type": ["object", "string"],
        "if": {"type": "string"},
        "then": {"enum": words},
        "else": {
            "properties": dict.fromkeys(words, said),
            "additionalProperties": False,
            "minProperties": 1,
            "maxProperties": 1,
        },
    }
