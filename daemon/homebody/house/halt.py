"""Has a person paused homebody, and since when? Noted in the journal, so that a new start does not forget it."""

import threading
from datetime import datetime

from homebody.clock import Clock
from homebody.journal.store import Journal

NOTE = "paused"
"""Under what the journal keeps since when it is paused."""

WHY = "you have paused it"
UNTIL = "new files and schedules wait until `homebody resume`; what you ask for is done"


class Halt:
    """Whether background runs rest because a person wants it; its methods may be called from any thread."""

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self._journal = journal
        self._clock = clock
        self._changing = threading.Lock()
        noted = journal.meta(NOTE)
        self.since = None if noted is None else datetime.fromisoformat(noted)
        """Since when they rest, None while they go on."""

    def begin(self) -> bool:
        """Let them rest; return whether that is new. Raises JournalError or DiskFullError."""
        with self._changing:
            if self.since is not None:
                return False
            now = self._clock.now()
            self._journal.set_meta(NOTE, now.isoformat())
            self.since = now
            return True

    def end(self) -> bool:
        """Let them go on; return whether that is new. Raises JournalError or DiskFullError."""
        with self._changing:
            if self.since is None:
                return False
            self._journal.set_meta(NOTE, None)
            self.since = None
            return True
