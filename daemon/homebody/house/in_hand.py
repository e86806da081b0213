"""Which runs are being carried out just now, and which of them are to be given up?

Claiming a run and noting who has it is one step: a run that the journal calls running and that nobody has in hand
was broken off. Two runs on one file are never in hand at once; the journal's claim sees to that.
"""

import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass

from homebody.journal.run import Run, RunState
from homebody.journal.store import Journal
from homebody.model.cancellation import Cancellation


@dataclass(slots=True)
class Held:
    """A run in hand, what tells that it is to be given up, and whether a person wants that."""

    run: Run
    cancellation: Cancellation
    unwanted: bool = False


class InHand:
    """The runs in hand. Its methods may be called from any thread."""

    def __init__(self, journal: Journal, cancellation: Callable[[], Cancellation] = Cancellation) -> None:
        self._journal = journal
        self._cancellation = cancellation
        self._lock = threading.Lock()
        self._held: dict[int, Held] = {}
        self._over = False

    def claim(
        self, *, only: Collection[str] | None = None, but: Collection[str] = (), asked: bool = False
    ) -> Held | None:
        """Return the next run, now in hand, or None when nothing is due, or ``cancel_all`` was called.

        *only* and *but* are names of recipes; with *asked* only what a person waits for is due. Raises JournalError or
        DiskFullError.
        """
        with self._lock:
            run = None if self._over else self._journal.claim(only=only, but=but, asked=asked)
            if run is None:
                return None
            self._held[run.id] = Held(run, self._cancellation())
            return self._held[run.id]

    def let_go(self, held: Held) -> None:
        """Note that whoever claimed *held* works on it no more; once handed back, another may have it by now."""
        with self._lock:
            if self._held.get(held.run.id) is held:
                del self._held[held.run.id]

    def cancel(self, number: int) -> bool:
        """Let the run of that *number* be given up because a person wants it; return whether it is in hand.

        Changes that are being made are made to their end, and the run is done then.
        """
        with self._lock:
            held = self._held.get(number)
            if held is not None:
                held.unwanted = True
                held.cancellation.cancel()
            return held is not None

    def cancel_all(self) -> None:
        """Let every run be given up, to be handed back; none is claimed any more."""
        with self._lock:
            self._over = True
            for held in self._held.values():
                held.cancellation.cancel()

    @property
    def numbers(self) -> frozenset[int]:
        """The numbers of the runs in hand."""
        with self._lock:
            return frozenset(self._held)

    def strays(self) -> list[Run]:
        """Return the runs that the journal calls running and that nobody has in hand. Raises JournalError."""
        with self._lock:
            return [run for run in self._journal.in_state(RunState.RUNNING) if run.id not in self._held]
