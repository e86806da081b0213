"""Can a path of some pattern be a file that a recipe takes in a folder that it watches? Pure.

The pattern, the folder and the filters are read side by side, one character at a time, and every way to
go on is tried once: the answer is exact for all that is known, and yes where a run may decide.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from homebody.recipe.globs import alphabet
from homebody.recipe.names import Names, State
from homebody.recipe.pattern import Hole, Of, Pattern

MOST_STATES = 100_000
"""How many situations are looked at; a question that needs more is answered with yes."""

Inside = tuple[int, int | State | None]
"""Where in the pattern: the part, and the character of known text or what stands in the hole so far."""

Seen = tuple[int, State | None]
"""How much of the folder's path has been read, and of the name; None at the beginning of a name."""


@dataclass(frozen=True, slots=True)
class Place:
    """A watched folder, links resolved, and the names that are taken in it."""

    folder: Path
    recursive: bool
    names: Names


def may_take(place: Place, folder: Path, rest: Pattern, source: Names) -> bool:
    """Return whether a file below *folder*, by the pattern *rest*, can be one that *place* takes.

    *source* are the names that the files have which wake the recipe with that pattern.
    """
    tail = rest[-1].rpartition("/")[2] if rest and isinstance(rest[-1], str) else ""
    if place.names.refuses_all(tail):
        return False
    if place.folder.is_relative_to(folder):
        parts = place.folder.relative_to(folder).parts
        return _Walk(place, "".join(f"{part}/" for part in parts), rest, source).finds()
    if place.recursive and folder.is_relative_to(place.folder):
        between = folder.relative_to(place.folder).parts
        return not any(part.startswith(".") for part in between) and _Walk(place, "", rest, source).finds()
    return False


class _Walk:
    """One search: every situation that can be reached is looked at once."""

    def __init__(self, place: Place, ahead: str, rest: Pattern, source: Names) -> None:
        self._place = place
        self._ahead = ahead
        self._rest = tuple(
            unicodedata.normalize("NFC", part) if isinstance(part, str) else part for part in rest
        )
        self._source = source
        said = {character for part in self._rest if isinstance(part, str) for character in part}
        told_apart = place.names.characters() | source.characters() | set(ahead) | said | set("/.1")
        self._letters = alphabet(told_apart)

    def finds(self) -> bool:
        """Return whether the end of the pattern can be reached with a name that is taken."""
        waiting: list[tuple[Inside, Seen]] = [(inside, (0, None)) for inside in self._begin(0)]
        seen = set(waiting)
        while waiting:
            inside, read = waiting.pop()
            if inside[0] == len(self._rest):
                if read[1] is not None and self._place.names.takes(read[1]):
                    return True
                continue
            if len(seen) > MOST_STATES:
                return True
            new = [after for after in dict.fromkeys(self._after(inside, read)) if after not in seen]
            seen.update(new)
            waiting.extend(reversed(new))  # the end of a hole comes first: short names are found at once
        return False

    def _after(self, inside: Inside, read: Seen) -> Iterator[tuple[Inside, Seen]]:
        """Yield the situations that follow: the next character, or the end of a hole."""
        number, within = inside
        part = self._rest[number]
        if isinstance(part, str):
            assert isinstance(within, int)
            if (seen := self._read(read, part[within])) is not None:
                ends = within + 1 == len(part)
                yield from (
                    ((after, seen) for after in self._begin(number + 1))
                    if ends
                    else [((number, within + 1), seen)]
                )
            return
        if self._may_end(part, within):
            yield from ((after, read) for after in self._begin(number + 1))
        for letter in self._letters:
            if (letter == "/" and not part.slash) or (seen := self._read(read, letter)) is None:
                continue
            yield from (((number, filled), seen) for filled in self._filled(part, within, letter))

    def _begin(self, number: int) -> list[Inside]:
        """Return the situations at the beginning of a part."""
        part = self._rest[number] if number < len(self._rest) else ""
        if isinstance(part, Hole) and part.of in (Of.NAME, Of.STEM):
            return [(number, self._source.start)]
        return [(number, None if isinstance(part, Hole) else 0)]

    def _filled(self, hole: Hole, within: int | State | None, letter: str) -> Iterator[int | State]:
        """Yield what may stand in *hole* after one more *letter*: a suffix is a dot, and no other follows it."""
        if hole.of is Of.SUFFIX and (letter == ".") is (within is not None):
            return
        if hole.of is Of.NUMBER and not ("0" <= letter <= "9" and (within or letter != "0")):
            return
        if isinstance(within, tuple):
            yield self._source.step(within, letter)
        elif hole.of is Of.SUFFIX:
            yield from {self._source.step(stem, letter) for stem in self._source.stems}
        else:
            yield 1

    def _may_end(self, hole: Hole, within: int | State | None) -> bool:
        """Return whether what stands in *hole* may be all of it."""
        if within is None:
            return self._source.takes_bare if hole.of is Of.SUFFIX else hole.empty
        if isinstance(within, tuple):
            ends = self._source.takes_with_suffix if hole.of is Of.STEM else self._source.takes
            return within != self._source.start and ends(within)
        return True

    def _read(self, read: Seen, letter: str) -> Seen | None:
        """Return what has been read after *letter*, or None when the path leads elsewhere."""
        at, name = read
        if at < len(self._ahead):
            if letter == self._ahead[at]:
                return at + 1, None
            doubled = letter == "/" and (at == 0 or self._ahead[at - 1] == "/")
            return read if doubled else None
        if name is None:
            if letter == "/":
                return read  # a slash that stands twice is one
            return None if letter == "." else (at, self._place.names.step(self._place.names.start, letter))
        if letter == "/":
            return (at, None) if self._place.recursive else None
        return at, self._place.names.step(name, letter)
