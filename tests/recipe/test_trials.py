"""The tests that a recipe carries: how they are written, and what is wrong with them."""

from datetime import datetime

import pytest

from homebody.recipe.load import long_form, read_recipe
from homebody.recipe.problem import RecipeProblemsError

HEAD = """\
name: tested
vars: {out: ~/Notes/out}
triggers: [{watch: ~/Notes}]
ask: {prompt: What?, output: {kind: {type: choice, of: [bill, letter]}, total: money?}}
actions: [{write: {dest: "{{ vars.out }}/x.md", content: "{{ ask.kind }}"}}]
"""
TESTS = """\
tests:
  - name: a bill
    text: Pay 12.50 EUR.
    now: 2026-03-02 09:00
    modified: 2026-03-01
    there: {"{{ vars.out }}/x.md": old}
    slots:
      kind: bill
      total: {one_of: [12.50 EUR, 13 EUR], empty: false}
    changes:
      - write: {path: "{{ vars.out }}/*.md", text: {contains: [bill], matches: ^b}}
"""


def test_tests_are_part_of_the_recipe_and_not_of_what_it_does() -> None:
    """They are in the long form, which loads to the same; with others the recipe counts as unchanged."""
    recipe = read_recipe(HEAD + TESTS)
    (trial,) = recipe.tests
    assert (datetime(2026, 3, 2, 9), datetime(2026, 3, 1, 12)) == (trial.now, trial.modified)  # noqa: DTZ001
    assert recipe == read_recipe(long_form(recipe))
    assert {"equals": "bill"} == recipe.long()["tests"][0]["slots"]["kind"]
    assert recipe.hash == read_recipe(HEAD).hash
    assert "tests" not in read_recipe(HEAD).long()


@pytest.mark.parametrize(
    ("before", "after", "line", "says"),
    [
        ("    slots:", "    slosts:", 12, 'did you mean "slots"'),
        ("      kind: bill", "      kin: bill", 13, 'the slot "kin" is not known here; did you mean "kind"'),
        ("one_of: [12.50 EUR, 13 EUR]", "oneof: [12.50 EUR]", 14, 'did you mean "one_of"'),
        ("matches: ^b", "matches: '('", 16, "is no regular expression"),
        ("      - write:", "      - wirte:", 16, 'did you mean "write"'),
        ("      - write:", "      - just", 16, ""),
        ("{{ vars.out }}/*.md", "{{ vars.uot }}/*.md", 16, 'did you mean "vars.out"'),
        ("    text: Pay 12.50 EUR.", "    file: a.md", 7, "needs one document"),
        ("    text: Pay 12.50 EUR.", "    text: x\n    input: a.md", 7, "needs one document"),
        ("    text: Pay 12.50 EUR.", "    input: ../a.md", 8, "without `..`"),
        ("    text: Pay 12.50 EUR.", "    documents: {a.md: x}", 8, "a watched file is"),
        ("    now: 2026-03-02 09:00", "    now: soon", 9, ""),
        ("    text: Pay", "    outcome: gone\n    text: Pay", 8, "done"),
    ],
)
def test_a_mistake_is_told_at_its_place(before: str, after: str, line: int, says: str) -> None:
    """In words, at its line."""
    assert 1 == TESTS.count(before)
    with pytest.raises(RecipeProblemsError) as caught:
        read_recipe(HEAD + TESTS.replace(before, after))
    found = [one for one in caught.value.problems if says in one.what]
    assert found, str(caught.value)
    assert line == found[0].line, str(caught.value)
