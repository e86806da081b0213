"""What every kind of slot can do: say itself in words, as a grammar rule, and judge an answer.

A slot is one typed thing that the model must fill. The model chooses nothing else: no action, no path, no
command (DESIGN section 2, statement 3).
"""

import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from homebody.errors import SlotError
from homebody.slots.span import Span

JSON_CHARACTER = r"""([^"\\\x00-\x1F\x7F] | "\\" ["\\/n])"""
"""GBNF for one character inside a JSON string: no control characters, and only the escapes that text needs."""


JOINERS = "\u200c\u200d"
"""Zero-width non-joiner and joiner: Persian, Hindi and others cannot be spelt without them (Unicode, 23.2)."""


LONGEST_REPEAT = 1500
"""The longest repetition of one GBNF rule that is used: above 2,000 llama.cpp forgets the bound or refuses."""


def characters(most: int) -> str:
    """Return GBNF for one to *most* characters inside a JSON string.

    More than 1,500 become equal pieces, which can make the bound a character or two lower, never higher.
    """
    pieces = -(-most // LONGEST_REPEAT)
    each = most // pieces
    more = ""
    for _ in range(pieces - 1):
        more = f"({JSON_CHARACTER}{{{each}}} {more})? " if more else f"({JSON_CHARACTER}{{{each}}})? "
    return f"{more}{JSON_CHARACTER}{{1,{each}}}"


class Slot(BaseModel, ABC):
    """One typed thing that the model must fill."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    description: str | None = Field(default=None, description="What to put here, in words for the model.")
    optional: bool = Field(default=False, description="The answer may be null when the document has none.")

    @abstractmethod
    def instruction(self) -> str:
        """Return what the slot must hold, in the words that the model reads."""

    @abstractmethod
    def rule(self) -> str:
        """Return a GBNF expression for the slot's JSON value, null left aside."""

    @abstractmethod
    def judge(self, value: Any, source: str) -> Any:
        """Return *value* as the recipe's templates get it; *source* is the document's text.

        Raises SlotError, saying what is wrong in words that the model can use to repair its answer.
        """

    @abstractmethod
    def longest(self) -> int:
        """Return an upper bound of the JSON value's length in characters."""

    def rules(self, name: str) -> list[str]:
        """Return the lines of GBNF that make the rule *name*: the slot's JSON value, or null if it is optional.

        A rule that needs others calls them *name* with a dash and a word behind it.
        """
        return [f"{name} ::= {self.rule()}{self.or_null()}"]

    def or_null(self) -> str:
        """Return what a rule ends with: the way out of an optional slot."""
        return ' | "null"' if self.optional else ""

    def spans(self, value: Any, source: str) -> Mapping[str, Span]:  # noqa: ARG002 - few kinds need evidence
        """Return where in *source* that which must appear of a judged *value* stands.

        By its place in the value: "" for the whole of it, "[0]" for an item, "[0].due" for a part of one.
        """
        return {}

    def proposals(self, value: Any) -> list[str]:  # noqa: ARG002 - only lists propose
        """Return the words in a good answer's *value* that are not taken before a person agrees to them."""
        return []

    def by_hand(self, text: str) -> Any:
        """Return the JSON value that a person means who writes *text*. Raises SlotError."""
        return text

    def on(self, today: date) -> Self:  # noqa: ARG002 - only dates hang on the day
        """Return the slot as it is on the day *today*."""
        return self

    def long(self) -> dict[str, Any]:
        """Return the slot as a recipe's long form has it: plain values, what is not given left out."""
        said = self.model_dump(exclude={"type"}, exclude_none=True)
        plain = {key: _plain(value) for key, value in said.items()}
        return {"type": type(self).model_fields["type"].default, **plain}

    def check(self, value: Any, source: str) -> Any:
        """Return the judged value, or None for an optional slot that was left empty."""
        if value is None:
            if self.optional:
                return None
            raise SlotError("is null, but the slot is not optional")
        return self.judge(value, source)


def _plain(value: Any) -> Any:
    """Return a date or an exact number as YAML has it."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, date) else value


def clean(text: str) -> str:
    """Return *text* without the control characters that could drive a terminal, ends trimmed.

    Tabs and the blanks of other scripts become spaces; newlines stay, and so do the joiners that scripts and
    emoji are written with.
    """
    return "".join(map(_cleaned, text)).strip()


def _cleaned(c: str) -> str:
    """Return what stays of the character *c*."""
    if c.isprintable() or c == "\n" or c in JOINERS:
        return c
    return " " if c == "\t" or unicodedata.category(c) == "Zs" else ""


def appears(value: str, source: str) -> bool:
    """Return whether *value* stands in *source*, upper and lower case and runs of white space left aside."""
    return " ".join(value.split()).casefold() in " ".join(source.split()).casefold()
