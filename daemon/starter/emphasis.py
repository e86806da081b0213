"""Which tokens of an answer are decisions, and which follow by themselves?

Most tokens of an answer are dictated by the grammar (keys, brackets) or go on with what was begun (the rest of a
sentence that is being copied). Where a value begins, which tag is taken and when a list ends is decided in a few
tokens, which a plain mean of the loss would drown.
"""

from collections.abc import Iterator
from enum import Enum, auto

FORCED = 0.05
"""What the grammar leaves no choice in."""
WHETHER = 2.0
"""Null or a value, another item or the end."""
BEGINNING = 3.0
"""The first pieces of a value: where to copy from, which of the choices."""
WITHIN = 1.0
"""What goes on with a value that was begun."""
CLOSE = 1.5
"""The quote that ends a value."""
OPENING = 2
"""Pieces that count as the beginning of a value."""


class _In(Enum):
    KEY = auto()
    FRAME = auto()
    VALUE = auto()


def emphasis(pieces: list[str]) -> list[float]:
    """Return the weight in the loss of each of *pieces*, which together are a compact JSON object of strings,
    lists of strings and nulls, as ``asks.compact`` writes it."""
    return list(_walk(pieces))


def _walk(pieces: list[str]) -> Iterator[float]:
    where, at, listed, escaped, begun = _In.FRAME, "key", False, False, 0
    for piece in pieces:
        if where is _In.KEY:
            yield FORCED
            if piece == '"':
                where = _In.FRAME
        elif where is _In.VALUE:
            ends = piece == '"' and not escaped
            escaped = piece == "\\" and not escaped
            yield CLOSE if ends else BEGINNING if begun < OPENING else WITHIN
            begun += 1
            if ends:
                where, at = _In.FRAME, "next"
        elif piece == '"' and at == "key":
            where = _In.KEY
            yield FORCED
        elif piece == '"':
            yield WHETHER if at in ("value", "first") else FORCED
            where, begun = _In.VALUE, 0
        elif piece == "[":
            listed, at = True, "first"
            yield FORCED
        elif piece == "]":
            yield FORCED if at == "key" else WHETHER
            listed, at = False, "next"
        elif piece == ",":
            yield WHETHER if listed else FORCED
            at = "item" if listed else "key"
        elif piece == ":":
            yield FORCED
            at = "value"
        else:
            yield WHETHER if at == "value" and piece.startswith("n") else FORCED
