"""What touched the watched folders just now? Every event of the file system is a hint with a path, no more."""

import errno
import logging
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from watchdog.events import (
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.polling import PollingObserver

from homebody.seal import this_system

CHANGES: list[type[FileSystemEvent]] = [
    FileCreatedEvent, FileModifiedEvent, FileMovedEvent, FileClosedEvent, FileDeletedEvent,
]  # fmt: skip
"""What we want to hear of; reading a file is no change of it, and would wake us at our own reading."""

LIMITS = {
    errno.ENOSPC: "the system watches no more folders for one user (sysctl fs.inotify.max_user_watches)",
    errno.EMFILE: "the system has no more watchers for one user (sysctl fs.inotify.max_user_instances)",
    errno.ENOENT: "the folder is not there",
}
STOP_SECONDS = 5
POLL_SECONDS = 5
"""How often folders are looked at where nobody tells of them; a file has to lie still as long by default.
With 10,000 files that took 2.1 % of a core on Linux."""


class Hints(FileSystemEventHandler):
    """Passes on the paths of events below *real*, named as if below *folder*; what is hidden is left out."""

    def __init__(self, folder: Path, real: Path, hint: Callable[[Path], None]) -> None:
        self._folder = folder
        self._real = real
        self._hint = hint

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Hint at what was touched, and at where it was moved to."""
        if event.is_directory:
            return
        for path in (event.src_path, event.dest_path):
            named = below(Path(os.fsdecode(path)), self._real) if path else None
            if named is not None:
                self._hint(self._folder / named)


def below(path: Path, folder: Path) -> Path | None:
    """Return *path* relative to *folder*, or None when it lies elsewhere or something on the way is hidden."""
    if not path.is_relative_to(folder):
        return None
    named = path.relative_to(folder)
    return None if any(part.startswith(".") for part in named.parts) else named


class Complaints(logging.Handler):
    """Hears when watchdog warns: it does so when the system's queue of events has overflowed, and tells no handler.

    The text may name a folder and goes nowhere.
    """

    def __init__(self, missed: Callable[[], None]) -> None:
        super().__init__(level=logging.WARNING)
        self._missed = missed

    def emit(self, record: logging.LogRecord) -> None:  # noqa: ARG002 - whatever it is, events may be lost
        """Pass on that events may have been missed."""
        self._missed()


def nothing() -> None:
    """Do nothing about events that were missed: somebody else looks regularly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A folder that the system watches for us: which one it was when it began, how, and watchdog's handle on it."""

    identity: tuple[int, int]
    recursive: bool
    handle: Any


class FolderWatch:
    """Watches folders with the system's own means; what it misses, the rescan finds.

    *hint* and *missed* are called from threads of their own: something happened at a path, or who knows where.
    """

    def __init__(
        self,
        folders: Iterable[tuple[Path, bool]],
        hint: Callable[[Path], None],
        missed: Callable[[], None] = nothing,
    ) -> None:
        self._folders = together(folders)
        self._hint = hint
        self._complaints = Complaints(missed)
        self._observer: Any = None
        self._watches: dict[Path, Watch] = {}
        self.problems: dict[Path, str] = {}
        """Folders that the system does not watch for us, and why; the rescan alone looks after them."""

    def look_after(self, folders: Iterable[tuple[Path, bool]]) -> None:
        """Watch these folders and no others from the next ``mend`` on; called from any thread."""
        self._folders = together(folders)

    def start(self) -> None:
        """Begin to watch; a folder that cannot be watched is noted in ``problems`` and stops no other."""
        logging.getLogger("watchdog").addHandler(self._complaints)
        try:
            # FSEvents is a service that the seal keeps out of reach, and kqueue would open every single file.
            self._observer = (
                Observer() if this_system().tells_of_files else PollingObserver(timeout=POLL_SECONDS)
            )
            self._observer.start()
        except OSError as error:
            self._observer = None
            self.problems.update(dict.fromkeys(self._folders, words(error)))
            return
        self.mend()

    def mend(self) -> None:
        """Watch again what was not there, was deleted or replaced since; to be called now and then."""
        if self._observer is None:
            return
        wanted = self._folders
        for folder in self._watches.keys() - wanted.keys():
            self._observer.unschedule(self._watches.pop(folder).handle)
        for folder in self.problems.keys() - wanted.keys():
            del self.problems[folder]
        for folder, recursive in sorted(wanted.items()):
            try:
                self._mend(folder, recursive=recursive)
            except OSError as error:
                self.problems[folder] = words(error)
            else:
                self.problems.pop(folder, None)

    def stop(self) -> None:
        """Stop watching and wait until the threads have ended."""
        logging.getLogger("watchdog").removeHandler(self._complaints)
        if self._observer is not None and self._observer.is_alive():
            self._observer.stop()
            self._observer.join(timeout=STOP_SECONDS)

    def alive(self) -> bool:
        """Return whether events are being listened to."""
        return self._observer is not None and bool(self._observer.is_alive())

    def _mend(self, folder: Path, *, recursive: bool) -> None:
        """See to it that *folder* is watched as it is now. Raises OSError."""
        watch = self._watches.get(folder)
        now = identity(folder)
        same = watch is not None and (watch.identity, watch.recursive) == (now, recursive)
        if watch is not None and same and self._listens(watch):
            return
        if watch is not None:
            del self._watches[folder]
            self._observer.unschedule(watch.handle)
        if now is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        real = folder.resolve()
        handle = self._observer.schedule(
            Hints(folder, real, self._hint), str(real), recursive=recursive, event_filter=CHANGES
        )
        self._watches[folder] = Watch(identity=now, recursive=recursive, handle=handle)

    def _listens(self, watch: Watch) -> bool:
        """Return whether the watch still works: the number of a deleted folder may be given to the next one."""
        return any(
            emitter.watch == watch.handle and emitter.is_alive() for emitter in self._observer.emitters
        )


def together(folders: Iterable[tuple[Path, bool]]) -> dict[Path, bool]:
    """Return each folder once, and whether anybody wants those below it watched, too."""
    found: dict[Path, bool] = {}
    for folder, recursive in folders:
        found[folder] = recursive or found.get(folder, False)
    return found


def identity(folder: Path) -> tuple[int, int] | None:
    """Return what tells a folder from another of the same name, or None when it is not there. Raises OSError."""
    try:
        found = folder.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found.st_dev, found.st_ino


def words(error: OSError) -> str:
    """Return why a folder is not watched, and what happens instead."""
    why = LIMITS.get(error.errno or 0, error.strerror or type(error).__name__)
    return f"{why}; it is looked at regularly instead"
