"""Is a run to be given up?"""

import threading

from homebody.errors import CancelledError


class Cancellation:
    """The wish that something under way be given up; it may be told, and asked for, from any thread."""

    def __init__(self) -> None:
        self._told = threading.Event()

    @property
    def cancelled(self) -> bool:
        """Whether it is to be given up."""
        return self._told.is_set()

    def cancel(self) -> None:
        """Let it be given up: whoever works on it stops at the next place where that can be done."""
        self._told.set()

    def heed(self) -> None:
        """Raise CancelledError if it is to be given up."""
        if self._told.is_set():
            raise CancelledError
