"""The text slot: words of bounded length."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from homebody.errors import SlotError
from homebody.slots.slot import Slot, appears, characters, clean
from homebody.slots.span import Span, find_text


class TextSlot(Slot):
    """Text of at most ``max`` characters, on one line unless ``lines: many``."""

    type: Literal["text"] = "text"
    max: int = Field(default=400, ge=1, le=4000, description="The most characters that the text may have.")
    lines: Literal["one", "many"] = Field(default="one", description="Whether the text may have line breaks.")
    must_appear: bool = Field(
        default=False, description="The text must stand in the document, word for word."
    )

    def instruction(self) -> str:
        """Return "text of at most N characters", and whether it must be copied."""
        copied = ", copied from the document" if self.must_appear else ""
        return f"text of at most {self.max} characters{copied}"

    def rule(self) -> str:
        """Return a string of one to ``max`` characters."""
        return rf'"\"" {characters(self.max)} "\""'

    def judge(self, value: Any, source: str) -> str:
        """Return the text cleaned; raise SlotError when it is empty, too long or not in *source*."""
        if not isinstance(value, str):
            raise SlotError("is not text")
        text = clean(value)
        if self.lines == "one":
            text = " ".join(text.split())
        if not text:
            raise SlotError("is empty")
        if len(text) > self.max:
            raise SlotError(f"has {len(text)} characters, and at most {self.max} are allowed")
        if self.must_appear and not appears(text, source):
            raise SlotError("does not stand in the document")
        return text

    def spans(self, value: Any, source: str) -> Mapping[str, Span]:
        """Return where the text stands."""
        span = find_text(value, source) if self.must_appear else None
        return {} if span is None else {"": span}

    def longest(self) -> int:
        """Return the characters of the text and its quotes, a tenth added for escapes."""
        return self.max + self.max // 10 + 2
