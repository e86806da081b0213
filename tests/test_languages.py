"""A language is named by its code or its name, and the model reads a name."""

import pytest

from homebody.languages import CODES, KINDS, language_in_words
from homebody.recipe.load import read_recipe
from homebody.recipe.problem import RecipeProblemsError
from homebody.slots import TextSlot
from homebody.slots.prompt import task_text

RECIPE = """\
name: translate
triggers: [{watch: ~/Notes}]
ask: {prompt: Translate., language: CODE, output: {text: text}}
actions: [{tag: "{{ ask.text }}"}]
"""


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("de", "German"),
        ("pt-BR", "Brazilian Portuguese"),
        ("pt_BR", "Brazilian Portuguese"),
        ("zh-Hant", "Traditional Chinese"),
        ("de-LI", "German"),
        ("fil", "Filipino"),
        ("German", "German"),
        ("Plattdeutsch", "Plattdeutsch"),
        ("français", "français"),
    ],
)
def test_a_code_becomes_a_name(written: str, read: str) -> None:
    """In the prompt; a region that changes nothing in writing is left out, and a name stays as it is."""
    recipe = read_recipe(RECIPE.replace("CODE", written))
    assert f"Write in {read}." in task_text("Translate.", recipe.ask[0].output, recipe.ask[0].language)
    assert written == recipe.long()["ask"]["language"]


def test_same_says_nothing() -> None:
    """The model writes in the document's language by itself."""
    assert "Write in" not in task_text("Translate.", {"text": TextSlot(max=9)}, "same")


@pytest.mark.parametrize("wrong", ["xx", "qq-DE", "'no way!'", "'3'"])
def test_what_is_no_language_is_refused(wrong: str) -> None:
    """A code that nobody knows is not given to the model."""
    with pytest.raises(RecipeProblemsError, match="English"):
        read_recipe(RECIPE.replace("CODE", wrong))


def test_every_kind_is_of_a_language_that_is_known() -> None:
    """And every code is found by itself, in any case that people write regions in."""
    assert {code.split("-")[0] for code in KINDS} <= set(CODES)
    assert all(language_in_words(code) == name for code, name in CODES.items())
