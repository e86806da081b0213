"""How does a copy of a file get its name, so that nobody ever sees half of it?

It is made beside that name, with mode, times and attributes of the original, read back and compared; then it gets the
name, in exchange for what had it. Making one that is made changes nothing: the hash of what is there tells.
"""

import contextlib
import os
from collections.abc import Iterator

from homebody.actions.apply import look, make_folders, new_name, opened_folder, worded
from homebody.actions.duplicate import temporary_copy
from homebody.actions.effect import Copy
from homebody.actions.relocate import TAKEN, sha_of, take_place
from homebody.errors import ChangedSinceError

__all__ = ["copy"]

CHANGED = "The file changed before it could be copied: nothing was copied."


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


@contextlib.contextmanager
def made(effect: Copy, folder: int) -> Iterator[str]:
    """Yield the name of the copy before it has its own; ChangedSinceError when there is no original."""
    with contextlib.ExitStack() as stack:
        try:
            temporary = stack.enter_context(temporary_copy(effect.source, folder, ours=True))
        except FileNotFoundError as error:
            raise ChangedSinceError(CHANGED) from error
        yield temporary
