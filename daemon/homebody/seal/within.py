"""Does what a recipe needs lie within the seal that was put on at the start?

The seal was made of one policy and cannot be widened. So a recipe that comes later is compared with that very
policy, and with the folders that the kernel was shown: one that was replaced since has the name and not the right.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from homebody.seal.policy import Policy

Identity = tuple[int, int]
"""A folder's device and inode."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beyond:
    """The folders that the seal lets nobody read, and those that it lets nobody write; none of both is False."""

    reads: tuple[Path, ...] = ()
    writes: tuple[Path, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.reads or self.writes)


def beyond(policy: Policy, *, read: Iterable[Path], write: Iterable[Path]) -> Beyond:
    """Return what of *read* and *write* the *policy* does not allow. Pure.

    A rule holds for everything below its folder, and what may be written may be read (``landlock.WRITE``). A folder
    that is to be written and is not there yet is fine below one that may be: it can be made. Paths are real ones.
    """
    readable = frozenset((*policy.read, *policy.write))
    writable = frozenset(policy.write)
    return Beyond(
        reads=tuple(path for path in dict.fromkeys(read) if not _below(path, readable)),
        writes=tuple(path for path in dict.fromkeys(write) if not _below(path, writable)),
    )


def _below(path: Path, folders: frozenset[Path]) -> bool:
    return path in folders or any(parent in folders for parent in path.parents)


def identities(policy: Policy) -> dict[Path, Identity]:
    """Return which folders and files the paths of *policy* are just now, to be asked when the seal is put on."""
    found = {}
    for path in (*policy.read, *policy.write):
        if (identity := _identity(path)) is not None:
            found[path] = identity
    return found


def as_it_stands(policy: Policy, shown: Mapping[Path, Identity]) -> Policy:
    """Return *policy* without the paths that are gone or other ones than the kernel was *shown*.

    The kernel's rule is on the folder itself and not on its name (Landlock's documentation, "path_beneath").
    """
    return replace(
        policy,
        read=tuple(path for path in policy.read if _identity(path) == shown.get(path, ())),
        write=tuple(path for path in policy.write if _identity(path) == shown.get(path, ())),
    )


def _identity(path: Path) -> Identity | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
