"""Does one of some patterns fit a name that is read one character at a time? Pure.

The rules are fnmatch's: ``*`` is anything, ``?`` one character, brackets hold a list of them.
"""

import fnmatch
import unicodedata
from collections.abc import Iterable

Positions = frozenset[int]
"""How far each pattern may have got, all of them in one row."""

END = ""
"""What stands behind each pattern in that row."""


def fold(text: str) -> str:
    """Return *text* in the form in which names are compared: composed, without case."""
    return unicodedata.normalize("NFC", text).casefold()


class Globs:
    """Some patterns, of which one is to fit."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._row: list[str] = []
        self._ends: list[tuple[bool, str]] = []
        starts = []
        for pattern in patterns:
            starts.append(len(self._row))
            row = parts(pattern)
            self._row += [*row, END]
            known = next(
                (n for n, part in enumerate(reversed(row)) if part in "*?" or len(part) > 1), len(row)
            )
            self._ends.append((row[: len(row) - known] == ["*"], "".join(row[len(row) - known :])))
        self._behind_stars = [self._reach(place) for place in range(len(self._row))]
        self._steps: dict[tuple[Positions, str], Positions] = {}
        self.start: Positions = frozenset(place for start in starts for place in self._behind_stars[start])

    def _reach(self, place: int) -> tuple[int, ...]:
        """Return *place* and those behind the stars that stand there, for a star may stand for nothing."""
        last = place
        while self._row[last] == "*":
            last += 1
        return tuple(range(place, last + 1))

    def characters(self) -> set[str]:
        """Return every character of which the patterns say something."""
        return {character for part in self._row if part not in ("*", "?") for character in part}

    def step(self, places: Positions, character: str) -> Positions:
        """Return the places after one more *character*, a folded one."""
        key = (places, character)
        if key not in self._steps:
            after: set[int] = set()
            for place in places:
                part = self._row[place]
                if part == "*":
                    after.update(self._behind_stars[place])
                elif part in ("?", character) or (len(part) > 1 and fnmatch.fnmatchcase(character, part)):
                    after.update(self._behind_stars[place + 1])
            self._steps[key] = frozenset(after)
        return self._steps[key]

    def always(self, tail: str) -> bool:
        """Return whether a pattern fits whatever ends in *tail*, as far as its end tells."""
        return any(open_before and tail.endswith(end) for open_before, end in self._ends)

    def never(self, tail: str) -> bool:
        """Return whether no pattern fits anything that ends in *tail*, as far as its end tells."""
        return not any(tail.endswith(end) or end.endswith(tail) for _, end in self._ends)

    def fits(self, places: Positions) -> bool:
        """Return whether a pattern fits all that was read."""
        return any(self._row[place] == END for place in places)


def parts(pattern: str) -> list[str]:
    """Return the parts of a pattern: a star, a question mark, a list in brackets, or one character.

    A bracket that is never closed stands for itself.
    """
    pattern = fold(pattern)
    found: list[str] = []
    position = 0
    while position < len(pattern):
        end = position + 1
        if pattern[position] == "[":
            first = end + (pattern[end : end + 1] == "!")
            closing = pattern.find("]", first + (pattern[first : first + 1] == "]"))
            end = closing + 1 if closing >= 0 else end
        found.append(pattern[position:end])
        position = end
    return found


def alphabet(said: Iterable[str]) -> list[str]:
    """Return characters such that any other is treated like one of them, when only *said* ones are told apart."""
    edges = sorted({ord(" "), *(ord(one) for one in said), *(ord(one) + 1 for one in said)})
    letters = []
    for first, last in zip(edges, [*edges[1:], edges[-1] + 200], strict=True):
        span = [chr(number) for number in range(first, min(last, first + 200))]
        kept = [one for one in span if fold(one) == one and one.isprintable()]
        letters.append(next((one for one in kept if one.isalnum()), next(iter(kept), chr(first))))
    return list(dict.fromkeys([*letters, *said]))
