"""Is there something new in the queue for those who wait before it?"""

import threading


class Wake:
    """A bell that wakes everybody who waits, and that nobody misses who has looked at ``rung`` before the queue."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._rung = 0

    @property
    def rung(self) -> int:
        """How often it was rung so far."""
        return self._rung

    def set(self) -> None:
        """Wake everybody who waits; called from any thread."""
        with self._changed:
            self._rung += 1
            self._changed.notify_all()

    def wait(self, seen: int, seconds: float) -> None:
        """Wait until it has been rung more often than *seen* times, at most so many *seconds*."""
        with self._changed:
            self._changed.wait_for(lambda: self._rung != seen, seconds)
