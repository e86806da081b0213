"""The text slot: words of bounded length."""

import re
from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from homebody.errors import SlotError
from homebody.languages import language_in_words
from homebody.slots.slot import Slot, appears, characters, clean
from homebody.slots.span import Span, find_text

_MARKS = (
    (re.compile(r"^[ \t]*(?:#{1,6}|>)[ \t]+", re.MULTILINE), ""),  # headings, quotations
    (re.compile(r"^[ \t]*[*+][ \t]+", re.MULTILINE), "- "),  # items, as plain text has them
    (re.compile(r"!?\[([^\]\n]*)\]\([^)\n]*\)"), r"\1"),  # links and pictures: their words
    (re.compile(r"(\*\*|__|`+)(?=\S)(.+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])"), r"\1"),
)
"""What marks Markdown, and what is left of it."""


def unmarked(text: str) -> str:
    """Return *text* without the marks of Markdown; a star or a bar that marks nothing stays."""
    for mark, left in _MARKS:
        text = mark.sub(left, text)
    return text.strip()


class TextSlot(Slot):
    """Text of at most ``max`` characters, on one line unless ``lines: many``.

    ``format: plain`` takes the marks of Markdown out of it, ``markdown`` asks for them and keeps line breaks; without
    it the text is as the model wrote it. ``language`` is one of its own, where the other slots have another.
    """

    type: Literal["text"] = "text"
    max: int = Field(default=400, ge=1, le=4000, description="The most characters that the text may have.")
    lines: Literal["one", "many"] = Field(default="one", description="Whether the text may have line breaks.")
    must_appear: bool = Field(
        default=False, description="The text must stand in the document, word for word."
    )
    format: Literal["plain", "markdown"] | None = Field(
        default=None,
        description="Whether the text is to be plain or Markdown; not said, as the model writes.",
    )
    language: str | None = Field(
        default=None, description="The language of this slot alone, by name or code (de, pt-BR)."
    )

    @field_validator("language")
    @classmethod
    def _known(cls, language: str | None) -> str | None:
        if language is not None and language_in_words(language) is None:
            raise ValueError(
                f'"{language}" is no language or code that is known here; write its English name'
            )
        return language

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.must_appear and (self.format is not None or self.language is not None):
            raise ValueError(
                "what must appear is copied as it stands: `format` and `language` have no effect beside it"
            )
        return self

    def instruction(self) -> str:
        """Return "text of at most N characters", and whether it must be copied."""
        copied = ", copied from the document" if self.must_appear else ""
        language = f" in {language_in_words(self.language)}" if self.language else ""
        form = {None: "", "plain": ", plain, without Markdown", "markdown": ", as Markdown"}[self.format]
        return f"text{language} of at most {self.max} characters{copied}{form}"

    def rule(self) -> str:
        """Return a string of one to ``max`` characters."""
        return rf'"\"" {characters(self.max)} "\""'

    def judge(self, value: Any, source: str) -> str:
        """Return the text cleaned; raise SlotError when it is empty, too long or not in *source*."""
        if not isinstance(value, str):
            raise SlotError("is not text")
        text = clean(value)
        if self.format == "plain":
            text = unmarked(text)
        if self.lines == "one" and self.format != "markdown":
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
