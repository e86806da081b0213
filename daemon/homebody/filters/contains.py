"""The contains filter: files by words in their text."""

import unicodedata
from typing import ClassVar

from pydantic import Field, field_validator

from homebody.filters.expression import ExpressionFilter
from homebody.filters.filter import FileFacts, Stage


class ContainsFilter(ExpressionFilter):
    """``contains: invoice`` or a list of which one must stand in the text; case and line breaks do not matter.

    ``contains: {regex: "Invoice no\\. (?P<number>\\d+)"}`` looks for a regular expression; what its named groups
    hold is known to templates as ``{{ contains.number }}``. The text is what the reader gets, of any kind of document.
    """

    kind: ClassVar[str] = "contains"
    listed: ClassVar[str] = "words"
    needs: ClassVar[str] = 'words, as in "invoice", or {regex: "no\\. \\d+"}'

    words: tuple[str, ...] = Field(default=(), max_length=100, description="Words; one must be in the text.")
    regex: str | None = Field(default=None, description="A regular expression (RE2) to be found in the text.")

    @field_validator("words")
    @classmethod
    def _some(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        if any(not _plain(word).strip() or len(word) > 500 for word in words):
            raise ValueError("a text to look for has between 1 and 500 characters")
        return words

    @property
    def stage(self) -> Stage:
        """The reader has to read the file."""
        return Stage.TEXT

    def looked_at(self, file: FileFacts) -> str:
        """Return the file's text. Raises DocumentError."""
        return file.closer.text()

    def fits(self, text: str) -> bool:
        """Return whether one of the words stands in *text*."""
        plain = _plain(text)
        return any(_plain(word) in plain for word in self.words)


def _plain(text: str) -> str:
    """Return *text* in the one form in which equal words are equal: composed, without case, with single blanks."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())
