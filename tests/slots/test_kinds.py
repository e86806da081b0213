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


def test_dates_meet_all_days(matcher: Any) -> None:
    """Every day of four years, a leap year among them, can be written, and no 29 to 31 that there is not."""
    taken = matcher(grammar({"a": DateSlot()}))
    day = date(2023, 1, 1)
    while day.year < 2025:
        assert taken.takes(f'{{"a":"{day}"}}')
        day += timedelta(days=1)
