"""What a recipe says of the clock, and the moments that this makes, in Berlin."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from homebody.triggers.moments import (
    Trigger,
    next_due,
)

BERLIN = ZoneInfo("Europe/Berlin")


@dataclass(frozen=True)
class Said:
    """A schedule as a recipe says it."""

    every: timedelta | None = None
    at: time | None = None
    days: tuple[str, ...] | None = None
    cron: str | None = None


def berlin(year: int, month: int, day: int, hour: int = 0, minute: int = 0, fold: int = 0) -> datetime:
    """Return the moment at which the clocks in Berlin show this, in UTC."""
    return datetime(year, month, day, hour, minute, tzinfo=BERLIN, fold=fold).astimezone(UTC)


def moments(trigger: Trigger, after: datetime, until: datetime) -> list[datetime]:
    """Return every moment later than *after* and not later than *until*."""
    found = []
    moment = next_due(trigger, after)
    while moment is not None and moment <= until:
        found.append(moment)
        moment = next_due(trigger, moment)
    return found
