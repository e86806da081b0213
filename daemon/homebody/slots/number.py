"""The number slot: a number within bounds, with so many decimals."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from homebody.errors import SlotError
from homebody.slots.digits import between
from homebody.slots.number_notations import find_number
from homebody.slots.slot import Slot
from homebody.slots.span import Span

LARGEST = 10**15 - 1
"""The largest number, either way: what every spreadsheet and every template can still hold exactly."""

_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,6})?")


def exact(value: Any) -> Decimal | None:
    """Return *value*, a number of JSON or one written as such, as it was meant; None for what is no such number."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        return None
    if isinstance(value, str):
        return Decimal(value.strip()) if _NUMBER.fullmatch(value.strip()) else None
    try:
        found = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
        return found if found.is_finite() and abs(found) <= LARGEST else None
    except InvalidOperation:
        return None


def fitted(value: Decimal, decimals: int) -> Decimal | None:
    """Return *value* with just so many *decimals*, None when it has more."""
    found = value.quantize(Decimal(1).scaleb(-decimals))
    return found if found == value else None


def bound(value: Any) -> Any:
    """Return a bound in a recipe as it was meant."""
    if value is None or isinstance(value, Decimal):
        return value
    found = None if isinstance(value, str) else exact(value)
    if found is None:
        raise ValueError(f"must be a number, at most {LARGEST}")
    return found


def magnitude(low: Decimal | None, high: Decimal | None) -> str:
    """Return GBNF for the part before the decimal point of numbers from *low* to *high*, a sign where one can be."""
    most = LARGEST if low is None or high is None else int(max(abs(low), abs(high)))
    sign = '"-"? ' if low is None or low < 0 else ""
    return f"{sign}{between(0, most)}"


def bounds_in_words(low: Decimal | None, high: Decimal | None) -> str:
    """Return " from 1 to 5", or the one bound that there is."""
    if low is not None and high is not None:
        return f" from {low:f} to {high:f}"
    return f" of at least {low:f}" if low is not None else f" of at most {high:f}" if high is not None else ""


def refuse_beyond(value: Decimal, low: Decimal | None, high: Decimal | None) -> None:
    """Raise SlotError for a *value* that is out of bounds."""
    if low is not None and value < low:
        raise SlotError(f"is less than {low:f}")
    if high is not None and value > high:
        raise SlotError(f"is more than {high:f}")


Limit = Annotated[Decimal | None, BeforeValidator(bound)]


class NumberSlot(Slot):
    """A number from ``min`` to ``max``; templates get an int, or with ``decimals`` a Decimal, which is exact."""

    type: Literal["number"] = "number"
    decimals: int = Field(default=0, ge=0, le=6, description="The most digits behind the decimal point.")
    min: Limit = Field(default=None, description="The smallest number allowed.")
    max: Limit = Field(default=None, description="The largest number allowed.")
    unit: str | None = Field(
        default=None, min_length=1, max_length=20, description="What is counted, in words for the model."
    )
    must_appear: bool = Field(
        default=False, description="The number must stand in the document, in whatever notation."
    )

    @field_validator("min", "max")
    @classmethod
    def _with_as_many_decimals(cls, value: Decimal | None, info: ValidationInfo) -> Decimal | None:
        decimals = info.data.get("decimals", 6)
        if value is not None and fitted(value, decimals) is None:
            raise ValueError(f"has more than {decimals} decimals: give the slot more `decimals`")
        return value

    @model_validator(mode="after")
    def _some_number(self) -> Self:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("`min` is more than `max`: no number would be allowed")
        if self.unit is not None and not (self.unit.strip() and self.unit.isprintable()):
            raise ValueError("`unit` is empty or has characters that cannot be printed")
        return self

    def instruction(self) -> str:
        """Return the kind of number, its bounds and its unit, and whether it must stand in the document."""
        kind = "number" if self.decimals else "whole number"
        decimals = f", with at most {self.decimals} decimals" if self.decimals else ""
        unit = f", in {self.unit}" if self.unit else ""
        copied = ", one that stands in the document" if self.must_appear else ""
        return f"{kind}{bounds_in_words(self.min, self.max)}{decimals}{unit}{copied}"

    def rule(self) -> str:
        """Return the whole numbers within the bounds; of others, numbers of so many digits at most."""
        if self.decimals:
            return rf'{magnitude(self.min, self.max)} ("." [0-9]{{1,{self.decimals}}})?'
        low = -LARGEST if self.min is None else int(self.min)
        return between(low, LARGEST if self.max is None else int(self.max))

    def judge(self, value: Any, source: str) -> int | Decimal:
        """Return the number; raise SlotError for what is none, is out of bounds or does not stand in *source*."""
        found = exact(value)
        if found is None:
            raise SlotError("is not a number")
        number = fitted(found, self.decimals)
        if number is None:
            few = f"has more than {self.decimals} decimals"
            raise SlotError(few if self.decimals else "is not a whole number")
        refuse_beyond(number, self.min, self.max)
        if self.must_appear and find_number(number, source) is None:
            raise SlotError("does not stand in the document")
        return number if self.decimals else int(number)

    def spans(self, value: Any, source: str) -> Mapping[str, Span]:
        """Return where the number stands."""
        span = find_number(value, source) if self.must_appear else None
        return {} if span is None else {"": span}

    def longest(self) -> int:
        """Return twice the length of the longest number: digits are often tokens of their own."""
        return 2 * (2 + len(str(LARGEST)) + self.decimals)
