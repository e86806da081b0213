"""When is a recipe due, and what was missed while nobody was there?

The moments come from APScheduler's triggers, which know cron and the change of the clocks; what has been
served is the journal's cursor, so that nothing depends on being awake at the right second.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Any, Literal, Protocol

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from tzlocal import get_localzone

from homebody.clock import Clock

MOST_MISSED = 100_000
"""How many missed moments are counted through before the rest is taken as one."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


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
        self._pause = pause

    def next_after(self, after: datetime) -> datetime:
        """Return the first multiple later than *after*."""
        return self._multiple(after) + self._pause

    def last_until(self, now: datetime) -> datetime:
        """Return the last multiple that is not later than *now*."""
        return self._multiple(now)

    def _multiple(self, moment: datetime) -> datetime:
        return EPOCH + (moment - EPOCH) // self._pause * self._pause


class Cron:
    """Due when the wall clock says so, in a time zone.

    With *once*, a time of day in the hour that comes twice when summer time ends counts at its first coming.
    """

    def __init__(self, trigger: CronTrigger, *, once: bool) -> None:
        self._trigger = trigger
        self._once = once

    def next_after(self, after: datetime) -> datetime | None:
        """Return the first moment later than *after*, or None when there never is one."""
        start = after + timedelta(microseconds=1)
        while True:
            found = self._trigger.get_next_fire_time(None, start)
            if found is None:
                return None
            if not (self._once and found.fold):
                return found.astimezone(UTC)
            start = found.astimezone(UTC) + timedelta(minutes=1)


Trigger = Every | Cron


def build(spec: Spec, zone: tzinfo | None = None) -> Trigger:
    """Return the trigger of *spec*; *zone* is the computer's own if not given.

    Raises ValueError for a cron line that makes no sense; the recipe's schema has checked it before.
    """
    zone = zone or get_localzone()
    if spec.every is not None:
        return Every(spec.every)
    if spec.cron is not None:
        hour = spec.cron.split()[1]
        return Cron(CronTrigger.from_crontab(spec.cron, timezone=zone), once="*" not in hour and "/" not in hour)
    assert spec.at is not None, "a schedule says every, at or cron"
    days = ",".join(spec.days) if spec.days else "*"
    trigger = CronTrigger(
        hour=spec.at.hour, minute=spec.at.minute, second=spec.at.second, day_of_week=days, timezone=zone
    )
    return Cron(trigger, once=True)


def next_due(trigger: Trigger, after: datetime) -> datetime | None:
    """Return the first moment later than *after* at which *trigger* is due, in UTC."""
    return trigger.next_after(after)


def missed(
    trigger: Trigger, cursor: datetime | None, now: datetime, catch_up: Literal["once", "skip"]
) -> datetime | None:
    """Return the moment to be made up for now: the last one missed since *cursor*, or None.

    A recipe that was never served has missed nothing. A clock set back leaves the cursor in the future, and
    nothing is due until it is reached again: what was done is not done twice.
    """
    if cursor is None or catch_up == "skip":
        return None
    if isinstance(trigger, Every):
        latest = trigger.last_until(now)
        return latest if latest > cursor else None
    last: datetime | None = None
    moment = next_due(trigger, cursor)
    for _ in range(MOST_MISSED):
        if moment is None or moment > now:
            break
        last = moment
        moment = next_due(trigger, moment)
    return last


class Schedules:
    """Calls *due* with a recipe's name and the planned moment, from a thread of its own."""

    def __init__(self, clock: Clock, due: Callable[[str, datetime], None]) -> None:
        self._clock = clock
        self._due = due
        self._scheduler = BackgroundScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        self._number = 0

    def add(
        self, name: str, trigger: Trigger, cursor: datetime | None, catch_up: Literal["once", "skip"] = "once"
    ) -> None:
        """Serve *trigger* for the recipe *name*, beginning with what was missed since *cursor*."""
        now = self._clock.now()
        late = missed(trigger, cursor, now, catch_up)
        if late is not None:
            self._due(name, late)
        after = now if cursor is None else max(now, cursor)
        self._number += 1
        self._plan(f"{self._number}:{name}", name, trigger, after)

    def _plan(self, job: str, name: str, trigger: Trigger, after: datetime) -> None:
        moment = next_due(trigger, after)
        if moment is None:
            return
        self._scheduler.add_job(
            self._fire, "date", run_date=moment, id=job, args=[job, name, trigger, moment], replace_existing=True
        )

    def _fire(self, job: str, name: str, trigger: Trigger, moment: datetime) -> None:
        """Report the moment, and plan the next: after a long sleep that is the next to come, not every one missed."""
        self._due(name, moment)
        self._plan(job, name, trigger, max(moment, self._clock.now()))

    def start(self) -> None:
        """Begin to call."""
        self._scheduler.start()

    def stop(self) -> None:
        """Stop calling."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
