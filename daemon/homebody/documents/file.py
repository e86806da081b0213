"""What does a file hold, just now, whole? And what is never opened?

A watched folder is where strangers put things: links, pipes, devices and huge files are refused by looking
at the open descriptor, not at the path (open(2): O_NOFOLLOW, O_NONBLOCK).
"""

import errno
import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from homebody.errors import DocumentError

LIMIT = 50_000_000
"""Bytes that a document may have unless its recipe says otherwise."""

BLOCK = 1 << 20


class Unreadable(DocumentError):  # noqa: N818 - read as "the file is unreadable because ..."
    """The file cannot be read; ``lasting`` says that trying again cannot help."""

    def __init__(self, reason: str, *, lasting: bool, hint: str | None = None) -> None:
        super().__init__(reason, hint=hint)
        self.lasting = lasting


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A file as it was at one moment: its bytes, their SHA-256 in hex, and its permission bits."""

    path: Path
    data: bytes
    sha256: str
    size: int
    mtime_ns: int
    mode: int


def take(path: Path, *, limit: int = LIMIT) -> Snapshot:
    """Return the file at *path* as it is now.

    Raises DocumentError with a reason that a person can read: gone, a link, a folder, a pipe or device, not
    allowed, larger than *limit* bytes, or changed while it was read.
    """
    descriptor = opened(path)
    try:
        before = plain(descriptor)
        if before.st_size > limit:
            raise Unreadable(
                f"the file has {before.st_size / 1e6:.0f} MB, and at most {limit / 1e6:.0f} MB are read",
                lasting=True,
            )
        data = whole(descriptor, before.st_size)
        after = os.fstat(descriptor)
    except OSError as error:
        raise Unreadable(f"the file cannot be read: {error.strerror}", lasting=False) from error
    finally:
        os.close(descriptor)
    if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns) or len(
        data
    ) != before.st_size:
        raise Unreadable("the file changed while it was read", lasting=False)
    return Snapshot(
        path=path,
        data=data,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        mtime_ns=before.st_mtime_ns,
        mode=stat.S_IMODE(before.st_mode),
    )


def opened(path: Path) -> int:
    """Return a descriptor of what is at *path*, links not followed. Raises DocumentError."""
    try:
        return os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    except FileNotFoundError as error:
        raise Unreadable("the file is gone", lasting=True) from error
    except PermissionError as error:
        raise Unreadable(
            "homebody may not read the file",
            lasting=False,
            hint="Give it access (chmod; on macOS: Privacy & Security, Files and Folders).",
        ) from error
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise Unreadable("it is a symbolic link, and links are never followed", lasting=True) from error
        if error.errno == errno.ENXIO:
            raise Unreadable("it is a socket or a device, not a file", lasting=True) from error
        raise Unreadable(f"the file cannot be opened: {error.strerror}", lasting=False) from error


def plain(descriptor: int) -> os.stat_result:
    """Return what fstat(2) says of an open plain file; raises DocumentError for anything else."""
    found = os.fstat(descriptor)
    if stat.S_ISDIR(found.st_mode):
        raise Unreadable("it is a folder, not a file", lasting=True)
    if not stat.S_ISREG(found.st_mode):
        raise Unreadable("it is a pipe or a device, not a file", lasting=True)
    return found


def whole(descriptor: int, size: int) -> bytes:
    """Return the first *size* bytes and one more if there is one, so that growth is noticed."""
    blocks, left = [], size + 1
    while left and (block := os.read(descriptor, min(BLOCK, left))):
        blocks.append(block)
        left -= len(block)
    return b"".join(blocks)


def identify(path: Path, *, limit: int = LIMIT) -> str:
    """Return the key of what *path* holds: the SHA-256 in hex, read in blocks.

    What is never read has a key of another form: ``link``, ``special``, ``large:SIZE:MTIME``; its run is
    skipped with the reason. Raises DocumentError when the file is gone or cannot be read just now.
    """
    try:
        found = path.lstat()
    except OSError as error:
        raise Unreadable("the file is gone", lasting=True) from error
    if stat.S_ISLNK(found.st_mode):
        return "link"
    if not stat.S_ISREG(found.st_mode):
        return "special"
    if found.st_size > limit:
        return f"large:{found.st_size}:{found.st_mtime_ns}"
    return take(path, limit=limit).sha256
