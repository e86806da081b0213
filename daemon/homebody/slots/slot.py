"""What every kind of slot can do: say itself in words, as a grammar rule, and judge an answer.

A slot is one typed thing that the model must fill. The model chooses nothing else: no action, no path, no
command (DESIGN section 2, statement 3).
"""

import unicodedata
from abc import ABC, abstractmethod
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from homebody.errors import SlotError

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

    def check(self, value: Any, source: str) -> Any:
        """Return the judged value, or None for an optional slot that was left empty."""
        if value is None:
            if self.optional:
                return None
            raise SlotError("is null, but the slot is not optional")
        return self.judge(value, source)


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
