"""What slots hold can be reckoned with in templates, and gives no more than that."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from homebody.money import Money
from homebody.templates import TemplateError, compile_template


def filled() -> dict[str, Any]:
    """Return what slots of every kind hold."""
    euros = Money(Decimal("1234.50"), "EUR")
    return {
        "ask": {
            "total": euros,
            "weight": Decimal("0.10"),
            "pieces": 3,
            "day": date(2026, 3, 2),
            "paid": False,
            "lines": [
                {"what": "tiles", "price": euros, "items": 2},
                {"what": "glue", "price": Money(Decimal("0.10"), "EUR"), "items": None},
            ],
        },
        "run": {"date": date(2026, 3, 9)},
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ ask.total }}", "1234.50 EUR"),
        ("{{ ask.total.amount }} {{ ask.total.currency }}", "1234.50 EUR"),
        ("{{ ask.total.amount + ask.weight }}", "1234.60"),
        ("{{ ask.total.amount * 1.19 }}", "1469.0550"),
        ("{{ (ask.total.amount * 1.19) | round(2) }}", "1469.06"),
        ("{{ 0.1 + ask.weight }}|{{ ask.weight - 0.1 }}|{{ ask.weight / 0.1 }}", "0.20|0.00|1.0"),
        ("{{ 'much' if ask.total.amount > 1000 else 'little' }}", "much"),
        ("{{ ask.pieces // 2 }}|{{ -ask.weight }}", "1|-0.10"),
        ("{{ ask.day.year }}-{{ ask.day | date('%d.%m.') }}", "2026-02.03."),
        ("{{ (run.date - ask.day).days }}", "7"),
        ("{{ 'paid' if ask.paid else 'open' }}", "open"),
        ("{% for line in ask.lines %}{{ line.what }}: {{ line.items }};{% endfor %}", "tiles: 2;glue: ;"),
        ("{{ ask.lines | map(attribute='price.amount') | sum }}", "1234.60"),
        (
            "{{ ask.lines | map(attribute='items') | sum }}|{{ [] | sum }}|{{ [0.5, ask.weight] | sum }}",
            "2|0|0.60",
        ),
        ("{{ ask.lines | map(attribute='what') | join(', ') }}", "tiles, glue"),
        (
            "{{ [ask.total, ask.weight, ask.day] | tojson }}",
            '[{"amount": 1234.5, "currency": "EUR"}, 0.1, "2026-03-02"]',
        ),
    ],
)
def test_what_slots_hold_can_be_reckoned_with(text: str, expected: str) -> None:
    """Money, exact numbers, dates, flags and objects; what is exact stays exact."""
    assert expected == compile_template(text).render(filled())


@pytest.mark.parametrize(
    "text",
    [
        "{{ ask.total.__class__ }}",
        "{{ ask.total.amount.to_eng_string() }}",
        "{{ ask.weight.__class__ }}",
        "{{ ask.total + ask.total }}",
        "{{ ask.weight * 'x' }}",
        "{{ ['a'] | sum }}",
        "{{ [[1], [2]] | sum }}",
        "{{ ask.weight / 0 }}",
        "{{ ask.lines | map(attribute='__class__') | join }}",
    ],
)
def test_what_slots_hold_gives_no_more_than_that(text: str) -> None:
    """No way into Python, and no sum of what has none."""
    with pytest.raises(TemplateError):
        compile_template(text).render(filled())
