"""When is a recipe due, and what was missed while nobody was there?

Pure: the moments come from APScheduler's triggers, which know the change of the clocks; what has been served
is the journal's cursor, so that nothing depends on being awake at the right second.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Literal, Protocol

from homebody.clock import local_zone
from homebody.triggers.crontab import by_the_clock, triggers_of
from homebody.triggers.wall_clock import WallClock

CatchUp = Literal["once", "skip"]

GRACE = timedelta(seconds=90)
"""So late a moment still counts as served in time."""

WRONG_CLOCK = timedelta(hours=25)
"""A cursor further ahead than that comes from a clock that was wrong, not from one that was put right a little."""

LOOK_BACK = tuple(
    timedelta(minutes=minutes) for minutes in (2, 90, 1_500, 12_000, 47_000, 550_000, 2_200_000)
)
"""How far back the last missed moment is looked for, the near past first: two minutes to four years."""

MOST_COUNTED = 1000
"""So many missed moments are counted: what runs every second and slept for a year is told as quickly."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)


class Spec(Protocol):
    """A schedule as a recipe says it; exactly one of every, at and cron is given."""

    @property
    def every(self) -> timedelta | None:
        """The pause between two runs."""

    @property
    def at(self) -> time | None:
        """The time of day."""

    @property
    def days(self) -> Sequence[str] | None:
        """The days of the week for ``at``, by their first three letters; None for every day."""

    @property
    def cron(self) -> str | None:
        """Five fields of crontab(5)."""


class Every:
    """Due at whole multiples of a pause, counted from the epoch, so that a restart shifts nothing."""

    def __init__(self, pause: timedelta) -> None:
        if pause <= timedelta(0):
            raise ValueError("a schedule's pause is longer than nothing")
        self._pause = pause

    def next_after(self, after: datetime) -> datetime:
        """Return the first multiple later than *after*."""
        return self.last_until(after) + self._pause

    def last_until(self, now: datetime) -> datetime:
        """Return the last multiple that is not later than *now*."""
        return EPOCH + (now - EPOCH) // self._pause * self._pause


class Cron:
    """Due when the wall clock says so, in a time zone; with several triggers, whenever one of them is.

    With *once*, a time of day in the hour that comes twice when summer time ends counts at its first coming. A
    time of day that is left out when summer time begins is due as much later as the clocks were moved.
    """

    def __init__(self, *triggers: WallClock, once: bool) -> None:
        self._triggers = triggers
        self._once = once

    def next_after(self, after: datetime) -> datetime | None:
        """Return the first moment later than *after*, or None when there never is one."""
        found = [moment for trigger in self._triggers if (moment := self._next(trigger, after)) is not None]
        return min(found, default=None)

    def last_until(self, now: datetime) -> datetime | None:
        """Return the last moment that is not later than *now*, or None when there was none in four years."""
        for span in LOOK_BACK:
            last, moment = None, self.next_after(now - span)
            while moment is not None and moment <= now:
                last, moment = moment, self.next_after(moment)
            if last is not None:
                return last
        return None

    def _next(self, trigger: WallClock, after: datetime) -> datetime | None:
        start = after.astimezone(UTC) + TICK
        while True:
            found = trigger.get_next_fire_time(None, start)
            if found is None:
                return None
            moment: datetime = found.astimezone(UTC)
            if not (self._once and moment.astimezone(trigger.timezone).fold):
                return moment
            start = moment + timedelta(seconds=1)


Trigger = Every | Cron


def build(spec: Spec, zone: tzinfo | None = None) -> Trigger:
    """Return the trigger of *spec*; *zone* is the computer's own if not given, UTC where that is not known.

    Raises ValueError for what makes no sense; the recipe's schema has checked it before.
    """
    if spec.every is not None:
        return Every(spec.every)
    zone = zone or local_zone() or UTC
    if spec.cron is not None:
        return Cron(*triggers_of(spec.cron, zone), once=by_the_clock(spec.cron))
    if spec.at is None:
        raise ValueError("a schedule says every, at or cron")
    days = ",".join(spec.days) if spec.days else "*"
    trigger = WallClock(
        hour=spec.at.hour, minute=spec.at.minute, second=spec.at.second, day_of_week=days, timezone=zone
    )
    return Cron(trigger, once=True)


def next_due(trigger: Trigger, after: datetime) -> datetime | None:
    """Return the first moment later than *after* at which *trigger* is due, in UTC."""
    return trigger.next_after(after)


def missed(trigger: Trigger, cursor: datetime | None, now: datetime, catch_up: CatchUp) -> datetime | None:
    """Return the moment to be made up for now: the last one missed since *cursor*, or None.

    However many were missed, one is made up for. A recipe that was never served has missed nothing. A clock set
    back leaves the cursor in the future, and nothing is due until it is reached again: what was done is not
    done twice.
    """
    if cursor is None or catch_up == "skip":
        return None
    latest = trigger.last_until(now)
    return latest if latest is not None and latest > cursor else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """Moments at which nobody was there: how many, the last of them, and whether it is made up for."""

    count: int
    last: datetime
    made_up: bool


def unserved(trigger: Trigger, cursor: datetime | None, now: datetime, catch_up: CatchUp) -> Missed | None:
    """Return which moments later than *cursor* and until *now* nobody served, None when there were none.

    More than a thousand are counted as a thousand.
    """
    if cursor is None:
        return None
    count, last, moment = 0, None, trigger.next_after(cursor)
    while moment is not None and moment <= now and count < MOST_COUNTED:
        count, last, moment = count + 1, moment, trigger.next_after(moment)
    if last is None:
        return None
    return Missed(count=count, last=trigger.last_until(now) or last, made_up=catch_up == "once")


def going_on(cursor: datetime | None, now: datetime) -> datetime:
    """Return the moment after which a schedule goes on: the cursor, when that is ahead and can be believed."""
    if cursor is None or cursor - now > WRONG_CLOCK:
        return now
    return max(now, cursor)


def served(trigger: Trigger, moment: datetime, now: datetime, catch_up: CatchUp) -> datetime | None:
    """Return what to report when *moment* was planned and it is *now*: itself, or after a sleep the last missed."""
    if now - moment <= GRACE:
        return moment
    return missed(trigger, moment - TICK, now, catch_up)
