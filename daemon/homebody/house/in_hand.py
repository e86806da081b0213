"""Which runs are being carried out just now, and which of them are to be given up?

Claiming a run and noting who has it is one step: a run that the journal calls running and that nobody has in hand
was broken off. Two runs on one file are never in hand at once; the journal's claim sees to that.
"""

import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from homebody.house.outcome import UNWANTED, replaced_by
from homebody.journal.run import Run, RunState
from homebody.journal.store import Journal
from homebody.model.cancellation import Cancellation

NOT_BEGUN = (RunState.QUEUED, RunState.WAITING)
"""Where a run stands that is not over and that nobody works on."""


@dataclass(slots=True)
class Held:
    """A run in hand, what tells that it is to be given up, and whether a person wants that."""

    run: Run
    cancellation: Cancellation
    unwanted: bool = False
    newer: int | None = None
    """The run on what its file holds by now, which takes its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledOff:
    """What became of a wish to cancel runs: those that are being given up, those that are over, why others go on."""

    giving_up: Sequence[int]
    ended: Sequence[Run]
    refused: Mapping[int, str]


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
        """Note that whoever claimed *held* works on it no more; once handed back, another may have it by now.

        One that is not over though a newer one was to take its place gives way now. Raises JournalError then.
        """
        with self._lock:
            if self._held.get(held.run.id) is held:
                del self._held[held.run.id]
                if held.newer is not None and self._journal.run(held.run.id).state in NOT_BEGUN:
                    self._replace(held.run.id, held.newer)

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

    def call_off(self, numbers: Iterable[int]) -> CalledOff:
        """Cancel the runs *numbers* because a person wants it: what is in hand is given up, what is queued is over.

        No run is claimed meanwhile, so that none slips through between the two. Raises JournalError or DiskFullError.
        """
        with self._lock:
            wanted = list(dict.fromkeys(numbers))
            held = [self._held[number] for number in wanted if self._working(number)]
            left = [number for number in wanted if not self._working(number)]
            ended, refused = self._journal.call_off(left, UNWANTED) if left else ([], {})
            for one in held:
                one.unwanted = True
                one.cancellation.cancel()
        return CalledOff(giving_up=[one.run.id for one in held], ended=ended, refused=refused)

    def give_way(self, recipes: Collection[str]) -> None:
        """Let every run of *recipes* go that a newer one on the same file replaces; one in hand is given up.

        No run is claimed meanwhile. Raises JournalError or DiskFullError.
        """
        with self._lock:
            for run, newer in self._journal.replaced(recipes):
                held = self._held.get(run.id)
                if held is not None:
                    held.newer = newer
                    held.cancellation.cancel()
                elif run.state in NOT_BEGUN:
                    self._replace(run.id, newer)

    def _replace(self, number: int, newer: int) -> None:
        self._journal.finish(number, RunState.SKIPPED, replaced_by(newer), release=True)

    def _working(self, number: int) -> bool:
        """Return whether that run is in hand and its end is not written down yet."""
        return number in self._held and self._journal.run(number).state is RunState.RUNNING

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
