"""Which threads carry out runs?

One for the runs that need no model, and for the others as many as the model answers side by side; of each kind one more
where recordings are heard. A thread more is taken on when the model has more slots; one that turns out to be too many
waits for its turn with the model.
"""

import threading

from homebody.house.loop import Kind, Loop
from homebody.house.model import MOST_SLOTS


class Crew:
    """The threads that go round in a loop; for one thread at a time."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._threads: dict[Kind, list[threading.Thread]] = {}

    def muster(self, kind: Kind, number: int) -> None:
        """See to it that at least *number* threads carry out runs of that *kind*, as far as there may be so many."""
        there = self._threads.setdefault(kind, [])
        while len(there) < min(number, MOST_SLOTS):
            name = f"house-{kind.name.lower()}-{len(there) + 1}"
            there.append(threading.Thread(target=self._loop.work, args=(kind,), name=name, daemon=True))
            there[-1].start()

    def join(self) -> None:
        """Wait until all of them have ended, after the loop's ``stop`` was set."""
        for threads in self._threads.values():
            for thread in threads:
                thread.join()
