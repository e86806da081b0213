"""The list slot: a few words, from a closed list or free."""

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from homebody.errors import SlotError
from homebody.slots.choice import literal
from homebody.slots.slot import Slot, appears, characters, clean
from homebody.slots.span import Span, find_text

ITEM_CHARACTERS = 60
"""The most characters that one free item may have: a tag, a name, never a sentence that ran away."""

GRAMMAR_REPEATS = 1900
"""The most characters of all free items together: llama.cpp refuses grammars that repeat more than 2,000 times."""


class ListSlot(Slot):
    """At most ``max`` different words, each one of ``of`` when that is given.

    Free words, of at most ``max_length`` characters, are those of a list without ``of``, and those beside it: with
    ``new: allow`` they are taken, with ``new: propose`` they are left out and proposed to a person. A free word that is
    one of ``of`` but for upper and lower case becomes that one.
    """

    type: Literal["list"] = "list"
    of: list[str] | None = Field(default=None, min_length=1, max_length=200, description="The words allowed.")
    max: int = Field(default=3, ge=1, le=50, description="The most items that the list may have.")
    max_length: int | None = Field(
        default=None, ge=1, le=400, description="The most characters that each free item may have."
    )
    new: Literal["deny", "propose", "allow"] = Field(
        default="deny", description="What becomes of words that `of` does not have."
    )
    must_appear: bool = Field(
        default=False, description="Each item must stand in the document, word for word."
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.of is None and self.new != "deny":
            raise ValueError("`new` has no effect without `of`: a list without words takes any")
        if not self.free and self.max_length is not None:
            raise ValueError(
                "`max_length` has no effect beside `of`: these words have the length that they have"
            )
        return self

    @property
    def free(self) -> bool:
        """Whether the model may write words that the recipe does not name."""
        return self.of is None or self.new != "deny"

    @property
    def item_characters(self) -> int:
        """The most characters that a free item of this list may have."""
        return self.max_length or min(ITEM_CHARACTERS, GRAMMAR_REPEATS // self.max)

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
        words += "; or others, where none of these fits" if self.new != "deny" else ""
        length = f" of at most {self.max_length} characters each" if self.max_length else ""
        copied = ", each copied from the document" if self.must_appear else ""
        return f"list of at most {self.max}{words}{length}{copied}"

    def rule(self) -> str:
        """Return a JSON array of zero to ``max`` items."""
        return self._array(self._item())

    def rules(self, name: str) -> list[str]:
        """Return the array; where free items can be long, an item is a rule: llama.cpp repeats no long expression."""
        if self.max_length is None and self.new == "deny":
            return super().rules(name)
        return [
            f"{name} ::= {self._array(f'{name}-item')}{self.or_null()}",
            f"{name}-item ::= {self._item()}",
        ]

    def _item(self) -> str:
        ways = [literal(word) for word in self.of or ()]
        if self.free:
            ways.append(rf'"\"" {characters(self.item_characters)} "\""')
        return "(" + " | ".join(ways) + ")" if self.of else ways[0]

    def _array(self, item: str) -> str:
        return f'"[" ({item} ("," {item}){{0,{self.max - 1}}})? "]"'

    def judge(self, value: Any, source: str) -> list[str]:
        """Return the items without repeats, in the order given; raise SlotError for one not allowed."""
        items = self._items(value)
        strange = [item for item in items if item not in (self.of or ())]
        if strange and not self.free:
            raise SlotError(f"holds {len(strange)} that are not in the list")
        if any(len(item) > self.item_characters for item in strange):
            raise SlotError(f"holds an item of more than {self.item_characters} characters")
        if len(items) > self.max:
            raise SlotError(f"has {len(items)} items, and at most {self.max} are allowed")
        if self.new == "propose":
            items = [item for item in items if item in (self.of or ())]
        if self.must_appear and (absent := [item for item in items if not appears(item, source)]):
            raise SlotError(f"holds {len(absent)} that do not stand in the document")
        return items

    def _items(self, value: Any) -> list[str]:
        """Return the items cleaned, each once; raise SlotError for what is no list of words."""
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise SlotError("is not a list of words")
        items = [" ".join(clean(item).split()) for item in value]
        own = {word.casefold(): word for word in self.of or ()} if self.free else {}
        return list(dict.fromkeys(own.get(item.casefold(), item) for item in items if item))

    def proposals(self, value: Any) -> list[str]:
        """Return the words that are left out of a good answer's *value*, for a person to decide."""
        if self.new != "propose" or value is None:
            return []
        return [item for item in self._items(value) if item not in (self.of or ())]

    def spans(self, value: Any, source: str) -> Mapping[str, Span]:
        """Return where each item stands."""
        found = {f"[{number}]": find_text(item, source) for number, item in enumerate(value)}
        return {place: span for place, span in found.items() if span is not None} if self.must_appear else {}

    def by_hand(self, text: str) -> list[str]:
        """Return what stands between commas."""
        return [word for part in text.split(",") if (word := part.strip())]

    def longest(self) -> int:
        """Return the length of a full list of the longest items, brackets, quotes and commas counted."""
        item = max((len(literal(word)) for word in self.of or ()), default=0)
        return self.max * (max(item, self._longest_item() if self.free else 0) + 1) + 2

    def _longest_item(self) -> int:
        """Return the length of a free item and its quotes, some added for escapes."""
        return max(ITEM_CHARACTERS + 8, (self.max_length or 0) * 11 // 10 + 2)
