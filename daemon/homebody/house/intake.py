"""When is a file that was touched taken in?

File system events are hints and the rescan is the truth: both end among the files that settle, and one is
taken in when it has lain still. Nothing is polled: the intake sleeps until a hint comes, a file's wait is
over, or the next rescan is due.
"""

import queue
import threading
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from homebody.clock import Clock
from homebody.errors import HomebodyError
from homebody.house.admission import Admission, Held
from homebody.house.watched import Coverage, Watched, key_of
from homebody.journal.store import Journal
from homebody.logs import get_log
from homebody.recipe.schema import Recipe
from homebody.triggers.rescan import Candidate, FolderError, scan
from homebody.triggers.settle import Settling, Signature
from homebody.triggers.settle import is_temporary as temporary

NAP_SECONDS = 1.0
"""The longest sleep, so that a stop is noticed."""

BATCH = 100
"""So many settled files are taken in at once: the loop gets at the journal in between."""

CHUNK = 1000
"""So many files of a rescan are compared with the journal at once."""

NOTHING = Path()
"""A hint at no file, which only ends a sleep."""

LULL_SECONDS = 1.0
"""So long after hints were lost everything is looked at: by then the worst of the storm is over."""


SLEPT_SECONDS = 30.0
"""So much further the time of day has gone than our own seconds when the computer slept, or its clock was put right."""


class Intake:
    """Takes in files: hints come from any thread, everything else happens in the thread that calls ``run``."""

    def __init__(
        self,
        *,
        journal: Journal,
        clock: Clock,
        watched: list[Watched],
        wake: Callable[[], None],
        rescan_seconds: float,
        stat: Callable[[Path], Candidate | None],
        mend: Callable[[], None],
        judge: Callable[[Recipe, Path], str | None] = lambda _recipe, _path: None,
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._coverage = Coverage(watched)
        self._admission = Admission(
            journal=journal, clock=clock, coverage=self._coverage, wake=wake, stat=stat, judge=judge
        )
        self._rescan_seconds = rescan_seconds
        self._rescan_at = clock.monotonic()
        self._ahead = clock.now().timestamp() - clock.monotonic()
        self._stat = stat
        self._mend = mend
        self._hints: queue.SimpleQueue[Path | None] = queue.SimpleQueue()
        self._heard: list[Path | None] = []
        self._settling = Settling()
        self._looked = False
        self._coming: tuple[list[Watched], threading.Event] | None = None
        self._log: Any = get_log()
        self.problems: dict[Path, str] = {}
        """Folders that could not be looked at, and why; shown by ``status``."""

    def hint(self, path: Path) -> None:
        """Note that something happened at *path*; called from the watcher's thread."""
        self._hints.put(path)

    def missed(self) -> None:
        """Note that hints were lost, so that everything is looked at soon; called from the watcher's thread."""
        self._hints.put(None)

    def rouse(self) -> None:
        """Let the intake see at once that it is to stop; called from any thread."""
        self._hints.put(NOTHING)

    def watch(self, watched: list[Watched]) -> threading.Event:
        """Look after *watched* from now on, as after a start; called from any thread.

        The event that is returned is set when the files that a new recipe leaves alone are noted.
        """
        noted = threading.Event()
        self._coming = watched, noted
        self._hints.put(NOTHING)
        return noted

    def pending(self) -> int:
        """Return how many files have not settled yet, hints that were not looked at left out."""
        return len(self._settling)

    @property
    def looked(self) -> bool:
        """Whether every folder has been looked at: what comes later is new."""
        return self._looked

    @property
    def caught_up(self) -> bool:
        """Whether every folder has been looked at, and all that was found has been taken in."""
        return self._looked and not self.pending() and self._hints.empty() and not self.problems

    def settling(self, path: Path) -> tuple[float, float] | None:
        """Return for how many seconds *path* has lain still and for how many it must, or None if not awaited."""
        deadline, quiet = self._settling.deadline(str(path)), self._coverage.quiet(str(path))
        return None if deadline is None else (quiet - (deadline - self._clock.monotonic()), quiet)

    def run(self, stop: threading.Event) -> None:
        """Take in files until *stop* is set: the first rescan at once, then hints, settling and rescans."""
        self.enrol()
        self._rescan_at = self._clock.monotonic()
        while not stop.is_set():
            self.take_over()
            if self._clock.monotonic() >= self._rescan_at:
                self.rescan()
            self.tick()
            if not stop.is_set():  # a rousing that the tick took with it came after the stop
                self._rest()

    def _rest(self) -> None:
        """Sleep until there is something to do, or a little."""
        now = self._clock.monotonic()
        deadline = self._settling.next_deadline()
        until = min(self._rescan_at, now + NAP_SECONDS, *(() if deadline is None else (deadline,)))
        if until > now:
            try:
                self._heard.append(self._hints.get(timeout=until - now))
            except queue.Empty:
                return

    def take_over(self) -> None:
        """Look after the wishes that were handed in, if there are new ones: everything is looked at once more.

        What was settling goes on settling, and what is known already is offered to recipes that came since.
        """
        if self._coming is None:
            return
        (watched, noted), self._coming = self._coming, None
        self._coverage = Coverage(watched)
        self._admission.cover(self._coverage)
        gone = self.problems.keys() - {wish.folder for wish in watched}
        for folder in gone:
            del self.problems[folder]
        self._looked = False
        self._rescan_at = self._clock.monotonic()
        self._mend()
        self.enrol()
        noted.set()

    def enrol(self) -> None:
        """For recipes that leave existing files alone, note once which files were there before them.

        A folder that cannot be looked at is noted when it can be: what it holds is not new because of that.
        """
        for watched in self._coverage:
            recipe, folder = watched.recipe.name, watched.folder
            if watched.existing != "skip" or self._journal.enrolled(recipe, folder):
                continue
            found = scan(folder, watched.recursive)
            there = ((c.path, key_of(c.signature)) for c in found if c.kind == "file")
            try:
                files = self._journal.enrol(recipe, folder, there)
            except (FolderError, OSError):
                continue  # the rescan tells of it
            self._log.info("existing files left alone", files=files)

    def rescan(self) -> None:
        """Look at every watched folder: what is new or changed begins to settle.

        The first look after a start also offers what is known already, for recipes that came since.
        """
        self._mend()
        self.enrol()
        for watched in self._coverage.folders():
            found = self._scan(watched)
            while chunk := list(islice(found, CHUNK)):
                self._compare(chunk)
        self._looked = True
        self._rescan_at = self._clock.monotonic() + self._rescan_seconds

    def _compare(self, chunk: list[Candidate]) -> None:
        """Tell what is new or changed in a part of a folder from what the journal knows."""
        now = self._clock.monotonic()
        there = {str(found.path): found.signature for found in chunk if not temporary(found.path.name)}
        known = self._journal.known_contents(there)
        old = self._admission.left_alone(there)
        new = there.keys() - known.keys() - old
        self._admission.admit([path for path in new if self._watch(path, there[path], now)])
        if not self._looked or self._coverage.wavers:
            files = [Held(path, there[path], content) for path, content in known.items() if path not in old]
            self._admission.offer(files, wavering=self._looked)

    def _scan(self, watched: Watched) -> Iterator[Candidate]:
        """Yield what is in a watched folder; one that cannot be looked at is a problem, and stops no other."""
        try:
            yield from scan(watched.folder, watched.recursive)
        except (HomebodyError, OSError) as error:
            if watched.folder not in self.problems:
                self._log.warning("a watched folder cannot be looked at", error=error)
            self.problems[watched.folder] = str(error)
        else:
            self.problems.pop(watched.folder, None)

    def tick(self) -> None:
        """Take the hints that came, look once more at files whose wait is over, and take in what has lain still."""
        now = self._clock.monotonic()
        if self._slept(now):
            self._log.info("the computer slept; everything is looked at")
            self._rescan_at = min(self._rescan_at, now + LULL_SECONDS)
        touched = self._touched(now)
        touched += self._settling.due(now, at_most=BATCH)
        self._admission.admit([path for path in dict.fromkeys(touched) if self._look(path, now)])

    def _slept(self, now: float) -> bool:
        """Return whether the computer slept since the last tick: our seconds stood still meanwhile, its clock did not.

        Nobody told us then of what came into a folder that lies on another computer.
        """
        before, self._ahead = self._ahead, self._clock.now().timestamp() - now
        return self._ahead - before > SLEPT_SECONDS

    def _touched(self, now: float) -> list[str]:
        """Return the files that hints named since the last tick and that a recipe may want."""
        hints, self._heard = self._heard, []
        while True:
            try:
                hints.append(self._hints.get_nowait())
            except queue.Empty:
                break
        if None in hints:
            self._log.warning("the system lost track of changes; everything is looked at")
            self._rescan_at = min(self._rescan_at, now + LULL_SECONDS)
        return [
            str(path)
            for path in dict.fromkeys(hints)
            if path is not None and not temporary(path.name) and self._coverage.of(str(path))
        ]

    def _look(self, path: str, now: float) -> bool:
        """Look at a file and return whether it has settled."""
        found = self._stat(Path(path))
        return self._watch(path, found.signature if found is not None else None, now)

    def _watch(self, path: str, signature: Signature | None, now: float) -> bool:
        """Take note of a look at a file and return whether it has settled."""
        return self._settling.look(path, signature, now, self._coverage.quiet(path))
