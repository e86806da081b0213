"""How does text become lines? Words follow one another, paragraphs end, and the cells of a table stand side by side."""

import re
from collections.abc import Sequence

from homebody.documents.extract import MOST_CHARACTERS, TOO_LONG, FormatError

SHORT_CELL = 200
"""A cell of several lines that has no more characters than that stays in its row, as one line."""

MOST_COLUMNS = 16_384
"""Cells that a row may have in any program of today."""

UNSEEN = dict.fromkeys([0xAD, 0x200B, 0x2060, 0xFEFF, *range(0xE0001, 0xE0080)])
"""Characters that no program shows: soft hyphens, spaces of no width, and Unicode's tags."""

ENDS = re.compile(r"[ \t]+$", re.MULTILINE)
GAPS = re.compile(r"\n{3,}")
SPACES = re.compile(r"\s+")
WHITE = re.compile(r"[ \t\n\f\r]+")


class Flow:
    """Text as it grows. Raises FormatError when it becomes longer than any text may be."""

    def __init__(self) -> None:
        self._out: list[str] = []
        self._breaks = 0
        self._outer: list[tuple[list[str], int]] = []
        self._rows: list[list[str]] = []
        self._length = 0
        self._marked = False

    def words(self, text: str) -> None:
        """Add *text* as it stands."""
        if not text:
            return
        self._length += len(text) + 1
        if self._length > MOST_CHARACTERS:
            raise FormatError(TOO_LONG)
        if self._breaks and self._out:
            self._out.append("\n" * self._breaks)
        self._breaks = 0
        self._marked = False
        self._out.append(text)

    def mark(self, text: str) -> None:
        """Add the mark of a list's item; what follows stays on its line."""
        self.words(text)
        self._marked = True

    def loose(self, text: str) -> None:
        """Add *text* with each run of white space as one blank, and none at the beginning of a line."""
        text = WHITE.sub(" ", text)
        if self._breaks or not self._out or self._out[-1][-1].isspace():
            text = text.lstrip(" ")
        self.words(text)

    def end(self, breaks: int = 1) -> None:
        """End the line, if it holds anything; two *breaks* leave a blank line."""
        if self._out and not self._marked:
            self._breaks = max(self._breaks, breaks)

    def start_row(self) -> None:
        """Begin a row of a table."""
        self._rows.append([])

    def start_cell(self) -> None:
        """Begin a cell."""
        self._outer.append((self._out, self._breaks))
        self._out, self._breaks, self._marked = [], 0, False

    def end_cell(self, times: int = 1) -> None:
        """End the cell, which stands there so many *times*; outside of any row it is a line of its own."""
        if not self._outer:
            return
        found = tidy("".join(self._out))
        self._out, self._breaks = self._outer.pop()
        self._marked = False
        if self._rows:
            self._length += len(found) * (times - 1)
            if found and self._length > MOST_CHARACTERS:
                raise FormatError(TOO_LONG)
            if found or len(self._rows[-1]) + times <= MOST_COLUMNS:  # beyond that nothing stands but air
                self._rows[-1] += [found] * times
        elif found:
            self.end()
            self.words(found)
            self.end()

    def end_row(self, times: int = 1) -> None:
        """End the row, which stands there so many *times*.

        Its cells come side by side, or below one another when they hold whole paragraphs.
        """
        if not self._rows:
            return
        cells = self._rows.pop()
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            return
        self.end()
        if all("\n" not in cell or len(cell) <= SHORT_CELL for cell in cells) and len(cells) > 1:
            line = side_by_side([SPACES.sub(" ", cell) for cell in cells])
            if (len(line) + 1) * times > MOST_CHARACTERS:
                raise FormatError(TOO_LONG)
            self.words("\n".join([line] * times))
            self.end()
            return
        for cell in cells:
            self.words(cell)
            self.end(2 if "\n" in cell else 1)

    def text(self) -> str:
        """Return the whole text; a table that never ended is in it as far as it came."""
        while self._outer:
            self.end_cell()
            self.end_row()
        while self._rows:
            self.end_row()
        return tidy("".join(self._out))


def side_by_side(cells: Sequence[str]) -> str:
    """Return the cells of a row as one line; one without words keeps its place."""
    return " | ".join(cells).replace("|  ", "| ").strip(" ")


def tidy(text: str) -> str:
    """Return *text* without blanks at the ends of lines, and with at most one blank line in a row."""
    text = text.replace("\xa0", " ").replace("\r\n", "\n").replace("\r", "\n").translate(UNSEEN)
    return GAPS.sub("\n\n", ENDS.sub("", text)).strip("\n ")
