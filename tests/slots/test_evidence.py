"""What must appear is found in every notation that people use, and only where it stands."""

import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.errors import SlotError
from homebody.slots import DateSlot, ListSlot, MoneySlot, NumberSlot, ObjectsSlot, TextSlot
from homebody.slots.check import check
from homebody.slots.date_notations import find_date
from homebody.slots.evidence import evidence
from homebody.slots.span import find_text

DAY = date(2026, 3, 3)
GERMAN = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
]
ENGLISH = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
DAYS = st.dates(date(1950, 1, 1), date(2049, 12, 31))
AROUND = st.tuples(
    st.sampled_from(["", "on ", "Datum: ", "(", "am\n", "| ", "vom "]),
    st.sampled_from(["", ".", ",", ")", " and", "\n"]),
)


def ordinal(day: int) -> str:
    """Return a day as English counts it."""
    return f"{day}{'th' if 11 <= day <= 13 else {1: 'st', 2: 'nd', 3: 'rd'}.get(day % 10, 'th')}"


DATES = {
    "ISO": lambda d: d.isoformat(),
    "ISO with a time": lambda d: f"{d}T09:30",
    "German": lambda d: f"{d:%d.%m.%Y}",
    "German, short": lambda d: f"{d.day}.{d.month}.{d:%y}",
    "German, spaced": lambda d: f"{d.day}. {d.month}. {d.year}",
    "German, in words": lambda d: f"{d.day}. {GERMAN[d.month - 1]} {d.year}",
    "American": lambda d: f"{d:%m/%d/%Y}",
    "British": lambda d: f"{d:%d/%m/%y}",
    "American, in words": lambda d: f"{ENGLISH[d.month - 1]} {ordinal(d.day)}, {d.year}",
    "American, short": lambda d: f"{d:%b} {d.day}, {d.year}",
    "British, in words": lambda d: f"{ordinal(d.day)} of {ENGLISH[d.month - 1]} {d.year}",
    "Oracle": lambda d: f"{d:%d-%b-%y}".upper(),
    "Japanese": lambda d: f"{d.year}年{d.month}月{d.day}日",
    "compact": lambda d: f"{d:%Y%m%d}",
    "slashes": lambda d: f"{d:%Y/%m/%d}",
}


@given(DAYS, st.sampled_from(list(DATES)), AROUND)
def test_a_date_is_found_in_every_notation(day: date, notation: str, around: tuple[str, str]) -> None:
    """Whatever stands around it, and the span is that of the date."""
    written = DATES[notation](day)
    text = around[0] + written + around[1]
    span = find_date(day, text)
    assert span is not None
    assert text[span.start : span.end] == written.split("T09")[0]


@given(DAYS, DAYS, st.sampled_from(sorted(set(DATES) - {"American", "British", "German, short", "Oracle"})))
def test_another_date_is_not_found(day: date, other: date, notation: str) -> None:
    """A text with one date holds no other, where the notation can be read in one way."""
    assert (day == other) == (find_date(other, f"Invoice of {DATES[notation](day)}, thanks") is not None)


@given(DAYS, st.integers(1, 40), st.sampled_from(list(DATES)))
def test_a_day_or_so_beside_it_is_not_found(day: date, days: int, notation: str) -> None:
    """A slip of a day is noticed, unless day and month can be taken for each other."""
    beside = day + timedelta(days=days)
    readings = {(day.month, day.day), (day.day, day.month)}
    if (beside.month, beside.day) not in readings and beside.year == day.year:
        assert find_date(beside, DATES[notation](day)) is None


@pytest.mark.parametrize(
    "text",
    [
        "3. März 2026", "3 mars 2026", "3 de marzo de 2026", "3 março 2026", "3 marzo 2026", "3 maart 2026",
        "3 marca 2026",
        "den 3. marts 2026", "3 mars, 2026", "3. března 2026", "Mar. 3, 2026", "3 MAR 2026", "2026 March 3",
        "3-March-2026",
        "3. Ma\u0308rz\n2026", "2026. 3. 3", "3.3.2026-5.3.2026", "1.3.2026-3.3.2026", "scan_20260303.pdf", "3 Mar '26",
        "3rd of March, 2026", "3/3/26", "2026-3-3", "日付：2026年03月03日", "3.\u00a0März\u00a02026",
    ],
)  # fmt: skip
def test_the_same_day_in_many_countries(text: str) -> None:
    """Languages, accents in one or two characters, line breaks, ranges, names of files."""
    assert find_date(DAY, text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "", "13.3.2026", "3.3.2027", "23. März 2026", "3. Mai 2026", "3.30.2026", "2026-03-30", "2026-03-31",
        "3.3.20261",
        "12026-03-03", "March 30, 2026", "3.3.", "March 2026", "3 March", "5.3.3.2026", "3.3.126", "1203303",
        "3.3.1926",
        "Summarch 3, 2026",
    ],
)  # fmt: skip
def test_what_only_looks_like_it_is_not_found(text: str) -> None:
    """Parts of longer numbers, other days, dates without their year."""
    assert find_date(DAY, text) is None


def test_two_digits_are_a_year_of_our_time_only() -> None:
    """3.3.26 may be 2026, and is neither 1926 nor 2126."""
    assert find_date(date(1926, 3, 3), "3.3.26") is None
    assert find_date(date(2126, 3, 3), "3.3.26") is None
    assert find_date(date(2126, 3, 3), "3.3.2126") is not None


@pytest.mark.parametrize(
    ("value", "source", "quote"),
    [
        ("ines falk", "To Ines\n  Falk, garden", "Ines\n  Falk"),
        ("STRASSE 4", "in der Straße 4.", "Straße 4"),
        ("Ines", "To Jonas", None),
        ("a.b", "a.b", "a.b"),
        ("", "x", None),
    ],
)
def test_words_are_found_in_any_case(value: str, source: str, quote: str | None) -> None:
    """White space and letters that become two count as they do in the check."""
    span = find_text(value, source)
    assert quote == (None if span is None else source[span.start : span.end])


def test_every_value_that_must_appear_has_its_evidence() -> None:
    """By its slot and its place in it, with the line and the words of the document; others have none."""
    source = "Roof & Wall\nInvoice of March 3rd, 2026\n2 tiles 1.234,50 €\nin all 1.234,50 €\n" + "x" * 400
    slots = {
        "sender": TextSlot(must_appear=True),
        "long": TextSlot(must_appear=True),
        "note": TextSlot(),
        "day": DateSlot(must_appear=True),
        "due": DateSlot(must_appear=True, optional=True),
        "words": ListSlot(must_appear=True),
        "lines": ObjectsSlot(
            of={
                "what": TextSlot(),
                "pieces": NumberSlot(must_appear=True, optional=True),
                "price": MoneySlot(must_appear=True),
            }
        ),
    }
    money = {"currency": "EUR", "amount": 1234.5}
    answer = {
        "sender": "roof & wall", "long": "x" * 399, "note": "Tiles", "day": "2026-03-03", "due": None,
        "words": ["tiles", "in all"],
        "lines": [{"what": "tiles", "pieces": 2, "price": money}, {"what": "x", "pieces": None, "price": money}],
    }  # fmt: skip
    values = check(json.dumps(answer), slots, source)
    assert [
        ("sender", 1, "Roof & Wall"),
        ("long", 5, "x" * 160),
        ("day", 2, "March 3rd, 2026"),
        ("words[0]", 3, "tiles"),
        ("words[1]", 4, "in all"),
        ("lines[0].pieces", 3, "2"),
        ("lines[0].price", 3, "1.234,50 €"),
        ("lines[1].price", 3, "1.234,50 €"),
    ] == [(one.slot, one.line, one.quote) for one in evidence(slots, values, source)]


@given(DAYS, DAYS)
def test_only_a_date_that_stands_there_gets_through(day: date, other: date) -> None:
    """The check of a date that must appear is just this: it is found, or the answer is refused."""
    slots = {"day": DateSlot(must_appear=True)}
    text = f'{{"day":"{day}"}}'
    assert {"day": day} == check(text, slots, f"on {day.day}. {GERMAN[day.month - 1]} {day.year}")
    if day != other:
        with pytest.raises(SlotError, match="does not stand in the document"):
            check(text, slots, f"on {other.day}. {GERMAN[other.month - 1]} {other.year}")
