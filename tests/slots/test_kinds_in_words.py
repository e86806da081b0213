"""What each kind of slot refuses, how it says itself, and what a person may write."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from homebody.engine.following import parse
from homebody.errors import SlotError
from homebody.money import Money
from homebody.slots import DateSlot, FlagSlot, ListSlot, MoneySlot, NumberSlot, ObjectsSlot, Slot, TextSlot
from homebody.slots.check import check
from homebody.slots.grammar import grammar


@pytest.mark.parametrize(
    ("slot", "value", "words"),
    [
        (DateSlot(), "2026-02-30", "is not a day of the calendar"),
        (DateSlot(), "2023-02-29", "is not a day of the calendar"),
        (DateSlot(), "3.3.2026", "is not a date as YYYY-MM-DD"),
        (DateSlot(), "20260303", "is not a date as YYYY-MM-DD"),
        (DateSlot(), "2026-03-03T10:00", "is not a date as YYYY-MM-DD"),
        (DateSlot(), 20260303, "is not a date as YYYY-MM-DD"),
        (DateSlot(not_before=date(2026, 1, 1)), "2025-12-31", "is before 2026-01-01"),
        (DateSlot(not_after=date(2026, 1, 1)), "2026-01-02", "is after 2026-01-01"),
        (DateSlot(must_appear=True), "2026-01-02", "does not stand in the document"),
        (NumberSlot(), 1.5, "is not a whole number"),
        (NumberSlot(), True, "is not a number"),
        (NumberSlot(), "twelve", "is not a number"),
        (NumberSlot(), 10**15, "is not a number"),
        (NumberSlot(decimals=2), "1.234", "has more than 2 decimals"),
        (NumberSlot(min=1, max=5), 0, "is less than 1"),
        (NumberSlot(min=1, max=5), 6, "is more than 5"),
        (NumberSlot(must_appear=True), 12, "does not stand in the document"),
        (MoneySlot(), 12.5, "is not an object of currency and amount"),
        (MoneySlot(), {"amount": 1}, "is not an object of currency and amount"),
        (MoneySlot(), {"amount": 1, "currency": "EURO"}, "has a currency that is not one of ISO 4217"),
        (MoneySlot(currency="EUR"), {"amount": 1, "currency": "USD"}, "has a currency that is not EUR"),
        (MoneySlot(), {"amount": "a", "currency": "EUR"}, "has an amount that is not a number"),
        (MoneySlot(), {"amount": 1.5, "currency": "JPY"}, "more than the 0 decimals of JPY"),
        (MoneySlot(), {"amount": -1, "currency": "EUR"}, "has an amount that is less than 0"),
        (MoneySlot(must_appear=True), {"amount": 1, "currency": "EUR"}, "does not stand in the document"),
        (FlagSlot(), "true", "is neither true nor false"),
        (FlagSlot(), 1, "is neither true nor false"),
        (ListSlot(max_length=3), ["abcd"], "holds an item of more than 3 characters"),
        (ListSlot(of=["a"], new="allow", max_length=3), ["a", "abcd"], "holds an item of more than 3 characters"),
        (ListSlot(must_appear=True), ["a", "z"], "holds 2 that do not stand in the document"),
        (ObjectsSlot(of={"due": DateSlot()}), {}, "is not a list of objects"),
        (ObjectsSlot(of={"due": DateSlot()}), ["x"], "is not a list of objects"),
        (ObjectsSlot(of={"due": DateSlot()}, max=1), [{}, {}], "has 2 objects, and at most 1 are allowed"),
        (ObjectsSlot(of={"due": DateSlot()}), [{"do": 1}], "does not have just these parts: due"),
        (
            ObjectsSlot(of={"due": DateSlot()}),
            [{"due": "2026-03-03"}, {"due": None}],
            'has an object 2 whose "due" is null, but the slot is not optional',
        ),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_in_words(slot: Slot, value: Any, words: str) -> None:
    """The words say what is wrong, for the repair."""
    with pytest.raises(SlotError) as caught:
        check(json.dumps({"a": value}), {"a": slot}, "")
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("slot", "words"),
    [
        (DateSlot(), "date as YYYY-MM-DD"),
        (
            DateSlot(not_before=date(2026, 1, 1), not_after="today", must_appear=True),
            "date as YYYY-MM-DD, not before 2026-01-01, not after today, one that stands in the document",
        ),
        (NumberSlot(), "whole number"),
        (NumberSlot(min=1, max=5), "whole number from 1 to 5"),
        (NumberSlot(min=0.5, decimals=1, unit="kg"), "number of at least 0.5, with at most 1 decimals, in kg"),
        (MoneySlot(), "object of currency (code of ISO 4217) and amount"),
        (MoneySlot(currency=["EUR", "USD"], max=100), "object of currency (EUR or USD) and amount of at most 100"),
        (FlagSlot(), "true for yes, false for no"),
        (ListSlot(max=2, max_length=9, must_appear=True),
         "list of at most 2 short items of at most 9 characters each, each copied from the document"),
        (ObjectsSlot(of={"what": TextSlot(max=9, description="the deed"), "due": DateSlot(optional=True)}),
         "list of at most 10 objects with what: text of at most 9 characters (the deed);"
         " due: date as YYYY-MM-DD, or null"),
    ],
)  # fmt: skip
def test_every_kind_says_itself_in_words(slot: Slot, words: str) -> None:
    """What the model reads names the form, the bounds, and whether the value must stand in the document."""
    assert words == slot.instruction()


@pytest.mark.parametrize(
    ("day", "words"), [(date(2026, 3, 3), None), (date(2026, 3, 2), "is after 2026-03-02")]
)
def test_today_is_the_day_that_is_told(day: date, words: str | None) -> None:
    """The slot has no clock: on a day it becomes a slot with that day; in a list of objects, too."""
    due = DateSlot(not_after="today")
    slots: dict[str, Slot] = {"a": due.on(day), "b": ObjectsSlot(of={"due": due}).on(day)}
    text = '{"a":"2026-03-03","b":[{"due":"2026-03-03"}]}'
    if words is None:
        assert {"a": day, "b": [{"due": day}]} == check(text, slots, "")
        return
    with pytest.raises(SlotError) as caught:
        check(text, slots, "")
    assert 2 == str(caught.value).count(words)


def test_today_without_a_day_is_never_passed_over() -> None:
    """A bound that nobody can judge is a fault of ours, and no date gets through."""
    with pytest.raises(ValueError, match="what day it is"):
        DateSlot(not_before="today").judge("2026-03-03", "")


def test_a_day_that_leaves_none_refuses_all() -> None:
    """Not after yesterday's bound and not before today: the run fails with a reason, the grammar is still one."""
    slot = DateSlot(not_before="today", not_after=date(2020, 1, 1)).on(date(2026, 3, 3))
    assert parse(grammar({"a": slot})) is not None
    with pytest.raises(SlotError, match="is before 2026-03-03"):
        slot.judge("2020-01-01", "")


@pytest.mark.parametrize(
    ("slot", "text", "value"),
    [
        (DateSlot(), " 2026-03-03 ", date(2026, 3, 3)),
        (NumberSlot(), "12", 12),
        (NumberSlot(decimals=2), "12.5", Decimal("12.50")),
        (MoneySlot(), "1234.50 EUR", Money(Decimal("1234.50"), "EUR")),
        (MoneySlot(), "eur 1234.5", Money(Decimal("1234.50"), "EUR")),
        (MoneySlot(currency="CHF"), "12", Money(Decimal("12.00"), "CHF")),
        (FlagSlot(), "Yes", True),
        (FlagSlot(), "false", False),
        (ListSlot(), "a, b", ["a", "b"]),
        (ObjectsSlot(of={"due": DateSlot()}), '[{"due": "2026-03-03"}]', [{"due": date(2026, 3, 3)}]),
    ],
)
def test_a_person_writes_values_as_people_do(slot: Slot, text: str, value: Any) -> None:
    """What a person types for a slot is the value that is meant."""
    assert value == slot.check(slot.by_hand(text), "")


@pytest.mark.parametrize(
    ("slot", "text"),
    [
        (FlagSlot(), "perhaps"),
        (MoneySlot(), "12"),
        (ObjectsSlot(of={"a": FlagSlot()}), "a"),
        (DateSlot(), "3.3.2026"),
    ],
)
def test_what_a_person_did_not_mean_is_told(slot: Slot, text: str) -> None:
    """No guess: the words say how it is written."""
    with pytest.raises(SlotError, match=r"neither|as in|as YYYY-MM-DD"):
        slot.check(slot.by_hand(text), "")


def test_no_list_in_a_list() -> None:
    """An object's parts are single values."""
    with pytest.raises(ValidationError, match="`inner` is a list in a list"):
        ObjectsSlot(of={"inner": ListSlot()})


def test_a_new_word_is_not_an_old_one_in_other_letters() -> None:
    """With `new: allow` the recipe's own spelling is kept, and nothing stands there twice."""
    slot = ListSlot(of=["Work", "home"], new="allow", max=3)
    assert ["Work", "garden", "home"] == slot.check(["work", "garden", "WORK", "home"], "")
    assert "list of at most 3 of: Work, home; or others, where none of these fits" == slot.instruction()


def test_a_proposed_word_is_left_out_and_told() -> None:
    """The value has the list's words only; the others are for a person, and a word too long is no word."""
    slot = ListSlot(of=["Work", "home"], new="propose", max=3, max_length=9)
    given = ["work", "garden", "home"]
    assert (["Work", "home"], ["garden"]) == (slot.check(given, ""), slot.proposals(given))
    assert ([], []) == (slot.check([], ""), slot.proposals([]))
    assert [] == slot.model_copy(update={"new": "allow"}).proposals(given)
    assert "list of at most 3 of: Work, home; or others" in slot.instruction()
    with pytest.raises(SlotError, match="more than 9 characters"):
        slot.check(["x" * 10], "")
    with pytest.raises(ValidationError, match="no effect without `of`"):
        ListSlot(new="propose")
