"""Do several values that stand side by side make an address that none of them has by itself?

Each slot's value was judged alone (`defang`). A template that joins two of them could still put one together, or
make another one of an address that the document names.
"""

import re
from collections.abc import Sequence

from homebody.actions.addresses import ADDRESS, dead, named_in, trimmed
from homebody.templates import Piece

_FOUND = re.compile(ADDRESS, re.IGNORECASE)
_LIVE_STOP = re.compile(r"(?<!\[)\.(?=\w)")


def unjoined(pieces: Sequence[Piece], source: str) -> str:
    """Return the text of *pieces* in which no address reaches over two values, unless *source* names it whole.

    What begins in the template's own words is the recipe's wish. What begins in a value that is no address of *source*
    was put out of action before, as far as that value went.
    """
    text = "".join(piece.text for piece in pieces)
    values, at = [], 0
    for piece in pieces:
        if piece.value and piece.text:
            values.append((at, at + len(piece.text)))
        at += len(piece.text)
    return _FOUND.sub(lambda match: _judged(match, values, source), text) if len(values) > 1 else text


def _judged(match: re.Match[str], values: Sequence[tuple[int, int]], source: str) -> str:
    """Return one address as it is to be written."""
    address = trimmed(match[0])
    start, end = match.start(), match.start() + len(address)
    over = [(first, last) for first, last in values if first < end and last > start]
    if len(over) < 2 or over[0][0] > start or address in named_in(source):
        return match[0]
    alone = _FOUND.match(match.string[start : over[0][1]])
    if alone is not None and trimmed(alone[0]) not in named_in(source):
        return _LIVE_STOP.sub("[.]", match[0])  # out of action by itself, but what comes behind it is new
    return dead(address) + match[0][len(address) :]
