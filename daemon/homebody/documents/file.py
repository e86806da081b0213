"""What does a file hold, just now, whole? And what is never opened?

A watched folder is where strangers put things: links, pipes, devices and huge files are refused by looking
at the open descriptor, not at the path (open(2): O_NOFOLLOW, O_NONBLOCK).
"""

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from homebody.errors import DocumentError

LIMIT = 50_000_000
"""Bytes that a document may have unless its recipe says otherwise."""

LARGE = "large:"
"""How the key begins of a file that was too large to be read."""

BLOCK = 1 << 20

DATALESS = 0x40000000
"""SF_DATALESS of macOS' stat(2): the name is here and the bytes are in somebody's cloud."""


class Unreadable(DocumentError):  # noqa: N818 - read as "the file is unreadable because ..."
    """The file cannot be read; ``lasting`` says that trying again cannot help."""

    def __init__(self, reason: str, *, lasting: bool, hint: str | None = None) -> None:
        super().__init__(reason, hint=hint)
        self.lasting = lasting


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A file as it was at one moment: its bytes, their SHA-256 in hex, and its permission bits.

    Of a file that is not ``held`` the bytes were hashed and let go: a film is moved without being in memory.
    """

    path: Path
    data: bytes
    sha256: str
    size: int
    mtime_ns: int
    mode: int
    held: bool = True


def take(path: Path, *, limit: int = LIMIT) -> Snapshot:
    """Return the file at *path* as it is now.

    Raises DocumentError with a reason that a person can read: gone, a link, a folder, a pipe or device, not
    allowed, larger than *limit* bytes, or changed while it was read.
    """
    with opened(path) as descriptor:
        before = plain(descriptor)
        if before.st_size > limit:
            raise Unreadable(
                f"the file has {megabytes(before.st_size)}, and at most {megabytes(limit)} are read",
                lasting=True,
                hint="Raise `limit` in the recipe's `read`, or leave such files out with the filter `size`.",
            )
        data = b"".join(blocks(descriptor, before))
        mode = stat.S_IMODE(before.st_mode)
    return Snapshot(
        path=path,
        data=data,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        mtime_ns=before.st_mtime_ns,
        mode=mode,
    )


def glance(path: Path) -> Snapshot:
    """Return the file at *path* as it is now, whatever its size, its bytes hashed and not held.

    Raises DocumentError as ``take`` does.
    """
    digest = hashlib.sha256()
    with opened(path) as descriptor:
        before = plain(descriptor)
        for block in blocks(descriptor, before):
            digest.update(block)
    return Snapshot(
        path=path,
        data=b"",
        sha256=digest.hexdigest(),
        size=before.st_size,
        mtime_ns=before.st_mtime_ns,
        mode=stat.S_IMODE(before.st_mode),
        held=False,
    )


def identify(path: Path, *, limit: int = LIMIT) -> str:
    """Return the key of what *path* holds: the SHA-256 in hex, read in blocks.

    What is never read has a key of another form: ``link``, ``special``, ``large:SIZE:MTIME``; its run is
    skipped with the reason. Raises DocumentError when the file is gone or cannot be read just now.
    """
    try:
        found = path.lstat()
    except OSError as error:
        raise refusal(error) from error
    if stat.S_ISLNK(found.st_mode):
        return "link"
    if not stat.S_ISREG(found.st_mode):
        return "special"
    if found.st_size > limit:
        return f"{LARGE}{found.st_size}:{found.st_mtime_ns}"
    digest = hashlib.sha256()
    with opened(path) as descriptor:
        for block in blocks(descriptor, plain(descriptor)):
            digest.update(block)
    return digest.hexdigest()


@contextmanager
def opened(path: Path) -> Iterator[int]:
    """Give a descriptor of what is at *path*, links not followed; every OSError becomes a DocumentError."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
        try:
            yield descriptor
        finally:
            os.close(descriptor)
    except OSError as error:
        raise refusal(error) from error


def plain(descriptor: int) -> os.stat_result:
    """Return what fstat(2) says of an open plain file; raises DocumentError for anything else."""
    found = os.fstat(descriptor)
    if stat.S_ISDIR(found.st_mode):
        raise Unreadable("it is a folder, not a file", lasting=True)
    if not stat.S_ISREG(found.st_mode):
        raise Unreadable("it is a pipe or a device, not a file", lasting=True)
    if elsewhere(getattr(found, "st_flags", 0)):
        raise Unreadable(
            "the file is in the cloud and not on this computer, and homebody fetches nothing",
            lasting=False,
            hint="Download it with the program of that cloud; homebody takes it up then.",
        )
    return found


def elsewhere(flags: int) -> bool:
    """Return whether the file's flags say that reading it would fetch it from somewhere."""
    return bool(flags & DATALESS)


def blocks(descriptor: int, before: os.stat_result) -> Iterator[bytes]:
    """Yield the bytes of an open file that was like *before*. Raises DocumentError when it changes meanwhile."""
    left = before.st_size + 1  # one more, so that growth is noticed
    while left and (block := os.read(descriptor, min(BLOCK, left))):
        left -= len(block)
        yield block
    after = os.fstat(descriptor)
    if left != 1 or (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
        raise Unreadable("the file changed while it was read", lasting=False)


def refusal(error: OSError) -> Unreadable:
    """Return the kernel's refusal in words."""
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return Unreadable("the file is gone", lasting=True)
    if error.errno in (errno.EACCES, errno.EPERM):
        return Unreadable(
            "homebody may not read the file",
            lasting=False,
            hint="Give it access (chmod; on macOS: Privacy & Security, Files and Folders).",
        )
    if error.errno == errno.ELOOP:
        return Unreadable("it is a symbolic link, and links are never followed", lasting=True)
    if error.errno in (errno.ENXIO, errno.ENODEV):
        return Unreadable("it is a socket or a device, not a file", lasting=True)
    return Unreadable(f"the file cannot be read: {error.strerror or type(error).__name__}", lasting=False)


def megabytes(size: int) -> str:
    """Return *size* bytes in words, with as many digits as tell it from a limit."""
    return f"{size / 1e6:.0f} MB" if size % 1_000_000 == 0 or size >= 100_000_000 else f"{size / 1e6:.2f} MB"
