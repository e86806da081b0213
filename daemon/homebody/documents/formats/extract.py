"""What does reading a document give?"""

from dataclasses import dataclass

MOST_CHARACTERS = 5_000_000
"""Characters that a document may have as text; a book has a tenth of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """A document's text; ``front`` is the front matter block of Markdown, as it stands."""

    text: str
    front: str | None = None
    pages: int | None = None
    encoding: str | None = None


class FormatError(Exception):
    """The bytes are not what their name says; the message is for a person."""
