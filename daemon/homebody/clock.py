"""What time is it? Everything that asks gets a clock passed in, so that tests can move the hands."""

import time
from datetime import UTC, datetime
from typing import Protocol


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
