"""What touched the watched folders just now? Every event of the file system is a hint with a path, no more."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer


class Hints(FileSystemEventHandler):
    """Passes on the paths of events; reading a file is no change of it."""

    IGNORED = frozenset({"opened", "closed_no_write"})

    def __init__(self, hint: Callable[[Path], None]) -> None:
        self._hint = hint

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Hint at what was touched, and at where it was moved to."""
        if event.is_directory or event.event_type in self.IGNORED:
            return
        for path in (event.src_path, event.dest_path):
            if path:
                self._hint(Path(path if isinstance(path, str) else path.decode("utf-8", "surrogateescape")))


class FolderWatch:
    """Watches folders with the system's own means; what it misses, the rescan finds."""

    def __init__(self, folders: Iterable[tuple[Path, bool]], hint: Callable[[Path], None]) -> None:
        self._folders = dict(sorted(folders))
        self._handler = Hints(hint)
        self._observer: Any = Observer()
        self.problems: dict[Path, str] = {}
        """Folders that the system does not watch for us, and why; the rescan alone looks after them."""

    def start(self) -> None:
        """Begin to watch; a folder that cannot be watched is noted in ``problems`` and stops no other."""
        self._observer.start()
        for folder, recursive in self._folders.items():
            try:
                self._observer.schedule(self._handler, str(folder), recursive=recursive)
            except OSError as error:
                self.problems[folder] = (
                    f"the system does not watch it ({error.strerror}); it is looked at regularly"
                )

    def stop(self) -> None:
        """Stop watching and wait until the threads have ended."""
        if self._observer.is_alive():
            self._observer.stop()
            self._observer.join(timeout=5)

    def alive(self) -> bool:
        """Return whether events are being listened to."""
        return bool(self._observer.is_alive())
