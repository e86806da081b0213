"""Who calls when a recipe is due? APScheduler's background scheduler, which is told when to look at the clock again."""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count

from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

from homebody.clock import Clock
from homebody.triggers.moments import (
    GRACE,
    TICK,
    WRONG_CLOCK,
    CatchUp,
    Missed,
    Trigger,
    build,
    going_on,
    missed,
    next_due,
    served,
    unserved,
)

__all__ = ["CatchUp", "Schedules", "Trigger", "build", "missed", "next_due"]

NUDGE_SECONDS = 15.0
"""How often the scheduler looks at the clock: its own waits do not count the time that a computer sleeps."""

TRY_AGAIN = timedelta(seconds=60)
"""When a moment is reported again that could not be taken note of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One trigger of one recipe."""

    job: str
    name: str
    trigger: Trigger
    catch_up: CatchUp


class Schedules:
    """Calls *due* with a recipe's name and the planned moment, one call at a time, from a thread of its own."""

    def __init__(self, clock: Clock, due: Callable[[str, datetime], None]) -> None:
        self._clock = clock
        self._due = due
        self._entries: tuple[Entry, ...] = ()
        self._jobs = count()
        self._at: dict[str, datetime] = {}
        self._seen = clock.now()
        self._over = threading.Event()
        self.missed: dict[str, Missed] = {}
        """What nobody was there for, by recipe: before this start, or in the last sleep."""
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": {"type": "threadpool", "max_workers": 1}},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )

    def add(self, name: str, trigger: Trigger, cursor: datetime | None, catch_up: CatchUp = "once") -> None:
        """Serve *trigger* for the recipe *name*, beginning with what was missed since *cursor*."""
        now = self._clock.now()
        entry = Entry(job=f"{next(self._jobs)}:{name}", name=name, trigger=trigger, catch_up=catch_up)
        self._entries = (*self._entries, entry)
        self._note(entry, cursor, now)
        late = missed(trigger, cursor, now, catch_up)
        if late is not None:
            self._due(name, late)
        self._plan(entry, next_due(trigger, going_on(cursor, now)))

    def drop(self, name: str) -> None:
        """Serve the recipe *name* no longer; a moment that is being reported just now still is."""
        gone = [entry for entry in self._entries if entry.name == name]
        self._entries = tuple(entry for entry in self._entries if entry.name != name)
        self.missed.pop(name, None)
        for entry in gone:
            self._plan(entry, None)

    def planned(self) -> dict[str, datetime]:
        """Return when each recipe's next moment comes up."""
        found: dict[str, datetime] = {}
        for entry in self._entries:
            at = self._at.get(entry.job)
            if at is not None:
                found[entry.name] = min(at, found.get(entry.name, at))
        return found

    def start(self) -> None:
        """Begin to call."""
        self._scheduler.start()
        threading.Thread(target=self._nudge, name="schedules", daemon=True).start()

    def stop(self) -> None:
        """Stop calling."""
        self._over.set()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def _plan(self, entry: Entry, moment: datetime | None, at: datetime | None = None) -> None:
        """Let *moment* come up at its time, or at *at*."""
        self._at.pop(entry.job, None)
        if moment is None or entry not in self._entries:
            with suppress(JobLookupError):
                self._scheduler.remove_job(entry.job)
        else:
            self._at[entry.job] = at or moment
            self._scheduler.add_job(
                self._fire, "date", run_date=at or moment, id=entry.job, args=[entry, moment],
                replace_existing=True,
            )  # fmt: skip

    def _fire(self, entry: Entry, moment: datetime) -> None:
        """Report the moment and plan the next one to come; what could not be reported is reported again."""
        if entry not in self._entries:
            return
        now = self._clock.now()
        report = served(entry.trigger, moment, now, entry.catch_up)
        if now - moment > GRACE:
            self._note(entry, moment - TICK, now)
        try:
            if report is not None:
                self._due(entry.name, report)
        except Exception:
            self._plan(entry, moment, at=now + TRY_AGAIN)
            raise
        self._plan(entry, next_due(entry.trigger, max(moment, now)))

    def _note(self, entry: Entry, cursor: datetime | None, now: datetime) -> None:
        """Remember what was missed, for people."""
        gap = unserved(entry.trigger, cursor, now, entry.catch_up)
        if gap is not None:
            self.missed[entry.name] = gap

    def _nudge(self) -> None:
        """Let the scheduler look at the clock again, and plan anew when the clock turns out to have been wrong."""
        while not self._over.wait(NUDGE_SECONDS):
            self.look()
            self._scheduler.wakeup()

    def look(self) -> None:
        """Plan everything anew when the clock was set back further than a correction goes."""
        now, before = self._clock.now(), self._seen
        self._seen = now
        if before - now > WRONG_CLOCK:
            for entry in self._entries:
                self._plan(entry, next_due(entry.trigger, now))
