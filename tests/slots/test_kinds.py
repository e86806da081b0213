"""Dates, numbers, money, flags and lists of objects: what fits can be written, and nothing else gets through."""

import json
import random
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from homebody.engine.following import Follower, parse
from homebody.errors import SlotError
from homebody.money import DECIMALS, Money
from homebody.slots import DateSlot, FlagSlot, ListSlot, MoneySlot, NumberSlot, ObjectsSlot, Slot, TextSlot
from homebody.slots.check import check
from homebody.slots.grammar import grammar
from homebody.slots.number import LARGEST

Drawn = tuple[Slot, Any]
DAYS = st.dates(date(1000, 1, 1), date(2999, 12, 31))
WORDS = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=12).filter(
    lambda word: word == " ".join(word.split()) and word.isprintable()
)


@st.composite
def dates(draw: st.DrawFn) -> Drawn:
    """Return a slot for dates, and one that fits."""
    day = draw(DAYS)
    first, last = (draw(st.none() | DAYS) for _ in range(2))
    return DateSlot(
        not_before=None if first is None else min(first, day),
        not_after=None if last is None else max(last, day),
    ), day


@st.composite
def numbers(draw: st.DrawFn) -> Drawn:
    """Return a slot for numbers, and one that fits."""
    decimals = draw(st.integers(0, 4))
    some = st.integers(-LARGEST, LARGEST) | st.integers(-30, 30)
    within = some.map(lambda whole: Decimal(whole).scaleb(-decimals))
    value, low, high = draw(within), draw(st.none() | within), draw(st.none() | within)
    slot = NumberSlot(
        min=None if low is None else min(low, value),
        max=None if high is None else max(high, value),
        decimals=decimals,
    )
    return slot, value if decimals else int(value)


@st.composite
def money(draw: st.DrawFn) -> Drawn:
    """Return a slot for money, and some that fits."""
    codes = draw(st.none() | st.lists(st.sampled_from(list(DECIMALS)), min_size=1, max_size=4, unique=True))
    code = draw(st.sampled_from(codes or list(DECIMALS)))
    low = draw(st.sampled_from([None, Decimal(0), Decimal(-500)]))
    least = -(10**12) if low is None else int(low) * 10 ** DECIMALS[code]
    amount = Decimal(draw(st.integers(least, 10**12))).scaleb(-DECIMALS[code])
    high = draw(st.sampled_from([None, max(amount, Decimal(0))]))
    return MoneySlot(currency=codes, min=low, max=high), Money(amount=amount, currency=code)


SINGLE = st.one_of(
    dates(),
    numbers(),
    money(),
    st.booleans().map(lambda value: (FlagSlot(), value)),
    WORDS.map(lambda word: (TextSlot(max=12), word)),
)


def maybe(drawn: Drawn, chance: int) -> Drawn:
    """Return the slot as an optional one, left empty in one of three cases."""
    return (
        (drawn[0].model_copy(update={"optional": True}), None if chance == 2 else drawn[1])
        if chance
        else drawn
    )


@st.composite
def objects(draw: st.DrawFn) -> Drawn:
    """Return a slot for small objects, and a list of some that are alike."""
    parts = draw(
        st.lists(st.tuples(SINGLE, st.integers(0, 2)).map(lambda one: maybe(*one)), min_size=1, max_size=4)
    )
    count = draw(st.integers(0, 3))
    of = {f"part_{number}": slot for number, (slot, _) in enumerate(parts)}
    value = {f"part_{number}": held for number, (_, held) in enumerate(parts)}
    return ObjectsSlot(of=of, max=draw(st.integers(max(1, count), 6))), [dict(value) for _ in range(count)]


@st.composite
def free_lists(draw: st.DrawFn) -> Drawn:
    """Return a slot for free words of a given length, and words that fit."""
    words = draw(st.lists(WORDS, max_size=4, unique=True))
    return ListSlot(
        max=draw(st.integers(max(1, len(words)), 50)), max_length=draw(st.integers(12, 400))
    ), words


@st.composite
def open_lists(draw: st.DrawFn) -> Drawn:
    """Return a slot for words of a list and others, and some of both."""
    words = draw(st.lists(WORDS, min_size=2, max_size=6, unique_by=str.casefold))
    slot = ListSlot(of=words[:2], new="allow", max=draw(st.integers(len(words), 50)))
    return slot, draw(st.permutations(words[: draw(st.integers(0, len(words)))]))


KINDS = st.tuples(SINGLE | objects() | free_lists() | open_lists(), st.integers(0, 2)).map(
    lambda one: maybe(*one)
)


def written(value: Any) -> str:
    """Return *value* as the model writes it."""
    if isinstance(value, Money):
        return f'{{"currency":"{value.currency}","amount":{value.amount:f}}}'
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{json.dumps(key)}:{written(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(written, value)) + "]"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return json.dumps(value.isoformat() if isinstance(value, date) else value, ensure_ascii=False)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
@given(drawn=st.lists(KINDS, min_size=1, max_size=3))
def test_every_value_that_fits_can_be_written_and_comes_back_equal(matcher: Any, drawn: list[Drawn]) -> None:
    """Under the grammar, for llama.cpp's own matcher and for our follower; and the answer is over with it."""
    slots = {f"slot_{number}": slot for number, (slot, _) in enumerate(drawn)}
    values = {f"slot_{number}": value for number, (_, value) in enumerate(drawn)}
    text = written(values)
    assert matcher(grammar(slots)).takes(text)
    rules = parse(grammar(slots))
    assert rules is not None
    follower = Follower(rules)
    follower.advance(text)
    assert follower.complete()
    found = check(text, slots, "")
    assert values == found
    assert written(values) == written(found)
    assert list(map(type, values.values())) == list(map(type, found.values()))


@pytest.mark.parametrize("examples", [40, pytest.param(5000, marks=pytest.mark.long)])
def test_whatever_the_grammar_lets_through_is_judged(matcher: Any, examples: int) -> None:
    """Any walk through the grammar ends with JSON, which check takes, or refuses with a reason; nothing raises."""

    @settings(deadline=None, max_examples=examples, suppress_health_check=[HealthCheck.too_slow])
    @given(slot=KINDS.map(lambda drawn: drawn[0]), seed=st.integers(0, 2**32))
    def judged(slot: Slot, seed: int) -> None:
        text = matcher(grammar({"a": slot})).wander(random.Random(seed))
        assert ["a"] == list(json.loads(text))
        try:
            value = check(text, {"a": slot}, "")["a"]
        except SlotError as error:
            assert '"a" ' in str(error)  # noqa: PT017 - both outcomes are right
        else:
            assert value == check(written({"a": value}), {"a": slot}, "")["a"]

    judged()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | DAYS.map(str),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["amount", "currency", "part_0", "x"]), inner, max_size=3)
    ),
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(KINDS.map(lambda drawn: drawn[0]), JSON | st.sampled_from(["EUR", "12.50", "1e999999", "-0", "９"]))
def test_whatever_json_comes_in_is_judged(slot: Slot, value: Any) -> None:
    """Values that fit, or a SlotError; no other value and no other error, however odd the JSON."""
    try:
        found = check(json.dumps({"a": value}), {"a": slot}, "")["a"]
    except SlotError:
        return
    assert (found is None) == (value is None)
    if found is None:
        assert slot.optional
        return
    if isinstance(slot, DateSlot):
        assert slot.first <= found <= slot.last
    if isinstance(slot, NumberSlot):
        assert slot.min is None or found >= slot.min
        assert slot.max is None or found <= slot.max


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
    ("rule", "text"),
    [
        (DateSlot(), '"2026-00-10"'),
        (DateSlot(), '"2026-13-10"'),
        (DateSlot(), '"2026-04-31"'),
        (DateSlot(), '"2026-02-30"'),
        (DateSlot(), '"0999-12-31"'),
        (DateSlot(not_before=date(2025, 6, 1), not_after=date(2026, 1, 1)), '"2027-01-01"'),
        (DateSlot(not_before=date(2025, 6, 1), not_after=date(2026, 1, 1)), '"2024-12-31"'),
        (NumberSlot(min=1, max=5), "6"),
        (NumberSlot(min=1, max=5), "-1"),
        (NumberSlot(), "1.5"),
        (NumberSlot(), "01"),
        (NumberSlot(), "1e3"),
        (NumberSlot(decimals=2), "1.234"),
        (NumberSlot(decimals=2), "1."),
        (MoneySlot(), '{"currency":"EUX","amount":1}'),
        (MoneySlot(), '{"currency":"EUR","amount":1.5}'),
        (MoneySlot(), '{"currency":"JPY","amount":1.50}'),
        (MoneySlot(), '{"currency":"EUR","amount":-1}'),
        (MoneySlot(currency="EUR"), '{"currency":"USD","amount":1}'),
        (FlagSlot(), "null"),
        (ObjectsSlot(of={"a": FlagSlot()}, max=1), '[{"a":true},{"a":true}]'),
        (ObjectsSlot(of={"a": FlagSlot()}), "[{}]"),
        (ListSlot(max_length=2), '["abc"]'),
    ],
)
def test_what_the_grammar_can_hold_it_holds(matcher: Any, rule: Slot, text: str) -> None:
    """Months, days, digits, decimals, currencies, bounds of whole numbers: the model cannot even write it."""
    assert not matcher(grammar({"a": rule})).takes(f'{{"a":{text}}}')


@given(
    KINDS.map(lambda drawn: drawn[0]).filter(lambda slot: isinstance(slot, ObjectsSlot | ListSlot)), st.data()
)
def test_one_expression_and_several_rules_say_the_same(slot: Slot, data: st.DataObject) -> None:
    """A list's items are a rule of their own where there are many; what can be written is the same."""
    whole = parse(f"root ::= {slot.rule()}{slot.or_null()}")
    parts = parse("root ::= a\n" + "\n".join(slot.rules("a")))
    assert whole is not None
    assert parts is not None
    one, other = Follower(whole), Follower(parts)
    for character in data.draw(
        st.sampled_from(['["a","bc"]', '[{"part_0":true}]', '[{"part_0":"2', "null", "[]"])
    ):
        one.advance(character)
        other.advance(character)
        assert (one.lost, one.may_end(), one.forced()) == (other.lost, other.may_end(), other.forced())


def test_the_longest_objects_make_a_grammar_that_is_taken(matcher: Any) -> None:
    """Fifty of eight long texts each, and free lists as long as they come."""
    parts = {f"part_{number}": TextSlot(max=1500) for number in range(8)}
    slots = {
        "many": ObjectsSlot(of=parts, max=50),
        "free": ListSlot(max=50, max_length=400),
        "any": MoneySlot(),
    }
    taken = matcher(grammar(slots))
    assert taken.accepted
    item = dict.fromkeys(parts, "x")
    text = written({"many": [item] * 50, "free": ["y" * 400] * 50, "any": Money(Decimal(1), "EUR")})
    assert taken.takes(text)


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


def test_dates_meet_all_days(matcher: Any) -> None:
    """Every day of four years, a leap year among them, can be written, and no 29 to 31 that there is not."""
    taken = matcher(grammar({"a": DateSlot()}))
    day = date(2023, 1, 1)
    while day.year < 2025:
        assert taken.takes(f'{{"a":"{day}"}}')
        day += timedelta(days=1)
