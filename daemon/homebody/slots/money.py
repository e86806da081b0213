"""The money slot: an amount and its currency."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from homebody.errors import SlotError
from homebody.money import DECIMALS, Money
from homebody.slots.number import Limit, bounds_in_words, exact, fitted, magnitude, refuse_beyond
from homebody.slots.number_notations import find_money
from homebody.slots.slot import Slot
from homebody.slots.span import Span
from homebody.templates import meant

_BY_HAND = re.compile(r"\s*(?:([A-Za-z]{3})\s*(-?[0-9.]+)|(-?[0-9.]+)\s*([A-Za-z]{3}))\s*")


def _listed(value: Any) -> Any:
    """Return one code as a list of one."""
    return [value] if isinstance(value, str) else value


class MoneySlot(Slot):
    """An amount of one of the currencies in ``currency``, of any if that is not given.

    Templates get its ``amount``, a Decimal with the decimals that the currency has, and its ``currency``, a code of
    ISO 4217; the whole of it reads 1234.50 EUR.
    """

    type: Literal["money"] = "money"
    currency: Annotated[list[str] | None, BeforeValidator(_listed)] = Field(
        default=None,
        min_length=1,
        max_length=50,
        description="The currency's code, or a list of those allowed.",
    )
    min: Limit = Field(default=Decimal(0), description="The smallest amount allowed, 0 if not given.")
    max: Limit = Field(default=None, description="The largest amount allowed.")
    must_appear: bool = Field(
        default=False, description="The amount must stand in the document, in whatever notation."
    )

    @field_validator("currency")
    @classmethod
    def _known(cls, codes: list[str] | None) -> list[str] | None:
        for code in codes or ():
            if code not in DECIMALS:
                close = meant(code.upper(), DECIMALS)
                hint = close if close.startswith("; did") else "; EUR, USD and GBP are some"
                raise ValueError(f'"{code}" is not the code of a currency{hint}')
        if codes and len(set(codes)) != len(codes):
            raise ValueError("a currency is named twice")
        return codes

    @model_validator(mode="after")
    def _some_amount(self) -> Self:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("`min` is more than `max`: no amount would be allowed")
        return self

    @property
    def currencies(self) -> list[str]:
        """The codes allowed."""
        return self.currency or list(DECIMALS)

    def instruction(self) -> str:
        """Return "currency (EUR or USD) and amount", the bounds, and whether it must stand in the document."""
        codes = f" ({' or '.join(self.currency)})" if self.currency else " (code of ISO 4217)"
        copied = ", one that stands in the document" if self.must_appear else ""
        least = None if self.min == 0 else self.min  # that nothing below 0 is meant goes without saying
        return f"object of currency{codes} and amount{bounds_in_words(least, self.max)}{copied}"

    def rule(self) -> str:
        """Return the object: the currency first, so that the amount has that one's decimals or none."""
        ways = []
        for decimals in sorted({DECIMALS[code] for code in self.currencies}):
            codes = [code for code in self.currencies if DECIMALS[code] == decimals]
            point = f' ("." [0-9]{{{decimals}}})?' if decimals else ""
            amount = magnitude(self.min, self.max)
            ways.append(rf'({_spelt(codes)}) "\",\"amount\":" {amount}{point}')
        return rf'"{{\"currency\":\"" ({" | ".join(ways)}) "}}"'

    def judge(self, value: Any, source: str) -> Money:
        """Return the money; raise SlotError for what is none, is out of bounds or does not stand in *source*."""
        if not isinstance(value, Mapping) or set(value) != {"amount", "currency"}:
            raise SlotError("is not an object of currency and amount")
        currency, found = value["currency"], exact(value["amount"])
        if not isinstance(currency, str) or currency not in self.currencies:
            raise SlotError(f"has a currency that is not {' or '.join(self.currency or ['one of ISO 4217'])}")
        if found is None:
            raise SlotError("has an amount that is not a number")
        amount = fitted(found, DECIMALS[currency])
        if amount is None:
            raise SlotError(f"has an amount with more than the {DECIMALS[currency]} decimals of {currency}")
        try:
            refuse_beyond(amount, self.min, self.max)
        except SlotError as error:
            raise SlotError(f"has an amount that {error}") from error
        money = Money(amount=amount, currency=currency)
        if self.must_appear and find_money(money, source) is None:
            raise SlotError("does not stand in the document")
        return money

    def spans(self, value: Any, source: str) -> Mapping[str, Span]:
        """Return where the amount stands."""
        span = find_money(value, source) if self.must_appear else None
        return {} if span is None else {"": span}

    def by_hand(self, text: str) -> dict[str, str]:
        """Return what is meant by 1234.50 EUR; the code may be left out where only one is allowed."""
        if (found := _BY_HAND.fullmatch(text)) is not None:
            return {"currency": (found[1] or found[4]).upper(), "amount": found[2] or found[3]}
        if self.currency is not None and len(self.currency) == 1:
            return {"currency": self.currency[0], "amount": text.strip()}
        raise SlotError("is not an amount and its currency, as in 1234.50 EUR")

    def longest(self) -> int:
        """Return the length of the object, the amount's digits counted twice: they are often tokens of their own."""
        return len('{"currency":"EUR","amount":}') + 2 * 20


def _spelt(codes: list[str]) -> str:
    """Return GBNF for *codes*, those with the same first letter together."""
    by_first: dict[str, list[str]] = {}
    for code in codes:
        by_first.setdefault(code[0], []).append(code[1:])
    ways = []
    for first, rests in by_first.items():
        ends = " | ".join(f'"{rest}"' for rest in rests)
        ways.append(f'"{first}" ({ends})')
    return " | ".join(ways)
