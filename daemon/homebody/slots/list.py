"""The list slot: a few words, from a closed list or free."""

from typing import Any, Literal

from pydantic import Field, field_validator

from homebody.errors import SlotError
from homebody.slots.choice import literal
from homebody.slots.slot import Slot, characters, clean

ITEM_CHARACTERS = 60
"""The most characters that one free item may have: a tag, a name, never a sentence that ran away."""

GRAMMAR_REPEATS = 1900
"""The most characters of all free items together: llama.cpp refuses grammars that repeat more than 2,000 times."""


class ListSlot(Slot):
    """At most ``max`` different words, each one of ``of`` when that is given."""

    type: Literal["list"] = "list"
    of: list[str] | None = Field(default=None, min_length=1, max_length=200, description="The words allowed.")
    max: int = Field(default=3, ge=1, le=50, description="The most items that the list may have.")

    @property
    def item_characters(self) -> int:
        """The most characters that a free item of this list may have."""
        return min(ITEM_CHARACTERS, GRAMMAR_REPEATS // self.max)

    @field_validator("of")
    @classmethod
    def _distinct(cls, words: list[str] | None) -> list[str] | None:
        if words is not None and not all(word and word == " ".join(clean(word).split()) for word in words):
            raise ValueError(
                "a word is empty, begins or ends with a blank, or has characters that cannot be printed"
            )
        if words is not None and len({word.casefold() for word in words}) != len(words):
            raise ValueError("a word is named twice")
        return words

    def instruction(self) -> str:
        """Return "list of at most N", and the words to take them from."""
        words = f" of: {', '.join(self.of)}" if self.of else " short items"
        return f"list of at most {self.max}{words}"

    def rule(self) -> str:
        """Return a JSON array of zero to ``max`` items."""
        if self.of:
            item = "(" + " | ".join(literal(word) for word in self.of) + ")"
        else:
            item = rf'"\"" {characters(self.item_characters)} "\""'
        return f'"[" ({item} ("," {item}){{0,{self.max - 1}}})? "]"'

    def judge(self, value: Any, source: str) -> list[str]:  # noqa: ARG002 - the list decides
        """Return the items without repeats, in the order given; raise SlotError for one not allowed."""
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise SlotError("is not a list of words")
        items = list(dict.fromkeys(" ".join(clean(item).split()) for item in value))
        items = [item for item in items if item]
        if self.of is not None and (strange := [item for item in items if item not in self.of]):
            raise SlotError(f"holds {len(strange)} that are not in the list")
        if self.of is None and any(len(item) > self.item_characters for item in items):
            raise SlotError(f"holds an item of more than {self.item_characters} characters")
        if len(items) > self.max:
            raise SlotError(f"has {len(items)} items, and at most {self.max} are allowed")
        return items

    def longest(self) -> int:
        """Return the length of a full list of the longest items, brackets, quotes and commas counted."""
        item = max((len(literal(word)) for word in self.of), default=0) if self.of else ITEM_CHARACTERS + 8
        return self.max * (item + 1) + 2
