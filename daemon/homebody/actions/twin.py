"""How does a copy of a file get its name, or a file a second one, so that nobody ever sees half of it?

It is made beside that name, with mode, times and attributes of the original, read back and compared; then it gets the
name, in exchange for what had it. Making one that is made changes nothing: the hash of what is there tells.
"""

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from homebody.actions.apply import (
    NO_LINKS,
    Found,
    look,
    make_folders,
    new_name,
    opened_folder,
    take_away,
    worded,
)
from homebody.actions.duplicate import temporary_copy
from homebody.actions.effect import Copy
from homebody.actions.relocate import TAKEN, sha_of, take_place
from homebody.actions.temporary import PREFIX, SUFFIX
from homebody.errors import ChangedSinceError, EffectError

__all__ = ["copy", "link", "unlink"]

CHANGED = "The file changed before it could be copied: nothing was copied."
LINK_CHANGED = "The file changed before it could get a second name: nothing was changed."


def copy(effect: Copy) -> None:
    """Make the file at the effect's path a copy of that at its source, on the disk on return.

    What had the path's name goes only when it is what the effect says. Raises ChangedSinceError when either file
    is not as planned (nothing was changed), DiskFullError, or EffectError.
    """
    with worded(effect.path, "copied there"):
        there = look(effect.path)
        if there is not None and there.sha256 == effect.after:
            return
        if sha_of(there) != effect.before:
            raise ChangedSinceError(TAKEN)
        make_folders(effect.path.parent)
        with opened_folder(effect.path.parent) as folder, made(effect, folder) as temporary:
            if sha_of(look(effect.path.with_name(temporary), folder)) != effect.after:
                raise ChangedSinceError(CHANGED)
            if there is not None:
                take_place(temporary, effect, folder, there)
            else:
                try:
                    new_name(folder, temporary, effect.path.name)
                except FileExistsError as error:
                    raise ChangedSinceError(TAKEN) from error
            os.fsync(folder)


def link(effect: Copy) -> None:
    """Give the file at the effect's source a second name, its path, on the disk on return; done already is well, too.

    What had the name goes only when it is what the effect says. Raises ChangedSinceError when either file is not as
    planned, EffectError where a file cannot have two names: on another disk, say; then nothing was changed.
    """
    with worded(effect.path, "made a second name"):
        there, source = look(effect.path), look(effect.source)
        if source is None or source.sha256 != effect.after:
            raise ChangedSinceError(LINK_CHANGED)
        if there is not None and os.path.samestat(there.status, source.status):
            return
        if sha_of(there) != effect.before:
            raise ChangedSinceError(TAKEN)
        make_folders(effect.path.parent)
        with opened_folder(effect.path.parent) as folder, opened_folder(effect.source.parent) as old:
            try:
                if there is None:
                    second_name(old, effect, folder, effect.path.name)
                else:
                    replace_by_name(old, effect, folder, there)
            except OSError as error:
                if error.errno not in NO_LINKS:
                    raise
                raise EffectError(
                    f"{effect.path} cannot be a second name of the file there: that works within one disk only, and not"
                    " on every kind of disk.",
                    hint="Use `copy` instead.",
                ) from error
            os.fsync(folder)


def second_name(old: int, effect: Copy, folder: int, name: str) -> None:
    """Give the file the *name* in *folder*, which nothing has. Raises ChangedSinceError, OSError."""
    try:
        os.link(effect.source.name, name, src_dir_fd=old, dst_dir_fd=folder, follow_symlinks=False)
    except FileExistsError as error:
        raise ChangedSinceError(TAKEN) from error
    except FileNotFoundError as error:
        raise ChangedSinceError(LINK_CHANGED) from error


def replace_by_name(old: int, effect: Copy, folder: int, there: Found) -> None:
    """Let the file's second name take the place of what is *there*. Raises ChangedSinceError, OSError."""
    temporary = f"{PREFIX}{secrets.token_hex(8)}{SUFFIX}"
    second_name(old, effect, folder, temporary)
    try:
        take_place(temporary, effect, folder, there)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary, dir_fd=folder)


def unlink(path: Path, source: Path, sha256: str) -> None:
    """Take the second name *path* of a file away, while the file, or what it held, is still there as *source*.

    Raises ChangedSinceError when it is not, or when *path* is another file by now.
    """
    with worded(path, "removed"):
        found = look(path)
        if found is not None and found.status.st_nlink < 2 and sha_of(look(source)) != sha256:
            raise ChangedSinceError(f"{path} is the last name of its file by now, and was left.")
    take_away(path, sha256)


@contextlib.contextmanager
def made(effect: Copy, folder: int) -> Iterator[str]:
    """Yield the name of the copy before it has its own; ChangedSinceError when there is no original."""
    with contextlib.ExitStack() as stack:
        try:
            temporary = stack.enter_context(temporary_copy(effect.source, folder, ours=True))
        except FileNotFoundError as error:
            raise ChangedSinceError(CHANGED) from error
        yield temporary
