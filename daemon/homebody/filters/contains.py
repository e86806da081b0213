"""The contains filter: files by words in their text."""

import unicodedata
from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field, field_validator, model_validator

from homebody.filters.filter import FileFacts, Filter, Stage
from homebody.regexes import compiled, found, groups_of


class ContainsFilter(Filter):
    """``contains: invoice`` or a list of which one must stand in the text; case and line breaks do not matter.

    ``contains: {regex: "Invoice no\\. (?P<number>\\d+)"}`` looks for a regular expression; what its named groups
    hold is known to templates as ``{{ contains.number }}``. The text is what the reader gets, of any kind of document.
    """

    kind: ClassVar[str] = "contains"

    words: tuple[str, ...] = Field(default=(), max_length=100, description="Words; one must be in the text.")
    regex: str | None = Field(default=None, description="A regular expression (RE2) to be found in the text.")

    @field_validator("words")
    @classmethod
    def _some(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        if any(not _plain(word).strip() or len(word) > 500 for word in words):
            raise ValueError("a text to look for has between 1 and 500 characters")
        return words

    @field_validator("regex")
    @classmethod
    def _expression(cls, regex: str | None) -> str | None:
        if regex is not None:
            compiled(regex)
        return regex

    @model_validator(mode="after")
    def _one(self) -> "ContainsFilter":
        if bool(self.words) is (self.regex is not None):
            raise ValueError('needs words, as in "invoice", or {regex: "no\\. \\d+"}')
        return self

    @classmethod
    def expand(cls, value: Any) -> Any:
        """Return one text as a list of one."""
        if isinstance(value, Mapping):
            return {"words": (), **value}
        return {"words": [value] if isinstance(value, str) else value}

    def long(self) -> Any:
        """Return the words, or the expression."""
        return list(self.words) if self.regex is None else {"regex": self.regex}

    @property
    def stage(self) -> Stage:
        """The reader has to read the file."""
        return Stage.TEXT

    def groups(self) -> tuple[str, ...]:
        """Return the names of the expression's groups."""
        return () if self.regex is None else groups_of(self.regex)

    def caught(self, file: FileFacts) -> Mapping[str, str | None]:
        """Return what the groups hold of the text."""
        empty: Mapping[str, str | None] = dict.fromkeys(self.groups())
        return empty if not empty or self.regex is None else found(self.regex, file.closer.text()) or empty

    def holds(self, file: FileFacts) -> bool:
        """Return whether one of the words stands in the text, or the expression is found in it."""
        text = file.closer.text()
        if self.regex is not None:
            return found(self.regex, text) is not None
        plain = _plain(text)
        return any(_plain(word) in plain for word in self.words)


def _plain(text: str) -> str:
    """Return *text* in the one form in which equal words are equal: composed, without case, with single blanks."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())
