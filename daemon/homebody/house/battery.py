"""Do runs that nobody waits for rest because the computer runs on battery, and since when?"""

import threading
from collections.abc import Callable
from datetime import datetime

from homebody.clock import Clock
from homebody.logs import get_log

LOOK_SECONDS = 5.0
"""How often at most the supplies are looked at."""

WHY = "the computer runs on battery"
UNTIL = "new files and schedules wait until it is plugged in; what you ask for is done"


class Battery:
    """Whether background runs rest; its methods may be called from any thread.

    *discharging* looks whether the computer runs on battery; without it, nobody rests for that.
    """

    def __init__(self, clock: Clock, discharging: Callable[[], bool] | None = None) -> None:
        self._clock = clock
        self._discharging = discharging
        self._looking = threading.Lock()
        self._looked: float | None = None
        self.since: datetime | None = None
        """Since when they rest, None while they go on."""

    def rests(self) -> bool:
        """Return whether only what a person waits for is to be done just now; looks for itself every few seconds."""
        if self._discharging is None:
            return False
        with self._looking:
            now = self._clock.monotonic()
            if self._looked is None or now - self._looked >= LOOK_SECONDS:
                self._looked = now
                self._note(self._discharging())
            return self.since is not None

    def _note(self, discharging: bool) -> None:
        """Note how it is now."""
        if discharging == (self.since is not None):
            return
        self.since = self._clock.now() if discharging else None
        get_log().info(
            "background runs rest on battery" if discharging else "background runs go on, on mains"
        )
