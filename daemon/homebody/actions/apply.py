"""How does a change reach the disk, so that nobody ever sees half of it?

A temporary file in the same folder, fsync, a last look whether the file is still what was planned for, the
new name in exchange for the temporary one, a look at what came out, fsync of the folder (link(2), renameat2(2),
fsync(2)). A crash leaves the old file or the new one, and at most a temporary file that the next start sweeps
away. The folder is held open meanwhile: whoever moves it or puts another in its place does not lead us astray.
"""

import contextlib
import errno
import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from homebody.actions.attributes import Carried, carried
from homebody.actions.effect import Put
from homebody.actions.swap import exclusive_rename, remove_as_found, replace_as_found
from homebody.actions.temporary import sweep, temporary_file
from homebody.errors import ChangedSinceError, DiskFullError, EffectError

FULL = (errno.ENOSPC, errno.EDQUOT)
NO_LINKS = (
    errno.EPERM,
    errno.EACCES,
    errno.EXDEV,
    errno.EMLINK,
    errno.ENOSYS,
    errno.EOPNOTSUPP,
    errno.ENOTSUP,
)
"""What a file system that has no hard links says to link(2), and what a kernel that refuses it says."""

BLOCK = 1 << 20

__all__ = ["InTheWayError", "content_sha", "missing_folders", "put", "remove_folders", "sweep", "take_away"]


class InTheWayError(EffectError):
    """What is there is no plain file, and is neither written through nor replaced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A plain file as it was at one moment: its SHA-256, and what fstat(2) said of it."""

    sha256: str
    status: os.stat_result

    def still(self, now: os.stat_result) -> bool:
        """Return whether *now* is the same file, unchanged: whoever touches it moves one of the four."""
        return self.like(now) and self.status.st_ctime_ns == now.st_ctime_ns

    def like(self, now: os.stat_result) -> bool:
        """Return whether *now* is the same file with the same content; it may have another name."""
        then = self.status
        return (then.st_ino, then.st_size, then.st_mtime_ns) == (now.st_ino, now.st_size, now.st_mtime_ns)


def put(effect: Put) -> None:
    """Make the file at the effect's path hold its content.

    Guarantees that the path shows the old content or the new one, whole, at every moment, and that the new
    one is on the disk on return. Raises ChangedSinceError when the file is not as planned (nothing was
    changed), DiskFullError, or EffectError.
    """
    with worded(effect.path, "written"):
        make_folders(effect.path.parent)
        with opened_folder(effect.path.parent) as folder:
            found = expected(folder, effect.path, effect.before)
            kept = None if found is None or effect.bare else carried(effect.path, folder)
            mode = wanted_mode(effect, found)
            with temporary_file(folder, effect.content, mode, kept, effect.mtime_ns) as temporary:
                rename_into_place(folder, temporary, effect, found, kept)
            os.fsync(folder)


def take_away(path: Path, sha256: str) -> None:
    """Remove the file at *path* that has the SHA-256 *sha256*: the undo of a creation.

    Raises ChangedSinceError when it is another one by now, EffectError when it cannot be removed.
    """
    with worded(path, "removed"), opened_folder(path.parent) as folder:
        found = expected(folder, path, sha256)
        assert found is not None
        if not remove_as_found(folder, path.name, as_found(folder, path, found)):
            raise ChangedSinceError("The file changed before it could be removed, and was left as it is.")
        os.fsync(folder)


def content_sha(path: Path) -> str | None:
    """Return the SHA-256 of the file at *path*, or None when nothing is there.

    Raises InTheWayError for what is no plain file (a link, a folder, a pipe are never written through) and
    EffectError for what cannot be read.
    """
    with worded(path, "read"):
        found = look(path)
    return None if found is None else found.sha256


def missing_folders(path: Path) -> int:
    """Return how many of the folders above *path* are not there: those that ``put`` would make."""
    return sum(1 for folder in path.parents if not os.path.lexists(folder))


def remove_folders(path: Path, count: int) -> None:
    """Remove the *count* folders above *path* that ``put`` made, as far as they are empty again."""
    for folder in list(path.parents)[:count]:
        try:
            folder.rmdir()
            sync_folder(folder.parent)
        except OSError:
            return


@contextlib.contextmanager
def worded(path: Path, doing: str) -> Iterator[None]:
    """Turn the system's errors into ours; *doing* is what could not be done to the file at *path*."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise DiskFullError("The disk is full: the file was left as it was.") from error
        if error.errno in (errno.ENOTDIR, errno.EEXIST):
            words = "a file is in the way of one of its folders"
        else:
            words = error.strerror or type(error).__name__
        raise EffectError(f"{path} cannot be {doing}: {words}.") from error


@contextlib.contextmanager
def opened_folder(folder: Path) -> Iterator[int]:
    """Yield a descriptor of *folder*, closed at the end."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def look(path: Path, folder: int | None = None) -> Found | None:
    """Return the plain file at *path*, None when nothing is there; with *folder*, the one of its name.

    Raises InTheWayError for what is no plain file, OSError for what cannot be read.
    """
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
    try:
        descriptor = os.open(path if folder is None else path.name, flags, dir_fd=folder)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise InTheWayError(f"{path} is a symbolic link, and is never written through.") from error
        if error.errno == errno.ENXIO:
            raise InTheWayError(f"{path} is not a plain file, and is never overwritten.") from error
        raise
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise InTheWayError(f"{path} is not a plain file, and is never overwritten.")
        digest = hashlib.sha256()
        while block := os.read(descriptor, BLOCK):
            digest.update(block)
    finally:
        os.close(descriptor)
    return Found(sha256=digest.hexdigest(), status=status)


def expected(folder: int, path: Path, sha256: str | None) -> Found | None:
    """Return the file that is to be changed, None when there is to be none and is none.

    Raises ChangedSinceError when its SHA-256 is not *sha256*.
    """
    found = look(path, folder)
    if (None if found is None else found.sha256) != sha256:
        raise ChangedSinceError("The file changed before it could be written, and was left as it is.")
    return found


def wanted_mode(effect: Put, found: Found | None) -> int | None:
    """Return the permission bits that the file is to have, None for the usual ones of a new file."""
    if effect.mode is not None:
        return effect.mode & 0o777
    return None if found is None else found.status.st_mode & 0o777


def rename_into_place(
    folder: int, temporary: str, effect: Put, found: Found | None, kept: Carried | None
) -> None:
    """Give the temporary file its real name, unless somebody was there before us: ChangedSinceError."""
    name = effect.path.name
    try:
        if found is None:
            new_name(folder, temporary, name)
            return
        look_again(folder, effect, found, kept)
        if replace_as_found(folder, temporary, name, as_found(folder, effect.path, found, kept)):
            return
    except FileExistsError as error:
        raise ChangedSinceError("A file of that name came before ours, and was left as it is.") from error
    except FileNotFoundError as error:
        raise ChangedSinceError("The file went away before it could be written.") from error
    raise ChangedSinceError("The file changed before it could be written, and was left as it is.")


def new_name(folder: int, temporary: str, name: str) -> None:
    """Give the temporary file a name that nothing has. Raises OSError, EEXIST when it is taken."""
    try:
        os.link(temporary, name, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        exclusive_rename(folder, temporary, folder, name)


def as_found(folder: int, path: Path, found: Found, kept: Carried | None = None) -> Callable[[str], bool]:
    """Return what tells whether the file of a name in *folder* is still the one at *path* that was *found*."""

    def is_found(name: str) -> bool:
        try:
            if not found.like(os.stat(name, dir_fd=folder, follow_symlinks=False)):
                now = look(path.with_name(name), folder)
                if now is None or now.sha256 != found.sha256:
                    return False
            return kept is None or replace(carried(path.with_name(name), folder), path=kept.path) == kept
        except EffectError:
            return False

    return is_found


def look_again(folder: int, effect: Put, found: Found | None, kept: Carried | None) -> None:
    """Raise ChangedSinceError unless the file is still what *found* and *kept* say: a new time is no change."""
    try:
        now = os.stat(effect.path.name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        now = None
    if found is None and now is None:
        return
    if found is None or now is None or not found.still(now):
        expected(folder, effect.path, effect.before)
        if kept is not None and carried(effect.path, folder) != kept:
            raise ChangedSinceError("The file's tags or rights changed meanwhile, and it was left as it is.")


def make_folders(folder: Path) -> None:
    """Make *folder* and what is missing above it, each on the disk before the next."""
    if folder.is_dir():
        return
    make_folders(folder.parent)
    with contextlib.suppress(FileExistsError):
        folder.mkdir()
        sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Bring a folder's entries to the disk (fsync(2): a file's own fsync does not)."""
    with opened_folder(folder) as descriptor:
        os.fsync(descriptor)
