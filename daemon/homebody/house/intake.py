"""How does a file that was touched become a queued run?

File system events are hints and the rescan is the truth: both end in the same pending set, and a file is
taken in when it has lain still. What we wrote ourselves is known by path and content, so it wakes nothing.
"""

import queue
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from homebody.clock import Clock
from homebody.documents.file import LIMIT, identify
from homebody.errors import DocumentError, HomebodyError
from homebody.events import FileSettled
from homebody.filters.filter import FileFacts
from homebody.journal.breaker import opens_until, waits
from homebody.journal.store import Journal, Origin
from homebody.logs import get_log
from homebody.recipe.schema import Recipe, Watch
from homebody.triggers.rescan import Candidate, scan
from homebody.triggers.settle import Pending, Signature, observe_all, settled
from homebody.triggers.settle import is_temporary as temporary

TICK_SECONDS = 0.25
"""How often pending files are looked at while there are any."""

NOT_LOOKED_AT = Signature(0, 0, 0)
"""What a hint knows of its file; the first look changes it, and the wait begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One recipe's wish to see the files of one folder."""

    recipe: Recipe
    folder: Path
    recursive: bool
    settle: float
    existing: str

    def covers(self, path: Path) -> bool:
        """Return whether *path* lies where this wish looks."""
        return path.parent == self.folder or (self.recursive and self.folder in path.parents)


def wishes(recipes: Iterable[Recipe], settle: float) -> list[Watched]:
    """Return every watched folder of every enabled recipe, links resolved; *settle* is the default pause."""
    return [
        Watched(
            recipe=recipe,
            folder=folder.resolve(),
            recursive=trigger.recursive,
            settle=settle if trigger.settle is None else trigger.settle,
            existing=trigger.existing,
        )
        for recipe in recipes
        if recipe.enabled
        for trigger in recipe.triggers
        if isinstance(trigger, Watch)
        for folder in trigger.folders
    ]


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
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._watched = watched
        self._wake = wake
        self._rescan_seconds = rescan_seconds
        self._stat = stat
        self._mend = mend
        self._hints: queue.SimpleQueue[Path] = queue.SimpleQueue()
        self._pending: Pending = {}
        self._looked = False
        self._log: Any = get_log()
        self.problems: dict[Path, str] = {}
        """Folders that could not be looked at, and why; shown by ``status``."""

    def hint(self, path: Path) -> None:
        """Note that something happened at *path*; called from the watcher's thread."""
        self._hints.put(path)

    def run(self, stop: threading.Event) -> None:
        """Take in files until *stop* is set: the first rescan at once, then hints, settling and rescans."""
        self.enrol()
        due = self._clock.monotonic()
        while not stop.is_set():
            if self._clock.monotonic() >= due:
                self.rescan()
                due = self._clock.monotonic() + self._rescan_seconds
            self.tick()
            self._rest(stop)

    def _rest(self, stop: threading.Event) -> None:
        """Wait for the next hint, or for pending files to lie still a little longer."""
        if self._pending:
            stop.wait(TICK_SECONDS)
            return
        try:
            self._hints.put(self._hints.get(timeout=1.0))
        except queue.Empty:
            return

    def enrol(self) -> None:
        """For recipes that leave existing files alone, note once which files were there before them."""
        for watched in self._watched:
            if watched.existing != "skip" or self._journal.enrolled(watched.recipe.name, watched.folder):
                continue
            there = [(c.path, _key(c.signature)) for c in self._scan(watched) if c.kind == "file"]
            self._journal.enrol(watched.recipe.name, watched.folder, there)
            self._log.info("existing files left alone", files=len(there))

    def rescan(self) -> None:
        """Look at every watched folder: what is new or changed begins to settle.

        The first look after a start also offers what is known already, for recipes that came since.
        """
        self._mend()
        now = self._clock.monotonic()
        new: dict[Path, Signature | None] = {}
        folders = {(watched.folder, watched.recursive): watched for watched in self._watched}
        for watched in folders.values():
            for candidate in self._scan(watched):
                content = self._journal.known_content(candidate.path, candidate.signature)
                if content is None:
                    if candidate.path not in self._pending and not temporary(candidate.path.name):
                        new[candidate.path] = candidate.signature
                elif not self._looked:
                    self._offer(candidate.path, candidate.signature, content)
        self._pending = observe_all(self._pending, new, now)
        self._looked = True

    def _scan(self, watched: Watched) -> Iterable[Candidate]:
        try:
            found = list(scan(watched.folder, watched.recursive))
        except (HomebodyError, OSError) as error:
            if watched.folder not in self.problems:
                self._log.warning("a watched folder cannot be looked at", error=error)
            self.problems[watched.folder] = str(error)
            return ()
        self.problems.pop(watched.folder, None)
        return found

    def tick(self) -> None:
        """Take the hints that came, look again at what is pending, and take in what has lain still."""
        now = self._clock.monotonic()
        hinted: dict[Path, tuple[Signature, float]] = {}
        while True:
            try:
                path = self._hints.get_nowait()
            except queue.Empty:
                break
            if not temporary(path.name) and any(watched.covers(path) for watched in self._watched):
                hinted[path] = (NOT_LOOKED_AT, now)
        self._pending = {**hinted, **self._pending}
        looked = {path: self._stat(path) for path in self._pending}
        signatures = {path: found.signature if found is not None else None for path, found in looked.items()}
        self._pending = observe_all(self._pending, signatures, now)
        ready, self._pending = settled(
            self._pending, now, {path: self._quiet(path) for path in self._pending}
        )
        for path in sorted(ready):
            self.admit(path)

    def _quiet(self, path: Path) -> float:
        """Return the longest pause that any recipe wants before *path* counts as settled."""
        return max((watched.settle for watched in self._watched if watched.covers(path)), default=0.0)

    def _limit(self, path: Path) -> int:
        """Return the largest size that any recipe would read of *path*, in bytes."""
        return max((one.recipe.read.limit for one in self._watched if one.covers(path)), default=LIMIT)

    def admit(self, path: Path) -> None:
        """Queue a settled file for every recipe that wants it and has not had this content before.

        What cannot be read just now is left to the next rescan; nothing stops the others.
        """
        candidate = self._stat(path)
        if candidate is None:
            return
        try:
            content = identify(path, limit=self._limit(path))
            self._offer(path, candidate.signature, content)
            # Last, because a crash before it only means that the file is looked at once more.
            self._journal.remember_content(path, candidate.signature, content)
        except DocumentError as error:
            if isinstance(error.__cause__, PermissionError):
                # A run of its own, so that a person sees why nothing happens; never remembered, so that the
                # next rescan notices when the file may be read.
                self._offer(path, candidate.signature, f"unreadable:{candidate.signature.mtime_ns}")
        except (HomebodyError, OSError) as error:
            self._log.error("a file could not be taken in", error=error)

    def _offer(self, path: Path, signature: Signature, content: str) -> None:
        """Queue *path* for each recipe that wants it; our own writes wake nothing."""
        origin = self._journal.origin(path, content)
        if origin is Origin.OURS or self._journal.put_here(path, content):
            return
        modified = datetime.fromtimestamp(signature.mtime_ns / 1e9, UTC)
        facts = FileFacts(path=path, size=signature.size, modified=modified)
        for watched in self._watched:
            if watched.covers(path) and all(chosen.matches(facts) for chosen in watched.recipe.filters):
                self._enqueue(watched.recipe, path, signature, content, str(origin))

    def _enqueue(self, recipe: Recipe, path: Path, signature: Signature, content: str, origin: str) -> None:
        if self._journal.was_there_before(recipe.name, path, _key(signature), content):
            return
        if self._journal.renamed_from(recipe.name, path, origin) is not None:
            return
        limit = recipe.limits.runs_per_file
        now = self._clock.now()
        starts = self._journal.starts(recipe.name, path, now - limit.per)
        until = opens_until(starts, limit.count, limit.per, now)
        run = self._journal.enqueue(
            recipe=recipe.name,
            recipe_hash=recipe.hash,
            event=FileSettled(path=path, content=content),
            key=f"{recipe.name}\n{origin}\n{path}",
            path=path,
            content=content,
            origin=origin,
            due=None,
            not_before=until,
            reason=waits(limit.count, limit.per, until) if until is not None else None,
        )
        if run is not None:
            self._wake()


def _key(signature: Signature) -> str:
    return f"{signature.size}:{signature.mtime_ns}:{signature.inode}"
