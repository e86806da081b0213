"""Slots become a grammar that llama.cpp takes, and that says no more and no less."""

import contextlib
import json
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homebody.errors import SlotError
from homebody.slots import ChoiceSlot, ListSlot, Slot, TextSlot
from homebody.slots.check import check
from homebody.slots.grammar import grammar

SLOTS: dict[str, Slot] = {
    "summary": TextSlot(max=40),
    "kind": ChoiceSlot(of=["invoice", 'a "b"', "back\\slash", "Übung"]),
    "tags": ListSlot(of=["work", "home"], max=2),
    "names": ListSlot(max=2, optional=True),
}
GOOD = {"summary": "Ein Satz.", "kind": "invoice", "tags": ["work"], "names": None}


def compact(values: Any) -> str:
    """Return *values* as the model must write them."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"summary": '日本 😀 " \\ /'},
        {"summary": "x" * 40},
        {"summary": "two\nlines"},
        {"kind": 'a "b"'},
        {"kind": "back\\slash"},
        {"kind": "Übung"},
        {"tags": []},
        {"tags": ["work", "home"]},
        {"names": []},
        {"names": ["Zoë", "Ines Falk"]},
    ],
)
def test_every_right_answer_can_be_written(matcher: Any, change: dict[str, Any]) -> None:
    """Any language, every choice, an empty list, null for an optional slot."""
    assert matcher(grammar(SLOTS)).takes(compact(GOOD | change))


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        compact({"summary": "only"}),
        compact(GOOD) + " ",
        " " + compact(GOOD),
        json.dumps(GOOD),
        compact(dict(reversed(GOOD.items()))),
        compact(GOOD | {"summary": ""}),
        compact(GOOD | {"summary": "x" * 41}),
        compact(GOOD | {"summary": None}),
        compact(GOOD | {"kind": "letter"}),
        compact(GOOD | {"kind": None}),
        compact(GOOD | {"tags": ["work"] * 3}),
        compact(GOOD | {"tags": ["other"]}),
        compact(GOOD | {"tags": None}),
        compact(GOOD | {"names": ["x" * 61]}),
        compact(GOOD | {"more": 1}),
        compact(GOOD).replace("Satz", "Sa\ttz"),
        compact(GOOD).replace("Satz", "\\u0041"),
    ],
)
def test_no_wrong_answer_can_be_written(matcher: Any, text: str) -> None:
    """Missing, more, longer, elsewhere, free white space: none of it."""
    assert not matcher(grammar(SLOTS)).takes(text)


@pytest.mark.parametrize(
    "slot",
    [
        TextSlot(max=1),
        TextSlot(max=2001),
        TextSlot(max=4000, lines="many"),
        ListSlot(max=50),
        ListSlot(max=50, of=[f"word {number}" for number in range(200)]),
        ChoiceSlot(of=[f"choice {number}" for number in range(100)]),
    ],
)
def test_the_largest_slots_make_a_grammar_that_is_taken(matcher: Any, slot: Slot) -> None:
    """llama.cpp refuses grammars that repeat too much; the schema allows none of these."""
    assert matcher(grammar({"a": slot})).accepted
    assert matcher(grammar({f"slot_{number}": slot for number in range(5)})).accepted


def test_the_longest_text_can_be_written(matcher: Any) -> None:
    """To the last character but one or two, and not one too many."""
    for most in (1500, 1501, 2000, 2001, 4000):
        taken = matcher(grammar({"a": TextSlot(max=most)}))
        assert taken.takes(compact({"a": "é"}))
        assert taken.takes(compact({"a": "é" * (most - 2)}))
        assert not taken.takes(compact({"a": "é" * (most + 1)}))


WORDS = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=12).filter(
    lambda word: word == " ".join(word.split()) and word.isprintable()
)


@st.composite
def slots_and_answers(draw: st.DrawFn) -> tuple[dict[str, Slot], dict[str, Any]]:
    """Return slots, and an answer that is right."""
    of = draw(st.lists(WORDS, min_size=2, max_size=5, unique_by=str.casefold))
    slots: dict[str, Slot] = {
        "text": TextSlot(max=draw(st.integers(1, 60))),
        "choice": ChoiceSlot(of=of),
        "list": ListSlot(of=of, max=draw(st.integers(1, 5))),
        "free": ListSlot(max=draw(st.integers(1, 5))),
    }
    answer = {
        "text": draw(WORDS)[: slots["text"].max].strip() or "x",
        "choice": draw(st.sampled_from(of)),
        "list": draw(st.lists(st.sampled_from(of), max_size=slots["list"].max, unique=True)),
        "free": draw(st.lists(WORDS, max_size=slots["free"].max, unique=True)),
    }
    return slots, answer


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(drawn=slots_and_answers())
def test_what_is_right_passes_grammar_and_check(
    matcher: Any, drawn: tuple[dict[str, Slot], dict[str, Any]]
) -> None:
    """An answer that the recipe allows can be written, and comes back as it was meant."""
    slots, answer = drawn
    assert matcher(grammar(slots)).takes(compact(answer))
    assert answer == check(compact(answer), slots, "")


@pytest.mark.parametrize("examples", [30, pytest.param(5000, marks=pytest.mark.long)])
def test_whatever_the_grammar_lets_through_is_judged(matcher: Any, examples: int) -> None:
    """A model that writes any byte the grammar allows ends with one JSON object, and check has a word on it."""

    @settings(deadline=None, max_examples=examples)
    @given(slots=slots_and_answers().map(lambda drawn: drawn[0]), seed=st.integers(0, 2**32))
    def judged(slots: dict[str, Slot], seed: int) -> None:
        text = matcher(grammar(slots)).wander(random.Random(seed))
        assert list(slots) == list(json.loads(text))
        with contextlib.suppress(SlotError):
            values = check(text, slots, "")
            assert values["choice"] in slots["choice"].of
            assert set(values["list"]) <= set(slots["list"].of)
            assert len(values["free"]) <= slots["free"].max
            assert 1 <= len(values["text"]) <= slots["text"].max

    judged()
