"""How does a change reach the disk, so that nobody ever sees half of it?

A temporary file in the same folder, fsync, a last look whether the file is still what was planned for,
rename, fsync of the folder (rename(2), fsync(2)). A crash leaves the old file or the new one, and at most
a temporary file that the next start sweeps away.
"""

import contextlib
import errno
import hashlib
import os
import secrets
import stat
from collections.abc import Iterable
from pathlib import Path

from homebody.actions.effect import Put
from homebody.errors import ChangedSinceError, DiskFullError, EffectError

TEMPORARY_PREFIX = ".homebody-"
TEMPORARY_SUFFIX = ".tmp"
FULL = (errno.ENOSPC, errno.EDQUOT)
USUAL_MODE = 0o644
BLOCK = 1 << 20


def put(effect: Put) -> None:
    """Make the file at the effect's path hold its content.

    Guarantees that the path shows the old content or the new one, whole, at every moment, and that the new
    one is on the disk on return. Raises ChangedSinceError when the file is not as planned (nothing was
    changed), DiskFullError, or EffectError.
    """
    try:
        make_folders(effect.path.parent)
        write(effect)
    except OSError as error:
        if error.errno in FULL:
            raise DiskFullError("The disk is full: the file was left as it was.") from error
        raise EffectError(f"{effect.path} cannot be written: {error.strerror}.") from error


def write(effect: Put) -> None:
    """Write the temporary file and rename it into place; on any error the temporary file is removed."""
    folder = effect.path.parent
    temporary = folder / f"{TEMPORARY_PREFIX}{secrets.token_hex(8)}{TEMPORARY_SUFFIX}"
    mode = USUAL_MODE if effect.mode is None else effect.mode
    before = os.umask(0)  # the mode is the old file's own, or the usual one less the person's umask
    try:
        wanted = mode if effect.mode is not None else mode & ~before
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, wanted)
    finally:
        os.umask(before)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(effect.content)
            file.flush()
            os.fsync(file.fileno())
        keep_attributes(effect.path, temporary)
        verify(effect.path, effect.before)
        temporary.rename(effect.path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    sync_folder(folder)


def verify(path: Path, expected: str | None) -> None:
    """Raise ChangedSinceError unless the file at *path* has the SHA-256 *expected*, None meaning no file."""
    if content_sha(path) != expected:
        raise ChangedSinceError("The file changed before it could be written, and was left as it is.")


def content_sha(path: Path) -> str | None:
    """Return the SHA-256 of the file at *path*, or None when nothing is there.

    Raises EffectError for what is no plain file: a link, a folder, a pipe are never written through.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise EffectError(f"{path} is a symbolic link, and is never written through.") from error
        raise
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise EffectError(f"{path} is not a plain file, and is never overwritten.")
        digest = hashlib.sha256()
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def take_away(path: Path, expected: str) -> None:
    """Remove the file at *path* that has the SHA-256 *expected*: the undo of a creation.

    Raises ChangedSinceError when it is another one by now, EffectError when it cannot be removed.
    """
    verify(path, expected)
    try:
        path.unlink()
        sync_folder(path.parent)
    except OSError as error:
        raise EffectError(f"{path} cannot be removed: {error.strerror}.") from error


def keep_attributes(source: Path, target: Path) -> None:
    """Copy extended attributes, as far as the system has them and the kernel lets us."""
    if not hasattr(os, "listxattr"):
        return
    with contextlib.suppress(OSError):
        for name in os.listxattr(source, follow_symlinks=False):
            if name.startswith("user."):
                with contextlib.suppress(OSError):
                    os.setxattr(target, name, os.getxattr(source, name, follow_symlinks=False))


def make_folders(folder: Path) -> None:
    """Make *folder* and what is missing above it, each on the disk before the next."""
    if folder.is_dir():
        return
    make_folders(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Bring a folder's entries to the disk (fsync(2): a file's own fsync does not)."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sweep(folders: Iterable[Path]) -> int:
    """Remove our own temporary files that a crash left in *folders* and below, and return how many."""
    removed = 0
    for folder in folders:
        for path in folder.rglob(f"{TEMPORARY_PREFIX}*{TEMPORARY_SUFFIX}"):
            with contextlib.suppress(OSError):
                path.unlink()
                removed += 1
    return removed
