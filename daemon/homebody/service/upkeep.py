"""What does the daemon do for its own store, at the start and then once a day?

It keeps the vault to its limits, and a fresh copy of the journal beside it. What is due is a pure question of
the clock; what could not be done is logged and tried again at the next look.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Lock
from typing import Any

from homebody.clock import Clock
from homebody.errors import HomebodyError
from homebody.house.purge import Purged, keep_to
from homebody.house.requests import expire
from homebody.journal.copying import copied_at, copy_journal
from homebody.journal.run import RunState
from homebody.journal.store import Journal
from homebody.logs import get_log
from homebody.settings import VaultLimits

A_DAY = timedelta(days=1)

LOOK_SECONDS = 10.0
"""How often it is asked what is due."""


def due(last: datetime | None, now: datetime, pause: timedelta = A_DAY) -> bool:
    """Return whether something last done then is due now; a clock that was set back makes it due at once."""
    return last is None or not timedelta(0) <= now - last < pause


def copy_due(last: datetime | None, now: datetime, *, idle: bool) -> bool:
    """Return whether the journal is to be copied: once a day when nothing goes on, else after two days."""
    return due(last, now, A_DAY if idle else 2 * A_DAY)


class Upkeep:
    """Does what is due when asked; *changing* is held while the vault is purged, so that no run needs it.

    *also* is done at every look.
    """

    def __init__(
        self,
        journal: Journal,
        journal_path: Path,
        vault: Path,
        clock: Clock,
        limits: VaultLimits,
        changing: Lock,
        *,
        also: Callable[[], None] = lambda: None,
    ) -> None:
        self._journal = journal
        self._journal_path = journal_path
        self._vault = vault
        self._clock = clock
        self._limits = limits
        self._changing = changing
        self._also = also
        self._copying = Lock()
        self._purged_at: datetime | None = None
        self._log: Any = get_log()
        self.problems: dict[str, str] = {}
        """What could not be done, and why; shown by ``status``."""

    def run(self, stop: Event) -> None:
        """Look now and then, until *stop* is set."""
        self.look()
        while not stop.wait(LOOK_SECONDS):
            self.look()

    def look(self) -> None:
        """Do what is due just now; what fails does not keep the rest from being done."""
        now = self._clock.now()
        if due(self._purged_at, now) and self._done("the vault could not be purged", self.purge):
            self._purged_at = now
        if copy_due(copied_at(self._journal_path), now, idle=self._idle()):
            self.copy()
        self._done("dry runs could not be let go", lambda: expire(self._journal, now))
        self._done("the first look after the rebuilding could not be ended", self._also)

    def purge(self) -> Purged:
        """Keep the vault to its limits, and return what went."""
        with self._changing:
            purged = keep_to(self._journal, self._vault, self._clock.now(), self._limits)
        if purged.images:
            self._log.info("vault purged", count=purged.images)
        return purged

    def copy(self) -> None:
        """Copy the journal; a failure is a problem in words, and the older copy stays."""
        self._done("the journal could not be copied", self._copy)

    def renew_copy(self) -> None:
        """Copy the journal over its copy, if there is one: what was forgotten is in neither then.

        Raises JournalError or DiskFullError.
        """
        if copied_at(self._journal_path) is not None:
            self._copy()

    def _copy(self) -> None:
        with self._copying:  # asked for by a person while the daily one is made: both write the same new file
            copy_journal(self._journal_path)

    def _idle(self) -> bool:
        try:
            counts = self._journal.counts()
        except HomebodyError:
            return False
        return not counts.get(RunState.QUEUED) and not counts.get(RunState.RUNNING)

    def _done(self, words: str, deed: Callable[[], object]) -> bool:
        """Return whether *deed* succeeded; if not, it is a problem that *words* name."""
        try:
            deed()
        except (HomebodyError, OSError) as error:
            self.problems[words] = f"{words}: {error}"
            self._log.warning(words, error=error)
            return False
        self.problems.pop(words, None)
        return True
