"""CSV and TSV: a table's rows as a spreadsheet shows them, whatever stands between the cells (RFC 4180)."""

import csv
import io
from dataclasses import replace

from homebody.documents.extract import Extract
from homebody.documents.formats import text
from homebody.documents.formats.flow import SPACES, side_by_side

SUFFIXES = (".csv", ".tsv", ".tab")

SEPARATORS = "\t;,|"
"""What stands between cells; where two fit alike, the earlier: a comma is in numbers and sentences as well."""

LOOKED_AT = 50
"""Lines by which the separator is known."""

NAMED = "sep="
"""How Excel names the separator in a line of its own."""


def preload() -> None:
    """Load the codecs now: inside the seal no file can be opened."""
    text.preload()


def extract(data: bytes) -> Extract:
    """Return the rows, a line for each, with the cells side by side; what is no table as it stands.

    Raises FormatError.
    """
    whole = text.extract(data)
    separator, table = separated(whole.text)
    if separator is None:
        return whole
    try:
        rows = [
            tuple(SPACES.sub(" ", cell).strip() for cell in row)
            for row in csv.reader(io.StringIO(table), delimiter=separator)
        ]
    except csv.Error:
        return whole
    lines = [side_by_side(_filled(row)) for row in rows]
    return replace(whole, text="".join(f"{line}\n" for line in lines if line))


def separated(source: str) -> tuple[str | None, str]:
    """Return what stands between the cells of *source*, None where it is no table, and its rows."""
    first, _, rest = source.partition("\n")
    if first.lower().startswith(NAMED) and len(first) == len(NAMED) + 1:
        return first[-1], rest
    lines = [line for line in source.split("\n", LOOKED_AT)[:LOOKED_AT] if line.strip()]
    found = max(SEPARATORS, key=lambda separator: (_steady(lines, separator), -SEPARATORS.index(separator)))
    return (found if _steady(lines, found) else None), source


def _steady(lines: list[str], separator: str) -> int:
    """Return how many of *lines* have as many cells as the first, when more than one; 0 when those are not the most."""
    try:
        counts = [len(row) for row in csv.reader(lines, delimiter=separator) if row]
    except csv.Error:
        return 0
    same = sum(count == counts[0] for count in counts) if counts and counts[0] > 1 else 0
    return same if same * 2 > len(counts) else 0


def _filled(row: tuple[str, ...]) -> tuple[str, ...]:
    """Return a row without the empty cells at its end."""
    end = max((at for at, cell in enumerate(row, start=1) if cell), default=0)
    return row[:end]
