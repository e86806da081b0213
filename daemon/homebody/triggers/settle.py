"""Has a file stopped changing? Pure: what was seen, and when, goes in; what is ready comes out."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

TEMPORARY_SUFFIXES = (".part", ".crdownload", ".download", ".partial", ".tmp", ".swp", ".swx", "~")
TEMPORARY_PREFIXES = ("~$", ".~lock.", ".homebody-", ".#")


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
    rest = {other: entry for other, entry in pending.items() if other != path}
    if signature is None:
        return rest
    known = pending.get(path)
    since = known[1] if known is not None and known[0] == signature else now
    return {**rest, path: (signature, since)}


def settled(pending: Pending, now: float, quiet: float | Mapping[Path, float]) -> tuple[set[Path], Pending]:
    """Return the files that have been unchanged for *quiet* seconds, and the rest.

    A file that stays ready because nobody took it in is reported once: it leaves the pending set.
    """
    ready = {
        path
        for path, (_signature, since) in pending.items()
        if now - since >= (quiet if isinstance(quiet, int | float) else quiet.get(path, 0.0))
    }
    return ready, {path: entry for path, entry in pending.items() if path not in ready}
