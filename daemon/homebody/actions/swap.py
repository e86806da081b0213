"""How do names change hands in one step, and how does a file go without somebody else's going with it?

Between a last look at a file and the rename(2) or unlink(2) after it a person may save a newer version, and that
would be gone. So a file that is to go is first given another name, or changes names with the one that is to take
its place (renameat2(2), RENAME_NOREPLACE and RENAME_EXCHANGE); it goes when it is still the one that was looked
at, and else gets its name back. A file system that does not know these calls keeps the window of some
microseconds between look and deed.
"""

import contextlib
import ctypes
import errno
import os
import secrets
import sys
from collections.abc import Callable

from homebody.actions.temporary import PREFIX, SUFFIX

NO_REPLACE, EXCHANGE = 1, 2
NO_REPLACE_MACOS, EXCHANGE_MACOS = 0x4, 0x2
NO_SUCH_RENAME = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP)
"""What a file system or a kernel says that does not know the call."""


def exclusive_rename(old: int, name: str, new: int, wanted: str) -> None:
    """Rename *name* in the folder *old* to *wanted* in *new*, replacing nothing.

    Raises OSError, EEXIST when the name is taken. Where the call is not known, a look goes before a plain rename.
    """
    try:
        _rename(old, name, new, wanted, NO_REPLACE_MACOS if sys.platform == "darwin" else NO_REPLACE)
    except OSError as error:
        if error.errno not in NO_SUCH_RENAME:
            raise
        with contextlib.suppress(FileNotFoundError):
            os.stat(wanted, dir_fd=new, follow_symlinks=False)
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), wanted) from error
        os.rename(name, wanted, src_dir_fd=old, dst_dir_fd=new)


def exchange(folder: int, name: str, other: str) -> bool:
    """Let two files in *folder* change names, and return whether the file system can do that. Raises OSError."""
    flag = EXCHANGE_MACOS if sys.platform == "darwin" else EXCHANGE
    try:
        _rename(folder, name, folder, other, flag)
    except OSError as error:
        if error.errno not in NO_SUCH_RENAME:
            raise
        return False
    return True


def replace_as_found(folder: int, temporary: str, name: str, as_found: Callable[[str], bool]) -> bool:
    """Give *temporary* the name *name*; what had it is called *temporary* then, and is for the caller to remove.

    *as_found* is asked whether the file of a name is the one that is to be replaced. Returns False when it is
    not: then both have their names again. Raises OSError; a file that is gone by now is one of these.
    """
    if not exchange(folder, temporary, name):
        if not as_found(name):
            return False
        os.rename(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
        return True
    try:
        good = as_found(temporary)
    except OSError:
        exchange(folder, temporary, name)
        raise
    if not good:
        exchange(folder, temporary, name)
    return good


def remove_as_found(folder: int, name: str, as_found: Callable[[str], bool]) -> bool:
    """Remove the file *name*; returns False, and removes nothing, when *as_found* says that it is another one.

    Raises OSError; then the file has its name.
    """
    aside = f"{PREFIX}{secrets.token_hex(8)}{SUFFIX}"
    exclusive_rename(folder, name, folder, aside)
    try:
        if as_found(aside):
            os.unlink(aside, dir_fd=folder)
            return True
    except OSError:
        exclusive_rename(folder, aside, folder, name)
        raise
    exclusive_rename(folder, aside, folder, name)
    return False


def _rename(old: int, name: str, new: int, wanted: str, flag: int) -> None:
    """Call renameat2(2), or macOS' renameatx_np(2). Raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    function = getattr(libc, "renameatx_np" if sys.platform == "darwin" else "renameat2", None)
    if function is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    if function(old, os.fsencode(name), new, os.fsencode(wanted), ctypes.c_uint(flag)) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), wanted)
