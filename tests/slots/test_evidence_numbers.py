"""Numbers and money are found in every notation that people use, and only where they stand."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.money import Money
from homebody.slots.number_notations import find_money, find_number

AROUND = st.tuples(
    st.sampled_from(["", "on ", "Datum: ", "(", "am\n", "| ", "vom "]),
    st.sampled_from(["", ".", ",", ")", " and", "\n"]),
)


SEPARATORS = {
    "none, point": ("", "."),
    "none, comma": ("", ","),
    "comma, point": (",", "."),
    "point, comma": (".", ","),
    "blank, comma": (" ", ","),
    "no-break, comma": ("\u00a0", ","),
    "narrow, point": ("\u202f", "."),
    "apostrophe, point": ("'", "."),
    "typographic, point": ("’", "."),
}
AMOUNTS = st.integers(0, 10**11).map(lambda cents: Decimal(cents).scaleb(-2))


def grouped(value: Decimal, separators: str) -> str:
    """Return *value*, two decimals, as people write it."""
    group, point = SEPARATORS[separators]
    return f"{value:,.2f}".replace(",", "G").replace(".", point).replace("G", group)


@given(AMOUNTS, st.sampled_from(list(SEPARATORS)), AROUND)
def test_a_number_is_found_in_every_notation(
    value: Decimal, separators: str, around: tuple[str, str]
) -> None:
    """Whatever parts the thousands and the decimals, and the span is that of the number."""
    written = grouped(value, separators)
    text = around[0] + written + around[1]
    span = find_number(value, text)
    assert span is not None
    assert text[span.start : span.end] == written


@given(AMOUNTS, AMOUNTS, st.sampled_from(sorted(set(SEPARATORS) - {"blank, comma"})))
def test_another_number_is_not_found(value: Decimal, other: Decimal, separators: str) -> None:
    """No part of a number is a number that stands there."""
    assert (value == other) == (find_number(other, f"In all {grouped(value, separators)} of it.") is not None)


@given(
    AMOUNTS.filter(lambda value: value >= 1000), st.sampled_from(sorted(set(SEPARATORS) - {"blank, comma"}))
)
def test_neither_its_end_nor_its_beginning_nor_a_shifted_point_is_found(
    value: Decimal, separators: str
) -> None:
    """The slips that a small model makes: thousands dropped, a digit lost, the point elsewhere, the sign turned."""
    text = f"In all {grouped(value, separators)} of it."
    for slip in {value % 1000, value // 1000, value * 10, value / 100, value + 1, -value} - {
        value,
        -value * 0,
    }:
        if slip != value:
            assert find_number(slip, text) is None


MARKS = {
    "EUR": ["€", "EUR", "Euro", "euros"],
    "USD": ["$", "US$", "USD", "dollars"],
    "GBP": ["£", "GBP"],
    "CHF": ["CHF", "Fr."],
}


@given(st.sampled_from(list(MARKS)), AMOUNTS, st.sampled_from(list(SEPARATORS)), st.data())
def test_money_is_found_with_its_currency_on_either_side(
    code: str, value: Decimal, separators: str, data: st.DataObject
) -> None:
    """Before or behind, with a blank or without; the quoted words have both."""
    mark, blank = data.draw(st.sampled_from(MARKS[code])), data.draw(st.sampled_from(["", " ", "\u00a0"]))
    if mark[-1].isalpha():
        blank = blank or " "
    number = grouped(value, separators)
    written = data.draw(st.sampled_from([f"{number}{blank}{mark}", f"{mark}{blank}{number}"]))
    text = f"Total: {written}, payable"
    span = find_money(Money(value, code), text)
    assert span is not None
    assert text[span.start : span.end] == written
    other = data.draw(st.sampled_from([one for one in MARKS if one != code]))
    assert find_money(Money(value, other), text) is None


@pytest.mark.parametrize(
    ("amount", "code", "text", "quote"),
    [
        ("1234.50", "EUR", "1.234,50 €", "1.234,50 €"),
        ("1234.50", "EUR", "EUR1234.5", "EUR1234.5"),
        ("1234.50", "EUR", "Amount (EUR) | 1.234,50 |", "1.234,50"),
        ("1234.00", "EUR", "1.234,-- €", "1.234,-- €"),
        ("12.00", "EUR", "12,- €", "12,- €"),
        ("1000", "JPY", "¥1,000", "¥1,000"),
        ("1000", "JPY", "1,000円", "1,000円"),
        ("1234567.00", "INR", "₹12,34,567", "₹12,34,567"),
        ("1234.50", "CHF", "CHF 1'234.50", "CHF 1'234.50"),
        ("12.50", "PLN", "12,50 zł", "12,50 zł"),
        ("99.00", "SEK", "99 kr", "99 kr"),
        ("99.00", "AUD", "A$99", "A$99"),
        ("-12.50", "EUR", "credit: -12,50 €", "12,50 €"),
        ("-12.50", "EUR", "12,50- €", "12,50- €"),
        ("-12.50", "USD", "($12.50)", "$12.50"),
        ("-12.50", "USD", "−$12.50", "$12.50"),
    ],
)
def test_money_of_many_countries(amount: str, code: str, text: str, quote: str) -> None:
    """Signs, words and codes, on either side, or once at the head of a table."""
    span = find_money(Money(Decimal(amount), code), text)
    assert span is not None
    assert quote == text[span.start : span.end]


@pytest.mark.parametrize(
    ("amount", "code", "text"),
    [
        ("1234.50", "EUR", ""),
        ("1234.50", "EUR", "1.234,50"),
        ("1234.50", "EUR", "1.234,50 $"),
        ("1234.50", "EUR", "1.234,50 USD, or in EUR less"),
        ("234.50", "EUR", "1.234,50 €"),
        ("1234.50", "EUR", "11.234,50 €"),
        ("1234.50", "EUR", "1.234,505 €"),
        ("12.50", "EUR", "-12,50 €"),
        ("12.50", "EUR", "12,50- €"),
        ("12.50", "EUR", "−€12.50"),
        ("-12.50", "EUR", "12,50 €"),
    ],
)
def test_money_that_is_other_money_is_not_found(amount: str, code: str, text: str) -> None:
    """Another currency beside it, another sign, a part of another amount."""
    assert find_money(Money(Decimal(amount), code), text) is None


@pytest.mark.parametrize(
    ("value", "text", "there"),
    [
        (12, "12 eggs", True),
        (12, "10-12 days", True),
        (12, "12%", True),
        (12, "12.", True),
        (12, "12.5", False),
        (12, "A12", False),
        (12, "INV-12", False),
        (12, "10:12", False),
        (12, "112", False),
        (2026, "in 2026.", True),
        (12, "2026-12-31", False),
        (3, "3.3.2026", False),
        (Decimal("0.5"), "about .5", True),
        (5, "about .5", False),
        (1000, "1.000", True),
        (1, "1.000", True),
        (Decimal("100.00"), "2 100.00 200.00", True),
        (-5, "-5 °C", True),
        (5, "-5 °C", False),
        (5, "- 5 eggs", True),
    ],
)
def test_numbers_in_their_surroundings(value: int | Decimal, text: str, there: bool) -> None:
    """Marks of lists, units and ranges do no harm; names, dates, times and longer numbers hold no number."""
    assert there == (find_number(value, text) is not None)


def test_a_text_full_of_one_amount_does_not_hold_up_the_house() -> None:
    """Only so many places are looked at: what stands behind a thousand others of its like is not found."""
    text = "$5 " * 300_000 + "EUR 5"
    assert find_money(Money(Decimal("5.00"), "USD"), text) is not None
    assert find_money(Money(Decimal("5.00"), "EUR"), text) is None
