"""Which clients that wait for an answer are still there?"""

import contextlib
import select
import socket
import threading
from collections.abc import Callable, Iterator

LOOK_MILLISECONDS = 100
"""How often it is looked who has gone: an answer that nobody waits for is worked on so much longer."""


class Presence:
    """Looks after clients that are silent because they wait; one thread for all of them, and none for nobody.

    One that only ended its own sending still waits: it counts as gone when it closed, for nothing can reach it then.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._watched: dict[int, Callable[[], None]] = {}
        self._poll = select.poll()
        self._looking = False

    @contextlib.contextmanager
    def watched(self, connection: socket.socket, gone: Callable[[], None]) -> Iterator[None]:
        """Have *gone* called, once and in another thread, if the client at *connection* goes away meanwhile."""
        number = connection.fileno()
        with self._guard:
            self._watched[number] = gone
            self._poll.register(
                number, 0
            )  # no event is asked for, and that all is over is told anyway (poll(2))
            if not self._looking:
                self._looking = True
                threading.Thread(target=self._look, name="presence", daemon=True).start()
        try:
            yield
        finally:
            with self._guard:
                if self._watched.pop(number, None) is not None:
                    self._poll.unregister(number)

    def _look(self) -> None:
        """Look until there is nobody to look after."""
        while True:
            found = self._poll.poll(LOOK_MILLISECONDS)
            with self._guard:
                numbers = [number for number, _event in found if number in self._watched and _over(number)]
                left = [self._let_go(number) for number in numbers]
                self._looking = looking = bool(self._watched)
            for gone in left:
                gone()
            if not looking:
                return

    def _let_go(self, number: int) -> Callable[[], None]:
        self._poll.unregister(number)
        return self._watched.pop(number)


def _over(number: int) -> bool:
    """Return whether the connection is over now: what was told before may be of one that had the number before it."""
    poll = select.poll()
    poll.register(number, 0)
    return bool(poll.poll(0))
