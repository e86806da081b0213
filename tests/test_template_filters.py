"""The filters of templates, each by an example: the README says that they are there."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from homebody.sandbox import ENVIRONMENT
from homebody.templates import TemplateError, compile_template

VALUES = {
    "day": date(2026, 1, 31),
    "moment": datetime(2026, 1, 31, 9, 5, tzinfo=UTC),
    "text": "Über den  Zaun: a/b",
    "list": ["b", "a", "b"],
    "numbers": [Decimal("1.10"), None, Decimal("2.05")],
    "rows": [{"n": 2, "ok": True}, {"n": 1, "ok": False}],
}

EXAMPLES = {
    "day | date('%d.%m.%Y')": "31.01.2026",
    "moment | date('%H:%M')": "09:05",
    "'2026-01-31' | date('%d. %m.')": "31. 01.",
    "'20260131' | date": "2026-01-31",
    "text | slug": "uber-den-zaun-a-b",
    "text | filename": "Über den Zaun- a-b",
    "'../..' | filename": "untitled",
    "text | words(2)": "Über den",
    "text | truncate(10, true)": "Über de...",
    "list | join(', ')": "b, a, b",
    "text | replace(' ', '_')": "Über_den__Zaun:_a/b",
    "'' | default('none', true)": "none",
    "'' | d('none', true)": "none",
    "numbers | sum": "3.15",
    "2.45 | round(1)": "2.5",
    "-3 | abs": "3",
    "'7' | int + 1": "8",
    "'1.5' | float + 1": "2.5",
    "[3, 1] | min": "1",
    "[3, 1] | max": "3",
    "text | lower | trim": "über den  zaun: a/b",
    "'ab' | upper": "AB",
    "'ab cd' | title": "Ab Cd",
    "'ab cd' | capitalize": "Ab cd",
    "3 | string + 'x'": "3x",
    "text | wordcount": "5",
    "rows | map(attribute='n') | list | tojson": "[2, 1]",
    "list | first": "b",
    "list | last": "b",
    "list | length": "3",
    "list | count": "3",
    "list | sort | join": "abb",
    "list | unique | join": "ba",
    "list | reverse | join": "bab",
    "[1, 2] | select('odd') | list | length": "1",
    "[1, 2] | reject('odd') | first": "2",
    "rows | selectattr('ok') | map(attribute='n') | first": "2",
    "rows | rejectattr('ok') | map(attribute='n') | first": "1",
    "rows[0] | items | first | first": "n",
}


@pytest.mark.parametrize("expression", EXAMPLES)
def test_what_a_filter_makes(expression: str) -> None:
    """The example comes out as it is written beside it."""
    assert EXAMPLES[expression] == compile_template(f"{{{{ {expression} }}}}").render(VALUES)


def test_each_filter_has_an_example() -> None:
    """None is there that nobody tried."""
    tried = {part.split("(")[0].split(" ")[0] for one in EXAMPLES for part in one.split(" | ")[1:]}
    assert {name for name in ENVIRONMENT.filters if not name.startswith("_")} == tried


@pytest.mark.parametrize("expression", ["'tomorrow' | date", "'' | date"])
def test_what_is_no_date_is_told(expression: str) -> None:
    """With what `date` is for."""
    with pytest.raises(TemplateError, match="for dates, and for texts like 2026-01-31"):
        compile_template(f"{{{{ {expression} }}}}").render(VALUES)
