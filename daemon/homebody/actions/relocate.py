"""How does a file get another name or folder, so that it is never in neither place?

Within a file system by one rename(2) that replaces nothing it was not told to (renameat2(2),
RENAME_NOREPLACE). Across file systems by a copy that is read back and compared before the original goes:
a crash in between leaves both, and ``move`` and ``move_back`` go on from there.
"""

import contextlib
import ctypes
import errno
import os
import sys

from homebody.actions.apply import (
    NO_LINKS,
    Found,
    look,
    make_folders,
    opened_folder,
    sync_folder,
    take_away,
    worded,
)
from homebody.actions.duplicate import temporary_copy
from homebody.actions.effect import Move
from homebody.errors import ChangedSinceError, EffectError

RENAME_NOREPLACE = 1
RENAME_EXCL = 0x4
NO_SUCH_RENAME = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP)
"""What a file system or a kernel says that does not know the exclusive rename."""

CHANGED = "The file changed before it could be moved, and was left where it is."
TAKEN = "A file of that name came before ours, and was left as it is."


def move(effect: Move) -> None:
    """Bring the file at the effect's source to its path, on the disk on return; done already is well, too.

    What had the path's name goes only when it is what the effect says. Raises ChangedSinceError when either
    file is not as planned (nothing was changed), DiskFullError, or EffectError.
    """
    with worded(effect.path, "moved there"):
        source, there = look(effect.source), look(effect.path)
        if source is None and sha_of(there) == effect.after:
            return
        if sha_of(source) != effect.after or source is None:
            raise ChangedSinceError(CHANGED)
        if half_way(source, there, effect):
            take_away(effect.source, effect.after)
            return
        if sha_of(there) != effect.before:
            raise ChangedSinceError(TAKEN)
        make_folders(effect.path.parent)
        bring(effect, source, there)


def move_back(effect: Move) -> None:
    """Bring the file back from the effect's path to its source; done already is well, too.

    What the effect replaced is not put back here. Raises as ``move`` does; also when the source's name was
    given to another file meanwhile.
    """
    with worded(effect.source, "moved back"):
        source, there = look(effect.source), look(effect.path)
        if sha_of(source) == effect.after:
            if half_way(source, there, effect):
                take_away(effect.path, effect.after)
            return
        if source is not None or there is None or sha_of(there) != effect.after:
            raise ChangedSinceError("A file is no longer where the run had put it, and was left.")
        make_folders(effect.source.parent)
        bring(Move(path=effect.source, source=effect.path, after=effect.after), there, None)


def half_way(source: Found | None, there: Found | None, effect: Move) -> bool:
    """Return whether both are there because a crash broke off a copy to another file system near its end."""
    if source is None or there is None or effect.before == effect.after:
        return False
    two_disks = source.status.st_dev != there.status.st_dev
    return two_disks and source.sha256 == there.sha256 == effect.after


def bring(effect: Move, source: Found, there: Found | None) -> None:
    """Move the file, which was just looked at, to its place."""
    with opened_folder(effect.source.parent) as old, opened_folder(effect.path.parent) as new:
        now = os.stat(effect.source.name, dir_fd=old, follow_symlinks=False)
        if not source.still(now):
            raise ChangedSinceError(CHANGED)
        try:
            rename(old, effect, new, there)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            copy_over(effect, new, source, there)
        os.fsync(new)
        os.fsync(old)


def rename(old: int, effect: Move, new: int, there: Found | None) -> None:
    """Give the file its new name; what is *there* is replaced only as it was found."""
    if there is not None:
        same(effect, new, there)
        os.rename(effect.source.name, effect.path.name, src_dir_fd=old, dst_dir_fd=new)
        return
    try:
        exclusive_rename(old, effect.source.name, new, effect.path.name)
    except FileExistsError as error:
        raise ChangedSinceError(TAKEN) from error
    except OSError as error:
        if error.errno not in NO_SUCH_RENAME:
            raise
        with contextlib.suppress(FileNotFoundError):
            os.stat(effect.path.name, dir_fd=new, follow_symlinks=False)
            raise ChangedSinceError(TAKEN) from error
        os.rename(effect.source.name, effect.path.name, src_dir_fd=old, dst_dir_fd=new)


def same(effect: Move, new: int, there: Found) -> None:
    """Raise ChangedSinceError unless the file at the path is still what it was."""
    try:
        now = os.stat(effect.path.name, dir_fd=new, follow_symlinks=False)
    except FileNotFoundError as error:
        raise ChangedSinceError(TAKEN) from error
    if not there.still(now):
        raise ChangedSinceError(TAKEN)


def exclusive_rename(old: int, name: str, new: int, wanted: str) -> None:
    """Rename *name* in the folder *old* to *wanted* in *new*. Raises OSError, EEXIST when that is taken."""
    libc = ctypes.CDLL(None, use_errno=True)
    call, flag = (
        ("renameatx_np", RENAME_EXCL) if sys.platform == "darwin" else ("renameat2", RENAME_NOREPLACE)
    )
    function = getattr(libc, call, None)
    if function is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    if function(old, os.fsencode(name), new, os.fsencode(wanted), ctypes.c_uint(flag)) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), wanted)


def copy_over(effect: Move, new: int, source: Found, there: Found | None) -> None:
    """Copy the file into its new folder with its mode, times and attributes, compare, and remove the original."""
    with temporary_copy(effect.source, new) as temporary:
        written = look(effect.path.with_name(temporary), new)
        if written is None or written.sha256 != effect.after:
            raise EffectError(f"{effect.path} does not hold what was copied to it: nothing was moved.")
        if there is None:
            place(temporary, effect, new)
        else:
            same(effect, new, there)
            os.rename(temporary, effect.path.name, src_dir_fd=new, dst_dir_fd=new)
    os.fsync(new)
    found = look(effect.source)
    if found is None or not source.still(found.status):
        raise ChangedSinceError(CHANGED)
    effect.source.unlink()
    sync_folder(effect.source.parent)


def place(temporary: str, effect: Move, new: int) -> None:
    """Give the finished copy its name, unless somebody was there before us."""
    try:
        os.link(temporary, effect.path.name, src_dir_fd=new, dst_dir_fd=new, follow_symlinks=False)
    except FileExistsError as error:
        raise ChangedSinceError(TAKEN) from error
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        exclusive_rename(new, temporary, new, effect.path.name)


def sha_of(found: Found | None) -> str | None:
    """Return the SHA-256 of what was found, None for nothing."""
    return None if found is None else found.sha256
