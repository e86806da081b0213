"""Where in a text does something stand?"""

import re
from typing import NamedTuple


class Span(NamedTuple):
    """A part of a text: from the character *start* to just before *end*."""

    start: int
    end: int


def find_text(value: str, source: str) -> Span | None:
    """Return where *value* first stands in *source*, upper and lower case and runs of white space left aside."""
    words = value.split()
    found = re.search(r"\s+".join(map(re.escape, words)), source, re.IGNORECASE) if words else None
    if found is not None:
        return Span(found.start(), found.end())
    return _find_folded(" ".join(words).casefold(), source) if words else None


def _find_folded(value: str, source: str) -> Span | None:
    """Return where *value* stands in *source* when letters may become several: STRASSE is Straße."""
    folded: list[str] = []
    places: list[int] = []
    for place, character in enumerate(source):
        letters = " " if character.isspace() else character.casefold()
        if letters == " " and folded and folded[-1] == " ":
            continue
        folded += letters
        places += [place] * len(letters)
    start = "".join(folded).find(value)
    return None if start < 0 else Span(places[start], places[start + len(value) - 1] + 1)
