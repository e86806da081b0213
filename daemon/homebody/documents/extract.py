"""What does reading a document give?"""

from collections.abc import Mapping
from dataclasses import dataclass, field

MOST_CHARACTERS = 5_000_000
"""Characters that a document may have as text; a book has a tenth of it."""

TOO_LONG = f"the document has more than {MOST_CHARACTERS:,} characters, and no more are read"
TOO_DEEP = "the document is damaged: its parts are nested too deeply"

LEFT_OUT = (
    "images",
    "drawings",
    "addresses of links",
    "attachments",
    "comments",
    "speaker notes",
    "hidden parts",
    "formulas without a value",
)
"""What a document can hold beside its text: counted and said, never dropped in silence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """A document's text; ``front`` is the front matter block of Markdown, as it stands.

    ``left_out`` counts, by the words of ``LEFT_OUT``, what is not in the text.
    """

    text: str
    front: str | None = None
    pages: int | None = None
    encoding: str | None = None
    left_out: Mapping[str, int] = field(default_factory=dict)

    def left_out_words(self) -> str:
        """Return what is not in the text, in words; empty when there is nothing to say."""
        return ", ".join(f"{number:,} {what}" for what in LEFT_OUT if (number := self.left_out.get(what, 0)))


class FormatError(Exception):
    """The bytes are not what their name says; the message is for a person."""
