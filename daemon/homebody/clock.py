"""What time is it? Everything that asks gets a clock passed in, so that tests can move the hands."""

import time
from datetime import UTC, datetime, tzinfo
from typing import Protocol


def local_zone() -> tzinfo | None:
    """Return the computer's time zone, None when it has none that is known: TZ can name any nonsense.

    The C library takes UTC then (tzset(3)), and so should whoever asks.
    """
    from tzlocal import get_localzone

    try:
        return get_localzone()
    except Exception:  # noqa: BLE001 - tzlocal raises whatever the files that it meets make it raise
        return None


class Clock(Protocol):
    """The two questions that homebody asks about time."""

    def now(self) -> datetime:
        """Return the time of day, with UTC as its zone."""

    def monotonic(self) -> float:
        """Return seconds that only go forward, whatever happens to the time of day."""


class SystemClock:
    """The computer's own clock."""

    def now(self) -> datetime:
        """Return the time of day, with UTC as its zone."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that only go forward."""
        return time.monotonic()
