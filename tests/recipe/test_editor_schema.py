"""The schema for editors: every right recipe passes it, most wrong ones do not, and it holds every kind."""

import importlib.util
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from homebody.actions import ALL as ACTIONS
from homebody.filters import ALL as FILTERS
from homebody.paths import shipped
from homebody.recipe.editor_schema import editor_schema
from homebody.recipe.kinds import keys_of
from homebody.recipe.load import long_form, read_recipe
from homebody.recipe.schema import Recipe
from homebody.recipe.source import NotRecipeError, parse
from homebody.slots import ALL as SLOTS

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
RIGHT = {
    **{path.stem: path.read_text(encoding="utf-8") for path in sorted(shipped("recipes").glob("*.yaml"))},
    **{
        f"README {number}": text
        for number, text in enumerate(re.findall(r"^```yaml\n(.*?)^```", README, re.MULTILINE | re.DOTALL))
        if "triggers:" in text
    },
}

SHORT = """\
name: short
vars: {words: [one, two], most: 3}
triggers:
  - watch: [~/Notes, ~/Mail]
    settle: 5s
filters:
  - extension: md
  - not name: ["a*", "b*"]
  - size: "> 1 KB, < 30 MB"
read: {limit: 3000000}
ask:
  prompt: What is it?
  sampling: {temperature: 1, seed: null}
  output:
    day: date?
    paid: flag
    tags: {type: list, of: tags.yaml}
    total: {type: money, currency: EUR, min: 0.5}
    todo: {type: list, of: {what: text, due: {type: date, not_after: 2030-01-01}}}
approve: {first: 3}
limits: {runs_per_file: 3 / 1h}
actions:
  - rename: "{{ ask.day }}{{ file.suffix }}"
  - tag: [a, b]
  - tag: {remove: a}
  - front_matter: {set: {a: 1, b: true, c: [x, 2]}, add: {tags: x}}
  - move: ~/Notes/done/
  - trash
"""

TIMED = """\
name: timed
triggers:
  - schedule: "18:00"
  - schedule: 2h
  - schedule: "30 7 * * 1-5"
  - schedule: {at: "7:30", days: monday}
  - schedule: {every: 1h30m}
    catch_up: skip
select: {folder: ~/Notes, newer_than: 1d}
actions:
  - write: {dest: ~/Notes/x.md, content: x}
"""


SEVERAL = """\
name: several
triggers:
  - watch: ~/Notes
ask:
  - name: facts
    prompt: What is it?
    output: {kind: text}
  - name: more
    when: "{{ ask.facts.kind == 'bill' }}"
    prompt: Tell more of the {{ ask.facts.kind }}.
    output: {what: text?}
actions:
  - write: {dest: ~/Log/x.md, content: "{{ ask.more.what }}"}
"""


@pytest.fixture(scope="module")
def judge() -> Draft7Validator:
    """What judges recipes by the schema, which is a right one itself."""
    schema = json.loads(json.dumps(editor_schema()))
    Draft7Validator.check_schema(schema)
    return Draft7Validator(schema)


def complaints(judge: Draft7Validator, text: str) -> list[str]:
    """Return what an editor would underline, as the places in the recipe."""
    values: Any = parse(text.encode(), "").values
    return [
        f"{'.'.join(map(str, error.absolute_path))}: {error.message}" for error in judge.iter_errors(values)
    ]


@pytest.mark.parametrize("name", [*RIGHT, "SHORT", "TIMED", "SEVERAL"])
def test_a_right_recipe_is_right_in_an_editor(judge: Draft7Validator, tmp_path: Path, name: str) -> None:
    """Each shipped recipe, each of the README, and every short form passes, and so does its long form."""
    text = {**RIGHT, "SHORT": SHORT, "TIMED": TIMED, "SEVERAL": SEVERAL}[name]
    assert [] == complaints(judge, text)
    (tmp_path / "tags.yaml").write_text("[work, home]\n", encoding="utf-8")
    assert [] == complaints(judge, long_form(read_recipe(text, folder=tmp_path)))


def test_every_key_is_explained(judge: Draft7Validator) -> None:
    """Every key of the language is in the schema with a description, and every kind with all of its keys."""
    schema = judge.schema
    assert [*keys_of(Recipe), "use", "with"] == list(schema["properties"])
    assert [] == [key for key, one in schema["properties"].items() if not one.get("description")]
    filters, actions = _kinds(schema["definitions"]["filter"]), _kinds(schema["definitions"]["action"])
    assert {word for kind in FILTERS for word in (kind.kind, f"not {kind.kind}")} == set(filters)
    assert {kind.kind for kind in ACTIONS} == set(actions)
    for kind in ACTIONS:
        whole = next(
            way for way in actions[kind.kind].get("anyOf", [actions[kind.kind]]) if "properties" in way
        )
        assert keys_of(kind) == list(whole["properties"])
        assert [] == [key for key, one in whole["properties"].items() if not one.get("description")]
    slots = [way for way in schema["definitions"]["slot"]["anyOf"] if "properties" in way]
    assert [set(keys_of(kind)) for kind in SLOTS] == [set(way["properties"]) for way in slots]


def _kinds(definition: dict[str, Any]) -> dict[str, Any]:
    """Return the kinds that an entry of a list can be."""
    entry = next(way for way in definition.get("anyOf", [definition]) if "properties" in way)
    found: dict[str, Any] = entry["properties"]
    return found


@pytest.mark.parametrize(
    ("right", "wrong", "place"),
    [
        ("settle: 5s", "settle: 5", "triggers.0"),
        ("settle: 5s", "setle: 5s", "triggers.0"),
        ("extension: md", "extension: 5", "filters.0.extension"),
        ("extension: md", "extention: md", "filters.0"),
        ("extension: md", "extension: {extensions: [md]}", "filters.0.extension"),
        ("limit: 3000000", "limit: much", "read.limit"),
        ("temperature: 1", "temperature: 3", "ask.sampling.temperature"),
        ("day: date?", "day: dat?", "ask.output.day"),
        ("day: date?", "Day: date?", "ask.output"),
        ("type: list, of: tags.yaml", "type: list, offf: tags.yaml", "ask.output.tags"),
        ("first: 3", "first: 0", "approve"),
        ("3 / 1h", "often", "limits.runs_per_file"),
        ("- tag: [a, b]", "- tag: 5", "actions.1.tag"),
        ("- trash", "- thrash", "actions.5"),
        ("- move: ~/Notes/done/", "- move: {dest: ~/x/, on_conflict: ask}", "actions.4.move"),
        ("name: short", "title: short", ""),
    ],
)
def test_a_mistake_is_underlined(judge: Draft7Validator, right: str, wrong: str, place: str) -> None:
    """It is underlined where it is, and nothing else is."""
    assert right in SHORT
    assert {place} == {one.partition(": ")[0] for one in complaints(judge, SHORT.replace(right, wrong, 1))}


def test_most_wrong_recipes_are_underlined(judge: Draft7Validator) -> None:
    """Of the wrong recipes whose YAML can be read and has no trap in it, the schema refuses more than six in seven.

    The others are wrong in what a form does not show: a template, a place to write, a word that stands twice.
    """
    texts = _wrong_recipes()
    passed = [text for text in texts if judge.is_valid(parse(text.encode(), "").values)]
    assert len(texts) >= 400
    assert 7 * len(passed) <= len(texts), len(passed)


def _wrong_recipes() -> list[str]:
    """Return the wrong recipes of the other tests; test folders are no packages, so they are loaded by their path."""
    path = Path(__file__).with_name("test_wrong.py")
    spec = importlib.util.spec_from_file_location("wrong_recipes", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    found = []
    for wrong in module.WRONG:
        try:
            source = parse(wrong.text.encode(), "")
        except NotRecipeError:
            continue
        if not source.problems:
            found.append(wrong.text)
    return found
