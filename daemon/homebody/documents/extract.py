"""What does reading a document give?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

MOST_CHARACTERS = 5_000_000
"""Characters that a document may have as text; a book has a tenth of it."""

TOO_LONG = f"the document has more than {MOST_CHARACTERS:,} characters, and no more are read"
TOO_DEEP = "the document is damaged: its parts are nested too deeply"

UNREADABLE = "characters that could not be read"

LEFT_OUT = {
    UNREADABLE: "character that could not be read",
    "pages without text": "page without text",
    "pages that were not asked for": "page that was not asked for",
    "images": "image",
    "drawings": "drawing",
    "addresses of links": "address of a link",
    "attachments": "attachment",
    "comments": "comment",
    "speaker notes": "speaker note",
    "hidden parts": "hidden part",
    "formulas without a value": "formula without a value",
    "seconds of silence": "second of silence",
    "seconds that are cut off": "second that is cut off",
}
"""What a document can hold beside its text, many and one: counted and said, never dropped in silence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """A document's text; ``front`` is the front matter block of Markdown, as it stands.

    ``left_out`` counts, by the words of ``LEFT_OUT``, what is not in the text; ``recognised`` how many of its pages
    are pictures, whose text was recognised; ``heard`` how many seconds of sound it was heard in.
    """

    text: str
    front: str | None = None
    pages: int | None = None
    encoding: str | None = None
    left_out: Mapping[str, int] = field(default_factory=dict)
    recognised: int = 0
    heard: int = 0

    def left_out_words(self) -> str:
        """Return what is not in the text, in words; empty when there is nothing to say."""
        counted = ((self.left_out.get(many, 0), many, one) for many, one in LEFT_OUT.items())
        return ", ".join(
            f"{number:,} {one if number == 1 else many}" for number, many, one in counted if number
        )


class FormatError(Exception):
    """The bytes are not what their name says; the message is for a person."""


class NoTextError(FormatError):
    """There is no text in the document, and there may be pictures of some."""


def chosen(pages: Sequence[int | None] | None, number: int) -> range:
    """Return which of *number* pages are read, counted from 0: from the first to the last of *pages*, or all.

    Raises FormatError for a first one that the document does not have.
    """
    first, last = pages or (1, None)
    first = first or 1
    if first > number:
        raise FormatError(
            f"the document has {number:,} page{'s' if number != 1 else ''}, and it is read from page {first} on"
        )
    return range(first - 1, number if last is None else min(last, number))
