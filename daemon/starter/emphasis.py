"""Which tokens of an answer are decisions, and which follow by themselves?

Most tokens of an answer are dictated by the grammar (keys, brackets) or go on with what was begun (the rest of a
sentence that is being copied). Where a value begins, which tag is taken and when a list ends is decided in a few
tokens, which a plain mean of the loss would drown.
"""

from collections.abc import Iterator
from enum import Enum, auto

FORCED = 0.05
"""What the grammar leaves no choice in."""
WHETHER = 3.0
"""Null or a value, another item or the end."""
BEGINNING = 3.0
"""The first pieces of a value: where to copy from, which of the choices."""
WITHIN = 1.0
"""What goes on with a value that was begun."""
CLOSE = 3.0
"""The quote that ends a value, the stroke that says that a quote does not, and in a short value what comes after
a blank or a mark, where it could have ended: a date goes on with its year."""
OPENING = 2
"""Pieces that count as the beginning of a value."""
SHORT = 12
"""Pieces of a value that may be a date, a name or an amount."""


class _In(Enum):
    KEY = auto()
    FRAME = auto()
    VALUE = auto()


def emphasis(pieces: list[str]) -> list[float]:
    """Return the weight in the loss of each of *pieces*, which together are a compact JSON object of strings,
    lists of strings, nulls, and objects of strings and numbers, as ``asks.compact`` writes it."""
    return list(_walk(pieces))


def _walk(pieces: list[str]) -> Iterator[float]:
    where, at, listed, escaped, begun, before = _In.FRAME, "key", False, False, 0, ""
    for piece in pieces:
        if where is _In.KEY:
            yield FORCED
            if piece == '"':
                where = _In.FRAME
        elif where is _In.VALUE:
            ends = piece == '"' and not escaped
            escaped = piece == "\\" and not escaped
            could_end = 0 < begun < SHORT and not before.isalnum()
            yield CLOSE if ends or escaped or could_end else BEGINNING if begun < OPENING else WITHIN
            begun, before = begun + 1, piece
            if ends:
                where, at = _In.FRAME, "next"
        elif piece == '"' and at == "key":
            where = _In.KEY
            yield FORCED
        elif piece == '"':
            yield WHETHER if at in ("value", "first") else FORCED
            where, begun = _In.VALUE, 0
        else:
            weight, at, listed = _frame(piece, at, listed=listed)
            yield weight


def _frame(piece: str, at: str, *, listed: bool) -> tuple[float, str, bool]:
    """Return the weight of a *piece* outside of strings, what is to come after it, and whether a list is open."""
    if piece == "[":
        return FORCED, "first", True
    if piece == "]":
        return (FORCED if at == "key" else WHETHER), "next", False
    if piece == ",":
        return (WHETHER, "item", listed) if listed else (FORCED, "key", listed)
    if piece in ("{", ":"):
        return FORCED, ("key" if piece == "{" else "value"), listed
    if at == "value" and piece in ("}", "null"):
        return (CLOSE if piece == "}" else WHETHER), "next", listed
    return (BEGINNING if at == "value" else FORCED), at, listed
