"""When does a wall clock show what a schedule asks for, also around the days on which it is changed?"""

from datetime import UTC, datetime

from apscheduler.triggers.cron import CronTrigger


class WallClock(CronTrigger):  # type: ignore[misc]  # apscheduler has no types
    """APScheduler's trigger, with days that begin at midnight by the wall clock.

    It steps from a day to the next by adding 24 hours in UTC. After the day of 23 hours on which summer time
    begins, that is one o'clock, and what is due in the first hour would be left out, for a weekly schedule until
    the week after (apscheduler 3.11.3, CronTrigger._increment_field_value).
    """

    def _increment_field_value(self, dateval: datetime, fieldnum: int) -> tuple[datetime, int]:
        """Return the date with a field incremented, and which field that was in the end."""
        moved, number = super()._increment_field_value(dateval, fieldnum)
        wanted = dateval.replace(tzinfo=None) + (moved.astimezone(UTC) - dateval.astimezone(UTC))
        if wanted.date() == dateval.date():
            return moved, number  # within a day an hour that comes twice is to be met twice
        there = wanted.replace(tzinfo=self.timezone, fold=0)
        return there.astimezone(UTC).astimezone(self.timezone), number
