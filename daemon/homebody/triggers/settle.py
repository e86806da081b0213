"""Has a file stopped changing? Pure: what was seen, and when, goes in; what is ready comes out."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

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


Pending = Mapping[Path, tuple[Signature, float]]
"""Files that have not settled yet: their signature, and since when (monotonic seconds) it has been so."""


def is_temporary(name: str) -> bool:
    """Return whether a file of that name is somebody's work in progress, by the names that programs use."""
    lower = name.lower()
    return lower.endswith(TEMPORARY_SUFFIXES) or lower.startswith(TEMPORARY_PREFIXES)


def observe(pending: Pending, path: Path, signature: Signature | None, now: float) -> Pending:
    """Return *pending* after *path* was looked at; None says that it is gone.

    A signature that has changed starts the wait anew; one that has not leaves it as it is.
    """
    return observe_all(pending, {path: signature}, now)


def observe_all(pending: Pending, looks: Mapping[Path, Signature | None], now: float) -> Pending:
    """Return *pending* after every path of *looks* was looked at; None says that it is gone.

    The same as one `observe` after the other, in time that grows with the number of files and not its square.
    """
    after = dict(pending)
    for path, signature in looks.items():
        if signature is None:
            after.pop(path, None)
            continue
        known = after.get(path)
        if known is None or known[0] != signature:
            after[path] = (signature, now)
    return after


def settled(pending: Pending, now: float, quiet: float | Mapping[Path, float]) -> tuple[set[Path], Pending]:
    """Return the files that have been unchanged for *quiet* seconds, and the rest.

    A path that a *quiet* given by path does not name has settled at once.
    """
    ready: set[Path] = set()
    rest: dict[Path, tuple[Signature, float]] = {}
    for path, entry in pending.items():
        pause = quiet if isinstance(quiet, int | float) else quiet.get(path, 0.0)
        if now - entry[1] >= pause:
            ready.add(path)
        else:
            rest[path] = entry
    return ready, rest
