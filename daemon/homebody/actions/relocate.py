"""How does a file get another name or folder, so that it is never in neither place?

Within a file system by one rename that replaces nothing (renameat2(2), RENAME_NOREPLACE), or by a second name
that is exchanged for the one to be replaced. Across file systems, and where the kernel refuses moves between
folders, by a copy that is read back and compared before the original goes: a crash in between leaves both, and
``move`` and ``move_back`` go on from there. What a person saved at the last moment keeps its name.
"""

import contextlib
import errno
import os
import secrets

from homebody.actions.apply import (
    NO_LINKS,
    Found,
    as_found,
    look,
    make_folders,
    new_name,
    opened_folder,
    take_away,
    worded,
)
from homebody.actions.duplicate import temporary_copy
from homebody.actions.effect import Copy, Move
from homebody.actions.swap import exclusive_rename, remove_as_found, replace_as_found
from homebody.actions.temporary import PREFIX, SUFFIX
from homebody.errors import ChangedSinceError, EffectError

CHANGED = "The file changed before it could be moved, and was left where it is."
TAKEN = "A file of that name came before ours, and was left as it is."


def move(effect: Move) -> None:
    """Bring the file at the effect's source to its path, on the disk on return; done already is well, too.

    What had the path's name goes only when it is what the effect says, or is gone already. Raises
    ChangedSinceError when either file is not as planned (nothing was changed), DiskFullError, or EffectError.
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
        if there is not None and there.sha256 != effect.before:
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
    """Return whether both are there because a crash came near the end: a copy, or a second name of one file.

    Copies are made to another disk, and on kernels whose seal refuses moves between folders (Landlock before
    ABI 2) on the same one: there a file of the same content is taken for our copy only if mode and time are those
    of the original, too.
    """
    if source is None or there is None or effect.before == effect.after:
        return False
    two_disks = source.status.st_dev != there.status.st_dev
    one_file = os.path.samestat(source.status, there.status)
    twin = (source.status.st_mode, source.status.st_mtime_ns) == (
        there.status.st_mode,
        there.status.st_mtime_ns,
    )
    return (two_disks or one_file or twin) and source.sha256 == there.sha256 == effect.after


def bring(effect: Move, source: Found, there: Found | None) -> None:
    """Move the file, which was just looked at, to its place."""
    with opened_folder(effect.source.parent) as old, opened_folder(effect.path.parent) as new:
        now = os.stat(effect.source.name, dir_fd=old, follow_symlinks=False)
        if not source.still(now):
            raise ChangedSinceError(CHANGED)
        try:
            if there is None:
                rename(old, effect, new, source)
            else:
                replace(old, effect, new, source, there)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            copy_over(old, effect, new, source, there)
        os.fsync(new)
        os.fsync(old)


def rename(old: int, effect: Move, new: int, source: Found) -> None:
    """Give the file a name that nothing has; a newer version that came at the last moment gets its own back."""
    try:
        exclusive_rename(old, effect.source.name, new, effect.path.name)
    except FileExistsError as error:
        raise ChangedSinceError(TAKEN) from error
    if not as_found(new, effect.path, source)(effect.path.name):
        with contextlib.suppress(FileExistsError):
            exclusive_rename(new, effect.path.name, old, effect.source.name)
        raise ChangedSinceError(CHANGED)


def replace(old: int, effect: Move, new: int, source: Found, there: Found) -> None:
    """Give the file a second name beside the one that it is to have, exchange these two, and take its old name."""
    temporary = f"{PREFIX}{secrets.token_hex(8)}{SUFFIX}"
    try:
        os.link(effect.source.name, temporary, src_dir_fd=old, dst_dir_fd=new, follow_symlinks=False)
    except OSError as error:
        if error.errno == errno.EXDEV or error.errno not in NO_LINKS:
            raise
        if not as_found(new, effect.path, there)(effect.path.name):
            raise ChangedSinceError(TAKEN) from error
        os.rename(effect.source.name, effect.path.name, src_dir_fd=old, dst_dir_fd=new)
        return
    try:
        take_place(temporary, effect, new, there)
        leave(old, effect, new, temporary, source, replaced=True)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary, dir_fd=new)


def copy_over(old: int, effect: Move, new: int, source: Found, there: Found | None) -> None:
    """Copy the file into its new folder with its mode, times and attributes, compare, and remove the original."""
    with temporary_copy(effect.source, new) as temporary:
        written = look(effect.path.with_name(temporary), new)
        if written is None or written.sha256 != effect.after:
            raise EffectError(f"{effect.path} does not hold what was copied to it: nothing was moved.")
        if there is not None:
            take_place(temporary, effect, new, there)
        else:
            try:
                new_name(new, temporary, effect.path.name)
            except FileExistsError as error:
                raise ChangedSinceError(TAKEN) from error
        leave(old, effect, new, temporary, source, replaced=there is not None)


def take_place(temporary: str, effect: Move | Copy, new: int, there: Found) -> None:
    """Give *temporary* the name of what is *there*, which is called *temporary* then, or raise ChangedSinceError."""
    try:
        if replace_as_found(new, temporary, effect.path.name, as_found(new, effect.path, there)):
            return
    except FileNotFoundError as error:
        raise ChangedSinceError(TAKEN) from error
    raise ChangedSinceError(TAKEN)


def leave(old: int, effect: Move, new: int, temporary: str, source: Found, *, replaced: bool) -> None:
    """Take the file's old name away, now that it has its new one; when that fails, take that one back."""

    def is_left(name: str) -> bool:
        """Two names of one file show the same, whatever a person saves in it: one may go."""
        if as_found(old, effect.source, source)(name):
            return True
        now = os.stat(name, dir_fd=old, follow_symlinks=False)
        return os.path.samestat(now, os.stat(effect.path.name, dir_fd=new, follow_symlinks=False))

    try:
        os.fsync(new)
        if not remove_as_found(old, effect.source.name, is_left):
            raise ChangedSinceError(CHANGED)
    except (OSError, EffectError) as error:
        with contextlib.suppress(OSError, EffectError):
            if replaced:
                ours = look(effect.path, new)
                if ours is not None and ours.sha256 == effect.after:
                    replace_as_found(new, temporary, effect.path.name, as_found(new, effect.path, ours))
            else:
                take_away(effect.path, effect.after)
        if isinstance(error, FileNotFoundError):
            raise ChangedSinceError(CHANGED) from error
        raise


def sha_of(found: Found | None) -> str | None:
    """Return the SHA-256 of what was found, None for nothing."""
    return None if found is None else found.sha256
