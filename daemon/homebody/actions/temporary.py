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

from homebody.actions.attributes import Carried, first_mode, keep
from homebody.seal import handle

PREFIX = ".homebody-"
SUFFIX = ".tmp"

USUAL_MODE = 0o644
"""The permission bits of a new file, less the person's umask."""

masking = threading.Lock()
"""Held while the process's umask is changed: it is one for all threads (umask(2))."""


@contextlib.contextmanager
def temporary_file(
    folder: int, content: bytes, mode: int | None, kept: Carried | None, mtime_ns: int | None = None
) -> Iterator[str]:
    """Yield the name of a file in *folder* that holds *content*, on the disk; gone at the end.

    Its permission bits are *mode*, None meaning the old file's, or the usual ones. What the old file carried is
    *kept*: it has that before it has any content. With *mtime_ns* it is as old as that says. Raises EffectError when
    what it is to carry cannot be kept.
    """
    name = f"{PREFIX}{secrets.token_hex(8)}{SUFFIX}"
    descriptor = created(name, folder, mode if kept is None else first_mode(kept, mode))
    try:
        with os.fdopen(descriptor, "wb") as file:
            with contextlib.suppress(OSError):  # a file system without locks is not swept by others either
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if kept is not None:
                keep(kept, descriptor, mode)
            file.write(content)
            file.flush()
            if mtime_ns is not None:
                with handle(descriptor) as number:
                    os.utime(number, ns=(mtime_ns, mtime_ns))
            os.fsync(descriptor)
            yield name
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name, dir_fd=folder)


def created(name: str, folder: int, mode: int | None) -> int:
    """Return a descriptor of a new file that has exactly *mode*, or the usual one less the person's umask.

    The mode is given to open(2), so that the file never has another one; so the umask steps aside.
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


def opened(path: Path) -> int:
    """Return a descriptor of the file at *path*, for reading alone when nobody may write it. Raises OSError."""
    flags = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        return os.open(path, os.O_RDWR | flags)  # some network file systems lock nothing less
    except PermissionError:
        return os.open(path, os.O_RDONLY | flags)


def sweep(folders: Iterable[Path]) -> int:
    """Remove our own temporary files that a crash left in *folders*, and return how many.

    One that a living process is still writing is locked, and is left alone.
    """
    removed = 0
    for folder in folders:
        for path in folder.glob(f"{PREFIX}*{SUFFIX}"):
            with contextlib.suppress(OSError):
                descriptor = opened(path)
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    path.unlink()
                    removed += 1
                finally:
                    os.close(descriptor)
    return removed
