"""Is the clock right, as far as that can be told without asking anybody?"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo

from homebody.doctor.finding import Finding, note, right, wrong

MADE = datetime(2026, 11, 24, tzinfo=UTC)
"""No clock that is right shows an earlier time: this was written then."""

TOO_FAR = timedelta(days=20 * 365)
SLACK = timedelta(minutes=5)
"""Clocks are set a little back now and then; that is no fault."""

CURE = "Set the clock: schedules, dates in names and the ages in the vault follow it."


def clock(now: datetime, newest: datetime | None, zone: tzinfo | None) -> Iterator[Finding]:
    """Yield whether *now* can be right, given the *newest* entry of the journal, and whether the zone is known."""
    said = f"{now.astimezone():%Y-%m-%d %H:%M}"
    if now < MADE:
        yield wrong("clock", f"the clock says {said}, and homebody is newer than that", CURE)
    elif newest is not None and now < newest - SLACK:
        entry = f"{newest.astimezone():%Y-%m-%d %H:%M}"
        yield wrong("clock", f"the clock says {said}, and the journal's newest entry is from {entry}", CURE)
    elif now > MADE + TOO_FAR:
        yield wrong("clock", f"the clock says {said}: that is many years off", CURE)
    else:
        yield right("clock", f"the clock: {said}" + (f", {zone}" if zone else ""))
    if zone is None:
        yield note(
            "time-zone",
            "the computer's time zone is not known: schedules go by UTC",
            "Set it (timedatectl set-timezone Europe/Lisbon), or correct the variable TZ.",
        )
