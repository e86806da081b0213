"""How does a value stand in a table of text (CSV, TSV), so that no spreadsheet takes it for a formula?

A spreadsheet reckons a field that begins with =, +, - or @ when the file is opened, and a formula can fetch an
address with other fields in it (OWASP, "CSV Injection"; CWE-1236). A field that a value of the run stands in is
therefore written anew: in quotes where it needs them, with an apostrophe before what would be reckoned. What the
recipe itself writes around the values stays as it is, and numbers stay numbers.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from homebody.templates import Piece

SEPARATORS = ",;\t|"
"""What some spreadsheet, in some language, takes for the end of a field."""

_START = "=+-@\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6b\u2212"
_NUMBER = re.compile(
    r"[+-]? ?(?:[€$£¥] ?)?[0-9](?:[0-9., '\u2019]*[0-9])?[.,]?(?: ?(?:%|[€$£¥]|[A-Z]{3}))?|-{1,3}"
)


@dataclass(slots=True)
class _Field:
    """One field as it is being read: what the recipe wrote, and what stands in it."""

    raw: str = ""
    parts: list[Piece] = field(default_factory=list)
    quoted: bool = False
    open: bool = False
    closed: bool = False

    def take(self, c: str) -> None:
        """Take one character of the recipe's own."""
        self.raw += c
        if c != '"':
            self.closed = False
            self.parts.append(Piece(text=c))
            return
        if self.closed:  # two of them are one that is meant
            self.parts.append(Piece(text=c))
        self.closed = self.open
        self.open, self.quoted = not self.open, True

    def written(self) -> str:
        """Return the field as it is written."""
        if not any(part.text for part in self.parts if part.value):
            return self.raw
        return _as_field(self.parts, quoted=self.quoted)


def as_table(pieces: Sequence[Piece], *, tabs: bool) -> str:
    """Return *pieces* as one text: each value stays in its field, and is none that a spreadsheet reckons."""
    separator = "\t" if tabs else _separator(pieces)
    return "".join(_written(pieces, separator))


def as_field(pieces: Sequence[Piece]) -> str:
    """Return *pieces* as one whole field, in quotes where it needs them, on one line, and none that is reckoned."""
    parts = [
        Piece(text=cell(piece.text), value=True)
        if piece.value
        else Piece(text=" ".join(piece.text.splitlines()))
        for piece in pieces
    ]
    return _as_field(parts, quoted=False)


def _as_field(parts: Sequence[Piece], *, quoted: bool) -> str:
    """Return one field; what the recipe itself writes is reckoned only if it stands alone, or before numbers."""
    values = [part.text for part in parts if part.value]
    text = "".join(part.text for part in parts)
    own = not values or (not parts[0].value and all(map(_NUMBER.fullmatch, values)))
    if not own and _reckoned(text):
        text = f"'{text}"
    if quoted or any(c in text for c in f'{SEPARATORS}"\n\r'):
        return '"' + text.replace('"', '""') + '"'
    return text


def _written(pieces: Sequence[Piece], separator: str) -> Iterator[str]:
    now = _Field()
    for piece in pieces:
        if piece.value:
            now.parts.append(Piece(text=cell(piece.text), value=True))
            now.closed = False
            continue
        for c in piece.text:
            if not now.open and c in (separator, "\n", "\r"):
                yield now.written() + c
                now = _Field()
            else:
                now.take(c)
    yield now.written()


def _separator(pieces: Sequence[Piece]) -> str:
    """Return the separator that the recipe itself uses most, a comma if none."""
    found = Counter(c for piece in pieces if not piece.value for c in piece.text if c in SEPARATORS)
    return max(SEPARATORS, key=lambda c: found[c])


def cell(text: str) -> str:
    """Return a value on one line, without what cannot be seen, and with no formula behind a separator in it.

    A file with commas is opened with semicolons in another country: what stands behind one is a field there.
    """
    plain = "".join(c for c in text if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    parts = re.split(f"([{SEPARATORS}])", " ".join(plain.split()))
    return "".join(
        part if n == 0 or not _reckoned(part) else _apostrophe(part) for n, part in enumerate(parts)
    )


def _reckoned(text: str) -> bool:
    """Return whether a spreadsheet would reckon *text* instead of showing it."""
    bare = text.lstrip(" \"'" if text[:1] != "'" else "")
    return bare[:1] != "" and bare[0] in _START and not _NUMBER.fullmatch(bare.rstrip(' "'))


def _apostrophe(part: str) -> str:
    blank = len(part) - len(part.lstrip(' "'))
    return f"{part[:blank]}'{part[blank:]}"
