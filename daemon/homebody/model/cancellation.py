"""How does somebody who waits for an answer say that it is not wanted any more?"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from homebody.errors import CancelledError


class Cancellation:
    """A wish to give one piece of work up, made once and never taken back; any thread may make it or ask for it."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._wished = threading.Event()
        self._listeners: list[Callable[[], None]] = []

    @property
    def cancelled(self) -> bool:
        """Return whether the work is to be given up."""
        return self._wished.is_set()

    def heed(self) -> None:
        """Raise CancelledError if the work is to be given up."""
        if self._wished.is_set():
            raise CancelledError

    def cancel(self) -> None:
        """Let the work be given up, and tell whoever listens, in this thread; a second time does nothing."""
        with self._guard:
            if self._wished.is_set():
                return
            self._wished.set()
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener()

    @contextmanager
    def listening(self, listener: Callable[[], None]) -> Iterator[None]:
        """Have *listener* called once when the wish is made meanwhile, or at once when it was made before.

        It may still be under way in the other thread when the block ends.
        """
        with self._guard:
            late = self._wished.is_set()
            self._listeners.append(listener)
        if late:
            listener()
        try:
            yield
        finally:
            with self._guard:
                self._listeners.remove(listener)
