"""What does a line of crontab(5) mean?

APScheduler counts weekdays from Monday and wants every field to fit; crontab(5) counts from Sunday, and when
both the day of the month and the day of the week are given, one of them is enough.
"""

from datetime import tzinfo

from homebody.triggers.wall_clock import WallClock

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

NICKNAMES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}


def fields_of(line: str) -> tuple[str, str, str, str, str]:
    """Return minute, hour, day of the month, month and day of the week. Raises ValueError."""
    lowered = " ".join(line.lower().split())
    fields = NICKNAMES.get(lowered, lowered).split()
    if len(fields) != 5:
        raise ValueError(f"a cron line has five fields, and {line!r} has {len(fields)}")
    minute, hour, day, month, weekday = fields
    return minute, hour, day, month, weekday


def triggers_of(line: str, zone: tzinfo) -> tuple[WallClock, ...]:
    """Return the triggers that together are due when *line* is. Raises ValueError for what makes no sense."""
    minute, hour, day, month, weekday = fields_of(line)
    names = weekdays(weekday)
    either = not (day.startswith("*") or weekday.startswith("*"))
    ways = [(day, "*"), ("*", names)] if either else [(day, names)]
    return tuple(
        WallClock(minute=minute, hour=hour, day=one, month=month, day_of_week=other, timezone=zone)
        for one, other in ways
    )


def by_the_clock(line: str) -> bool:
    """Return whether *line* names hours of the day, so that an hour that comes twice counts once."""
    hour = fields_of(line)[1]
    return not hour.startswith("*")


def weekdays(field: str) -> str:
    """Return the days that a crontab's weekday field means, as APScheduler takes them. Raises ValueError."""
    if field == "*":
        return "*"
    chosen = {day % 7 for part in field.split(",") for day in weekday_range(part)}
    return ",".join(DAYS[(day - 1) % 7] for day in sorted(chosen))


def weekday_range(part: str) -> range:
    """Return the numbers, Sunday being 0 and 7, that ``1-5``, ``sun-tue``, ``*/2`` or ``fri`` stand for."""
    span, _, step = part.partition("/")
    first, dash, last = ("0", "-", "6") if span == "*" else span.partition("-")
    begin = weekday(first)
    end = weekday(last) if dash else begin
    if end < begin:
        end += 7
    if step and (not step.isdecimal() or int(step) == 0):
        raise ValueError(f"{part!r} is no step of days")
    return range(begin, end + 1, int(step or 1))


def weekday(name: str) -> int:
    """Return the number of a day, Sunday being 0. Raises ValueError."""
    if name in DAYS:
        return (DAYS.index(name) + 1) % 7
    if name.isdecimal() and int(name) <= 7:
        return int(name)
    raise ValueError(f"{name!r} is no day of the week: write mon to sun, or 0 to 7 with Sunday as 0 and 7")
