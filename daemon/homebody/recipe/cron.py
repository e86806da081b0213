"""What does a cron line mean, and is it one?"""

import re

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEK = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
"""The days in the order in which cron counts them: 0 and 7 are Sunday (crontab(5))."""

FIELDS = (
    ("minute", 0, 59),
    ("hour", 0, 23),
    ("day of the month", 1, 31),
    ("month", 1, 12),
    ("day of the week", 0, 7),
)

LONGEST = {month: 29 if month == 2 else 30 if month in (4, 6, 9, 11) else 31 for month in range(1, 13)}
"""The most days that a month can have."""

_ITEM = re.compile(r"(\*|(\w+)(?:-(\w+))?)(?:/(\d{1,2}))?")


def read_cron(line: str) -> str:
    """Return *line* with single blanks and its days of the week by name, as a list.

    Schedulers count those days from Sunday or from Monday; names mean the same to all. Raises ValueError
    saying which field is wrong.
    """
    fields = line.casefold().split()
    if len(fields) != len(FIELDS):
        raise ValueError(
            f"a cron line has five fields (minute, hour, day, month, day of the week), and this has {len(fields)}"
        )
    values = [_values(text, *field) for text, field in zip(fields, FIELDS, strict=True)]
    if fields[4].startswith("*") and min(values[2]) > max(LONGEST[month] for month in values[3]):
        raise ValueError(f"this never comes: no month of {fields[3]} has a day {min(values[2])}")
    if not fields[4].startswith("*"):
        days = {number % 7 for number in values[4]}
        fields[4] = ",".join(WEEK[number] for number in sorted(days, key=lambda day: (day - 1) % 7))
    return " ".join(fields)


def _values(text: str, name: str, low: int, high: int) -> set[int]:
    """Return the numbers that a field stands for."""
    found: set[int] = set()
    for item in text.split(","):
        match = _ITEM.fullmatch(item)
        if match is None:
            raise ValueError(f'"{text}" is not a {name} of a cron line')
        first, last = (
            (low, high) if match[1] == "*" else (_number(match[2], name), _number(match[3] or match[2], name))
        )
        if match[1] != "*" and match[4] and not match[3]:
            last = high
        step = int(match[4] or 1)
        if not low <= first <= last <= high or step < 1:
            raise ValueError(f'"{text}" is not a {name} of a cron line: {low} to {high}')
        if match[4] and step > last - first:
            raise ValueError(
                f'"{text}" is not a {name} of a cron line: the step is longer than what it steps over'
            )
        found.update(range(first, last + 1, step))
    return found


def _number(word: str, name: str) -> int:
    if word.isdecimal() and word.isascii():
        return int(word)
    if name == "month" and word in MONTHS:
        return MONTHS.index(word) + 1
    if name == "day of the week" and word in WEEK:
        return WEEK.index(word)
    raise ValueError(f'"{word}" is not a {name} of a cron line')
