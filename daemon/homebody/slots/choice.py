"""The choice slot: one of a closed list of words."""

import json
from typing import Any, Literal

from pydantic import Field, field_validator

from homebody.errors import SlotError
from homebody.slots.slot import Slot


def literal(text: str) -> str:
    """Return the GBNF literal that matches *text* written as a JSON string."""
    written = json.dumps(text, ensure_ascii=False)
    return '"' + written.replace("\\", "\\\\").replace('"', '\\"') + '"'


class ChoiceSlot(Slot):
    """Exactly one of the words in ``of``."""

    type: Literal["choice"] = "choice"
    of: list[str] = Field(min_length=2, max_length=100, description="The words to choose from.")

    @field_validator("of")
    @classmethod
    def _distinct(cls, words: list[str]) -> list[str]:
        if len(set(words)) != len(words):
            raise ValueError("a choice is named twice")
        if not all(word.strip() and word.isprintable() for word in words):
            raise ValueError("a choice is empty or has characters that cannot be printed")
        return words

    def instruction(self) -> str:
        """Return "one of: a, b, c"."""
        return "one of: " + ", ".join(self.of)

    def rule(self) -> str:
        """Return the alternatives, each spelled out."""
        return "(" + " | ".join(literal(word) for word in self.of) + ")"

    def judge(self, value: Any, source: str) -> str:  # noqa: ARG002 - the list decides, not the document
        """Return the word; raise SlotError when it is not in the list."""
        if value not in self.of:
            raise SlotError("is none of: " + ", ".join(self.of))
        return str(value)

    def longest(self) -> int:
        """Return the length of the longest word as JSON."""
        return max(len(json.dumps(word, ensure_ascii=False)) for word in self.of)
