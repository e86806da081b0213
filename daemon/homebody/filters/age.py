"""The age filter: files by how long they have lain there, and the words for spans of time in other filters."""

import operator
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, ClassVar

from pydantic import Field, field_validator

from homebody.filters.filter import FileFacts, Filter
from homebody.quantities import parse_duration, say_duration

LONGEST = timedelta(days=36_600)

_WORDS = {"second": "s", "minute": "m", "hour": "h", "day": "d", "week": "w"}
_LONG_WORDS = {"month": 30, "year": 365}
_IN_WORDS = re.compile(rf"(\d+)\s*({'|'.join([*_WORDS, *_LONG_WORDS])})s?\b", re.IGNORECASE)
_CONDITION = re.compile(r"(<=|>=|<|>)\s*(.+)")
_COMPARE: dict[str, Callable[[timedelta, timedelta], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class AgeFilter(Filter):
    """``age: "> 30 days"``, ``age: {older_than: 30d}`` or ``age: ["> 1h", "< 30d"]``: all of them must hold.

    The age is the time since the file was last changed or, if that is later, since it was made here: a download
    can carry the date of its server. A watched file is looked at again when it has grown old enough.
    """

    kind: ClassVar[str] = "age"
    shorthands: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {
            "type": "object",
            "properties": {"older_than": {"type": "string"}, "newer_than": {"type": "string"}},
            "additionalProperties": False,
            "minProperties": 1,
        },
    )

    conditions: tuple[str, ...] = Field(min_length=1, max_length=10, description='Like "> 30d".')

    @field_validator("conditions")
    @classmethod
    def _readable(cls, conditions: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(f"{sign} {say_span(span)}" for sign, span in map(_parse, conditions))

    @classmethod
    def expand(cls, value: Any) -> Any:
        """Return conditions on one line, and the words for them, as a list."""
        signs = {"older_than": ">", "newer_than": "<"}
        if isinstance(value, Mapping) and value and value.keys() <= signs.keys():
            return {"conditions": [f"{signs[key]} {given}" for key, given in value.items()]}
        return {"conditions": value.split(",") if isinstance(value, str) else value}

    def long(self) -> list[str]:
        """Return the conditions."""
        return list(self.conditions)

    @property
    def wavers(self) -> bool:
        """Every file grows old."""
        return True

    def holds(self, file: FileFacts) -> bool:
        """Return whether every condition holds."""
        age = age_of(file)
        return all(_COMPARE[sign](age, span) for sign, span in map(_parse, self.conditions))

    def seen(self, file: FileFacts) -> str:
        """Return how old the file is."""
        return f"it is {in_words(age_of(file))} old"


def age_of(file: FileFacts) -> timedelta:
    """Return how long *file* has lain there as it is; nothing for one whose time lies ahead."""
    born = file.closer.born()
    since = file.modified if born is None else max(file.modified, born)
    return max(file.now - since, timedelta(0))


def in_words(age: timedelta) -> str:
    """Return *age* in its largest unit that has two or more of it, rounded down: 3 days, 50 minutes."""
    for seconds, unit in ((86_400, "days"), (3600, "hours"), (60, "minutes")):
        if age >= timedelta(seconds=2 * seconds):
            return f"{age // timedelta(seconds=seconds)} {unit}"
    seconds = age // timedelta(seconds=1)
    return "1 second" if seconds == 1 else f"{seconds} seconds"


def _parse(condition: str) -> tuple[str, timedelta]:
    """Return the sign and the span of *condition*; raise ValueError for what is none."""
    match = _CONDITION.fullmatch(condition.strip())
    if match is None:
        raise ValueError(f'"{condition}" is not a condition on an age; write it like "> 30d" or "< 2h"')
    return match[1], span(match[2])


def span(text: str) -> timedelta:
    """Return the time that *text* says, as in 30d or 30 days; raise ValueError for what is none.

    Nothing, and more than a hundred years, is none.
    """
    found = parse_duration(_IN_WORDS.sub(_short, text))
    if not timedelta(0) < found <= LONGEST:
        raise ValueError("must be more than nothing, and less than a hundred years")
    return found


def _short(match: re.Match[str]) -> str:
    """Return a number of days or the like as ``parse_duration`` reads it; a month is 30 days, a year 365."""
    count, word = match[1], match[2].lower()
    return f"{int(count) * _LONG_WORDS[word]}d" if word in _LONG_WORDS else f"{count}{_WORDS[word]}"


def say_span(span: timedelta) -> str:
    """Return *span* as it is written in a recipe: whole days as days."""
    days, rest = divmod(span, timedelta(days=1))
    return f"{days}d" if days and not rest else say_duration(span)
