"""Slots as scripts get them."""

from datetime import date
from decimal import Decimal

from homebody.money import Money
from homebody.service.asking import _plain


def test_values_are_json():
    """Dates and money are written as recipes write them, exact numbers are numbers, and objects are objects."""
    found = {
        "day": date(2026, 3, 2), "total": Money(Decimal("1234.50"), "EUR"), "count": Decimal(3),
        "weight": Decimal("2.5"), "paid": True, "none": None, "items": [{"what": "tap", "due": date(2026, 1, 1)}],
    }  # fmt: skip
    assert {
        "day": "2026-03-02", "total": "1234.50 EUR", "count": 3, "weight": 2.5, "paid": True, "none": None,
        "items": [{"what": "tap", "due": "2026-01-01"}],
    } == _plain(found)  # fmt: skip
