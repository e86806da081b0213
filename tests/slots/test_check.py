"""Only what the recipe allows gets through."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.errors import SlotError
from homebody.slots import ChoiceSlot, ListSlot, Slot, TextSlot
from homebody.slots.check import check, check_last

SLOTS: dict[str, Slot] = {
    "summary": TextSlot(max=20),
    "kind": ChoiceSlot(of=["invoice", "letter"]),
    "tags": ListSlot(of=["work", "home"], max=2),
    "name": TextSlot(max=20, must_appear=True, optional=True),
}
GOOD: dict[str, Any] = {"summary": "A sentence.", "kind": "letter", "tags": ["home"], "name": None}
SOURCE = "A letter to Ines\nFalk from the garden."


def test_a_right_answer_comes_back_in_the_recipes_order() -> None:
    """With its ends trimmed, its words on one line, and nothing twice."""
    text = json.dumps(
        {"tags": ["home", "home"], "name": "ines falk", "kind": "letter", "summary": " A\n sentence. "}
    )
    expected = {"summary": "A sentence.", "kind": "letter", "tags": ["home"], "name": "ines falk"}
    found = check(text, SLOTS, SOURCE)
    assert expected == found
    assert list(SLOTS) == list(found)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"summary": ""}, '"summary" is empty.'),
        ({"summary": "\u200e\x07 "}, '"summary" is empty.'),
        ({"summary": "x" * 21}, "at most 20 are allowed"),
        ({"summary": 3}, '"summary" is not text.'),
        ({"summary": None}, "not optional"),
        ({"kind": "bill"}, '"kind" is none of: invoice, letter.'),
        ({"kind": ["letter"]}, '"kind" is none of'),
        ({"kind": {"letter": 1}}, '"kind" is none of'),
        ({"tags": ["car"]}, "not in the list"),
        ({"tags": "home"}, "not a list"),
        ({"tags": [1]}, "not a list of words"),
        ({"name": "Jonas"}, "does not stand in the document"),
        ({"more": 1}, '"more" was not asked for.'),
        ({"a\x1b[31m": 1}, '"a[31m" was not asked for.'),
    ],
)
def test_a_wrong_answer_is_refused_in_words(change: dict[str, Any], words: str) -> None:
    """The words say what is wrong with which slot, for the repair."""
    with pytest.raises(SlotError) as caught:
        check(json.dumps(GOOD | change), SLOTS, SOURCE)
    assert words in str(caught.value)
    assert str(caught.value).endswith(".")


def test_all_that_is_wrong_is_said_at_once() -> None:
    """One repair is enough for several mistakes."""
    with pytest.raises(SlotError) as caught:
        check('{"summary":"","kind":"x"}', SLOTS, SOURCE)
    assert '"tags" is missing. "name" is missing. "summary" is empty. "kind" is none of' in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        '"text"',
        "{",
        "{} {}",
        "{}x",
        '{"a":NaN}',
        '{"a":1,"a":2}',
        '{"a":Infinity}',
        "[" * 100_000,
        '{"a":' * 5000 + "1" + "}" * 5000,
        '{"a":' + "9" * 10_000 + "}",
        "\ufeff{}",
    ],
)
def test_what_is_not_one_json_object_is_refused(text: str) -> None:
    """Strictly: nothing around it, no key twice, no number that is none, however deep."""
    with pytest.raises(SlotError):
        check(text, SLOTS, SOURCE)


def test_a_surrogate_never_gets_through() -> None:
    """Half a character could not be written to a file."""
    assert "ab" == check('{"a":"a\\ud800b"}', {"a": TextSlot()}, "")["a"]


def test_blanks_of_other_scripts_stay_blanks() -> None:
    """A non-breaking or ideographic space parts words as any other; a joiner stays."""
    text = json.dumps({"a": "10\u00a0000 円\u3000です می\u200cخواهم"})
    assert "10 000 円 です می\u200cخواهم" == check(text, {"a": TextSlot()}, "")["a"]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=30)
    | st.sampled_from(["home", "letter"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)


@given(
    st.text()
    | JSON.map(json.dumps)
    | st.fixed_dictionaries(dict.fromkeys(SLOTS, JSON)).map(json.dumps)
    | st.fixed_dictionaries({key: JSON | st.just(value) for key, value in GOOD.items()}).map(json.dumps)
)
def test_whatever_comes_in_only_allowed_values_come_out(text: str) -> None:
    """Values that the recipe allows, or a SlotError."""
    try:
        found = check(text, SLOTS, SOURCE)
    except SlotError:
        return
    assert list(SLOTS) == list(found)
    assert 1 <= len(found["summary"]) <= 20
    assert found["summary"].isprintable()
    assert found["kind"] in ("invoice", "letter")
    assert len(found["tags"]) <= 2
    assert set(found["tags"]) <= {"work", "home"}
    assert found["name"] is None or found["name"].casefold() in " ".join(SOURCE.split()).casefold()


ANSWERS = st.fixed_dictionaries(
    {
        "summary": st.sampled_from(["A sentence.", "", 3]),
        "kind": st.sampled_from(["letter", "letter", "x"]),
        "tags": st.sampled_from([["home"], ["zebra"]]),
        "name": st.sampled_from(["Ines", "Bob", None, 5]),
    }
)


@given(JSON | ANSWERS)
def test_the_last_answer_keeps_what_is_right(value: object) -> None:
    """Whatever came, what is taken is right or empty, and empty only where that is allowed; else it is refused."""
    text = json.dumps(value)
    try:
        values, empty = check_last(text, SLOTS, SOURCE)
    except SlotError:
        with pytest.raises(SlotError):
            check(text, SLOTS, SOURCE)
        return
    assert SLOTS.keys() == values.keys()
    assert all(values[name] is None and SLOTS[name].optional for name in empty)
    right = {name: value[name] for name in SLOTS if name not in empty} | dict.fromkeys(empty)  # type: ignore[index]
    assert values == check(json.dumps(right), SLOTS, SOURCE)


def test_what_is_missing_is_not_empty() -> None:
    """A slot that the answer does not have at all was not answered: that is no value to be left out."""
    with pytest.raises(SlotError, match='"name" is missing'):
        check_last('{"tags":[],"summary":"a","kind":"note"}', SLOTS, SOURCE)
