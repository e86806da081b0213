"""Has a file stopped changing? Pure: what was seen, and when, goes in; what is ready comes out."""

import heapq
from dataclasses import dataclass

TEMPORARY_SUFFIXES = (
    ".part", ".partial", ".filepart", ".crdownload", ".opdownload", ".download", ".aria2",
    ".tmp", ".temp", ".swp", ".swo", ".swx", ".icloud", "~",
)  # fmt: skip
"""Browsers, download managers, editors and cloud folders name what is not finished like this."""

TEMPORARY_PREFIXES = ("~$", ".~lock.", ".homebody-", ".#", ".goutputstream-", ".syncthing.", "~syncthing~")


@dataclass(frozen=True, slots=True)
class Signature:
    """What tells that a file is probably unchanged, without reading it."""

    size: int
    mtime_ns: int
    inode: int


def is_temporary(name: str) -> bool:
    """Return whether a file of that name is somebody's work in progress, by the names that programs use."""
    lower = name.lower()
    return lower.endswith(TEMPORARY_SUFFIXES) or lower.startswith(TEMPORARY_PREFIXES)


class Settling:
    """Files that have not settled yet, given by path, and when each of them is to be looked at once more.

    Pure: it looks at nothing and asks no clock. Nothing is copied and nothing is gone through: a look costs the
    logarithm of the number of files, so that a storm of them costs no more a file than one does.
    """

    def __init__(self) -> None:
        self._files: dict[str, tuple[Signature, float]] = {}
        self._deadlines: list[tuple[float, str]] = []

    def __len__(self) -> int:
        """Return how many files have not settled."""
        return len(self._files)

    def __contains__(self, path: str) -> bool:
        """Return whether *path* has not settled."""
        return path in self._files

    def deadline(self, path: str) -> float | None:
        """Return when *path* has settled if it stays as it is, or None when it is not waited for."""
        known = self._files.get(path)
        return None if known is None else known[1]

    def look(self, path: str, signature: Signature | None, now: float, quiet: float) -> bool:
        """Take note that *path* was looked at, and return whether it has settled: then it is no longer held here.

        It has when its signature has been the same for *quiet* seconds. A new or changed signature starts the wait
        anew; one that has not changed leaves it as it is; None says that the file is gone.
        """
        if signature is None:
            self._files.pop(path, None)
            return False
        known = self._files.get(path)
        if known is None or known[0] != signature:
            known = (signature, now + quiet)
            self._files[path] = known
            heapq.heappush(self._deadlines, (known[1], path))
        if now < known[1]:
            return False
        del self._files[path]
        return True

    def due(self, now: float, at_most: int) -> list[str]:
        """Return files whose wait is over at *now*, if they are still as they were: they are to be looked at.

        No more than *at_most*, those first that have waited longest; each is returned once.
        """
        found: list[str] = []
        while self._deadlines and len(found) < at_most and self._deadlines[0][0] <= now:
            deadline, path = heapq.heappop(self._deadlines)
            if self._is_meant(deadline, path) and path not in found[-1:]:
                found.append(path)
        return found

    def next_deadline(self) -> float | None:
        """Return when the next file is to be looked at, or None when none is waited for."""
        while self._deadlines and not self._is_meant(*self._deadlines[0]):
            heapq.heappop(self._deadlines)
        return self._deadlines[0][0] if self._deadlines else None

    def _is_meant(self, deadline: float, path: str) -> bool:
        """Return whether this deadline still stands: the file may have changed or gone since it was set."""
        known = self._files.get(path)
        return known is not None and known[1] == deadline
