"""The date slot: a day of the calendar, within bounds."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from homebody.errors import SlotError
from homebody.slots.date_notations import find_date
from homebody.slots.digits import padded
from homebody.slots.slot import Slot
from homebody.slots.span import Span

FIRST, LAST = date(1000, 1, 1), date(2999, 12, 31)
"""The days that a slot can hold: years of four digits, none that only a slip of the pen makes."""

_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

_DAYS = (
    '"0" [13578] "-" {31} | "1" [02] "-" {31} | "0" [469] "-" {30} | "11-" {30} | "02-" {29}'.replace(
        "{31}", '("0" [1-9] | [12] [0-9] | "3" [01])'
    )
    .replace("{30}", '("0" [1-9] | [12] [0-9] | "30")')
    .replace("{29}", '("0" [1-9] | [12] [0-9])')
)
"""GBNF for month and day: each month has its days, February 29; in which years, the check says."""


def day(text: str) -> date:
    """Return the day that *text* is, as YYYY-MM-DD; raise ValueError for what is no day of the calendar."""
    if not _ISO.fullmatch(text):
        raise ValueError("must be a date as YYYY-MM-DD")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text} is not a day of the calendar") from error


def _bound(value: Any) -> Any:
    """Return the day or the word that a bound in a recipe is."""
    if isinstance(value, date) or value is None:
        return value
    if not isinstance(value, str):
        raise ValueError("must be `today`, or a date as YYYY-MM-DD")  # noqa: TRY004 - pydantic wants a ValueError
    if value == "today":
        return value
    if not _ISO.fullmatch(value):
        hint = '; did you mean "today"?' if value.casefold().startswith(("to", "now")) else ""
        raise ValueError(f'"{value}" is neither `today` nor a date as YYYY-MM-DD{hint}')
    found = day(value)
    if not FIRST <= found <= LAST:
        raise ValueError(f"must be between {FIRST} and {LAST}")
    return found


Bound = Annotated[date | Literal["today"] | None, BeforeValidator(_bound)]


class DateSlot(Slot):
    """A day from ``not_before`` to ``not_after``; templates get a date of Python."""

    type: Literal["date"] = "date"
    not_before: Bound = Field(default=None, description="The first day allowed: a date, or `today`.")
    not_after: Bound = Field(default=None, description="The last day allowed: a date, or `today`.")
    must_appear: bool = Field(
        default=False, description="The date must stand in the document, in whatever notation."
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        first, last = self.not_before, self.not_after
        if isinstance(first, date) and isinstance(last, date) and first > last:
            raise ValueError("`not_before` is later than `not_after`: no day would be allowed")
        return self

    @property
    def first(self) -> date:
        """The first day that grammar and check allow."""
        return self.not_before if isinstance(self.not_before, date) else FIRST

    @property
    def last(self) -> date:
        """The last day that grammar and check allow."""
        return self.not_after if isinstance(self.not_after, date) else LAST

    def on(self, today: date) -> Self:
        """Return the slot with *today* for the word; on a day that leaves none, no day is allowed."""
        update = {name: today for name in ("not_before", "not_after") if getattr(self, name) == "today"}
        return self.model_copy(update=update) if update else self

    def instruction(self) -> str:
        """Return "date as YYYY-MM-DD", its bounds, and whether it must stand in the document."""
        bounds = [
            f", not {word} {bound}"
            for word, bound in (("before", self.not_before), ("after", self.not_after))
            if bound is not None
        ]
        copied = ", one that stands in the document" if self.must_appear else ""
        return f"date as YYYY-MM-DD{''.join(bounds)}{copied}"

    def rule(self) -> str:
        """Return a year from the first to the last allowed, a month, and a day that the month has."""
        first, last = sorted((self.first.year, self.last.year))
        return rf'"\"" {padded(f"{first:04d}", f"{last:04d}")} "-" ({_DAYS}) "\""'

    def judge(self, value: Any, source: str) -> date:
        """Return the date; raise SlotError for what is none, is out of bounds or does not stand in *source*.

        `today` must have become a day before (``on``). Raises ValueError otherwise.
        """
        if "today" in (self.not_before, self.not_after):
            raise ValueError("A date can be judged only by a slot that knows what day it is.")
        if not isinstance(value, str) or not _ISO.fullmatch(value):
            raise SlotError("is not a date as YYYY-MM-DD")
        try:
            found = day(value)
        except ValueError as error:
            raise SlotError("is not a day of the calendar") from error
        if found < self.first:
            raise SlotError(f"is before {self.first}")
        if found > self.last:
            raise SlotError(f"is after {self.last}")
        if self.must_appear and find_date(found, source) is None:
            raise SlotError("does not stand in the document")
        return found

    def spans(self, value: Any, source: str) -> Mapping[str, Span]:
        """Return where the date stands."""
        span = find_date(value, source) if self.must_appear else None
        return {} if span is None else {"": span}

    def by_hand(self, text: str) -> str:
        """Return the date without blanks around it."""
        return text.strip()

    def longest(self) -> int:
        """Return twice the length of a date: digits are often tokens of their own."""
        return 24
