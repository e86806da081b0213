"""What is a file written as before it gets its name, and what becomes of it after a crash?

A temporary file of ours is locked (flock(2)) while its process lives, so that a sweep tells a crash's
leavings from another homebody's work.
"""

import contextlib
import fcntl
import os
import secrets
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

from homebody.errors import EffectError

PREFIX = ".homebody-"
SUFFIX = ".tmp"

USUAL_MODE = 0o644
"""The permission bits of a new file, less the person's umask."""

masking = threading.Lock()
"""Held while the process's umask is changed: it is one for all threads (umask(2))."""


@contextlib.contextmanager
def temporary_file(folder: int, content: bytes, mode: int | None, old: Path | None) -> Iterator[str]:
    """Yield the name of a file in *folder* that holds *content*, on the disk; gone at the end.

    Its permission bits are *mode*, None meaning the usual ones. From the file at *old* it takes owner, group
    and extended attributes. Raises EffectError when the owner cannot be kept; the rest is kept as far as the
    kernel lets us, for inside the seal it refuses.
    """
    name = f"{PREFIX}{secrets.token_hex(8)}{SUFFIX}"
    descriptor = created(name, folder, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            with contextlib.suppress(OSError):  # a file system without locks is not swept by others either
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            file.write(content)
            file.flush()
            if old is not None:
                keep_attributes(old, folder, descriptor)
            os.fsync(descriptor)
            yield name
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name, dir_fd=folder)


def created(name: str, folder: int, mode: int | None) -> int:
    """Return a descriptor of a new file that has exactly *mode*, or the usual one less the person's umask.

    The mode is given to open(2), because inside the seal fchmod(2) is refused; so the umask steps aside.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    if mode is None:
        return os.open(name, flags, USUAL_MODE, dir_fd=folder)
    with masking:
        before = os.umask(0)
        try:
            return os.open(name, flags, mode & 0o777, dir_fd=folder)
        finally:
            os.umask(before)


def keep_attributes(old: Path, folder: int, target: int) -> None:
    """Give *target* the owner, group and extended attributes (ACLs among them) of *old* in *folder*.

    Raises EffectError when another user's file would become ours.
    """
    source = os.open(old.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    try:
        then, now = os.fstat(source), os.fstat(target)
        if then.st_uid != now.st_uid:
            keep_owner(old, target, then.st_uid)
        if then.st_gid != now.st_gid:
            with contextlib.suppress(OSError):
                os.fchown(target, -1, then.st_gid)
        for attribute in os.listxattr(source) if hasattr(os, "listxattr") else ():
            with contextlib.suppress(OSError):
                os.setxattr(target, attribute, os.getxattr(source, attribute))
    finally:
        os.close(source)


def keep_owner(old: Path, target: int, owner: int) -> None:
    """Give *target* to *owner*, or raise EffectError: a rewrite must not take a person's file from them."""
    try:
        os.fchown(target, owner, -1)
    except OSError as error:
        raise EffectError(
            f"{old} belongs to another user, and a rewrite would make it homebody's.",
            hint="Let the file's owner run homebody, or give the file to the user that does.",
        ) from error


def sweep(folders: Iterable[Path]) -> int:
    """Remove our own temporary files that a crash left in *folders*, and return how many.

    One that a living process is still writing is locked, and is left alone.
    """
    removed = 0
    for folder in folders:
        for path in folder.glob(f"{PREFIX}*{SUFFIX}"):
            with contextlib.suppress(OSError):
                descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    path.unlink()
                    removed += 1
                finally:
                    os.close(descriptor)
    return removed
