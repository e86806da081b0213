"""What does a CSV that a recipe keeps show over time: numbers as lines, words as bars? Pure."""

import csv
import io
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from homebody.cli.plots import Series, lines, stacked
from homebody.errors import UsageError

MOST_WORDS = 8
"""Different words of a column that is drawn; the rarest share one colour."""

MOST_KINDS = 40
"""A column with more different words, or with few that come again, is names or sentences, and is not drawn."""

MOST_PLACES = 62
REST = "others"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table: its name, and its value in each row, as it stands there."""

    name: str
    values: Sequence[str]


def charts(text: str) -> tuple[list[tuple[str, str]], list[str]]:
    """Return a chart for each column of a CSV that has one, with its name, and the names of those left out.

    One column must hold dates. Numbers become a line of their mean, words the number of times that each is there.
    Raises UsageError when there are no rows, or no dates.
    """
    columns = read(text)
    dated = next((column for column in columns if is_dates(column.values)), None)
    if dated is None:
        raise UsageError(
            "No column of it holds dates.",
            hint="Write them as 2026-11-24, one in each row, in the same column.",
        )
    days = [day_of(value) for value in dated.values]
    drawn, left_out = [], []
    places, of = buckets([day for day in days if day is not None])
    where = [None if day is None else of(day) for day in days]
    for column in columns:
        if column is dated:
            continue
        if (chart := numbers(column, places, where) or words(column, places, where)) is None:
            left_out.append(column.name)
        else:
            drawn.append((column.name, chart))
    return drawn, left_out


def read(text: str) -> list[Column]:
    """Return the columns of a CSV; the first row names them when it has no date. Raises UsageError for none."""
    delimiter = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    found = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=delimiter)
    try:
        rows = [row for row in found if any(map(str.strip, row))]
    except csv.Error as error:
        raise UsageError(f"It is no table: {error}.") from error
    named = bool(rows) and all(day_of(value) is None and number_of(value) is None for value in rows[0])
    names, rows = (rows[0], rows[1:]) if named else ([], rows)
    if not rows:
        raise UsageError("There are no rows in it.")
    wide = max(len(row) for row in rows)
    return [
        Column(
            names[place].strip() if place < len(names) and names[place].strip() else f"column {place + 1}",
            [row[place].strip() if place < len(row) else "" for row in rows],
        )
        for place in range(wide)
    ]


def is_dates(values: Sequence[str]) -> bool:
    """Return whether all but a tenth of the values are dates."""
    return sum(day_of(value) is not None for value in values) >= 0.9 * len(values)


def day_of(value: str) -> date | None:
    """Return the day of a date or a time in ISO's notation, None for anything else."""
    try:
        return datetime.fromisoformat(value.strip()).date() if not value.strip().isdigit() else None
    except ValueError:
        return None


def number_of(value: str) -> float | None:
    """Return a number, None for anything else."""
    try:
        found = float(value)
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def buckets(days: Sequence[date]) -> tuple[list[str], "Placing"]:
    """Return the places of a chart, by day, month or year as there is room, and what tells a day's place."""
    first, last = min(days), max(days)
    if (last - first).days < MOST_PLACES:
        names = [
            date.fromordinal(number).isoformat() for number in range(first.toordinal(), last.toordinal() + 1)
        ]
        return names, Placing(names, 10)
    months = [f"{number // 12:04}-{number % 12 + 1:02}"
              for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month)]  # fmt: skip
    if len(months) <= MOST_PLACES:
        return months, Placing(months, 7)
    years = [f"{year:04}" for year in range(first.year, last.year + 1)]
    return years, Placing(years, 4)


class Placing:
    """Tells the place of a day: the name of each place is how the day's own begins."""

    def __init__(self, names: Sequence[str], length: int) -> None:
        self._places = {name: place for place, name in enumerate(names)}
        self._length = length

    def __call__(self, day: date) -> int:
        """Return the place of *day*."""
        return self._places[day.isoformat()[: self._length]]


def numbers(column: Column, places: Sequence[str], where: Sequence[int | None]) -> str | None:
    """Return a line of the mean at each place, None when the column is not all numbers."""
    found = [number_of(value) if value else None for value in column.values]
    if all(value is None for value in found) or any(
        value and number is None for value, number in zip(column.values, found, strict=True)
    ):
        return None
    gathered: list[list[float]] = [[] for _ in places]
    for place, value in zip(where, found, strict=True):
        if place is not None and value is not None:
            gathered[place].append(value)
    means = [sum(one) / len(one) if one else None for one in gathered]
    return lines(column.name, places, [Series("mean", "c0", means)])


def words(column: Column, places: Sequence[str], where: Sequence[int | None]) -> str | None:
    """Return bars of how often each word is there, None when there are too many different ones."""
    counts = Counter(value for value in column.values if value)
    few = len(counts) <= MOST_WORDS or 2 * len(counts) <= counts.total()
    if not counts or len(counts) > MOST_KINDS or not few:
        return None
    shown = [
        word
        for word, _number in counts.most_common(MOST_WORDS if len(counts) <= MOST_WORDS else MOST_WORDS - 1)
    ]
    kinds = shown if len(shown) == len(counts) else [*shown, REST]
    table = {kind: [0.0] * len(places) for kind in kinds}
    for place, value in zip(where, column.values, strict=True):
        if place is not None and value:
            table[value if value in shown else REST][place] += 1
    series = [Series(kind, f"c{number}", table[kind]) for number, kind in enumerate(kinds)]
    return stacked(column.name, places, series)
