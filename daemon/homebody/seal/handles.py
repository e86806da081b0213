"""On which descriptors may the daemon set attributes, a mode, a group or a time?

The seal refuses all of that by path (Landlock guards none of it), and by descriptor on every number but those
of a reserved range, the handles: a filter cannot see how a file was opened, but it can see a number. Our own
code puts only descriptors there that were opened for writing, and Landlock let those be opened in the write
list alone.

What this cannot do: a daemon that somebody else has taken over could put a read-only descriptor there, and so
change attributes (ACLs among them), mode, group or time of any file that it may read and that belongs to its
user, its own Python included. It could not change content or name, nor touch a file that it may not read, nor
set a set-uid, set-gid or sticky bit. A daemon with more than 512 files open would have ordinary descriptors in
the range, too; nothing sets attributes on those.
"""

import contextlib
import fcntl
import os
import resource
from collections.abc import Iterator

from homebody.errors import EffectError

FIRST, LAST = 512, 1023
MASK = 0xFFFFFE00
"""The bits of a number that are FIRST's for every handle, and for no other number."""


@contextlib.contextmanager
def handle(descriptor: int) -> Iterator[int]:
    """Yield a second number for the open file *descriptor* on which attributes can be set; closed at the end.

    For fsetxattr, fremovexattr, fchmod without special bits, fchown of the group, and futimens. Raises
    ValueError for a descriptor that was not opened for writing, EffectError when no handle is free.
    """
    if fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE not in (os.O_WRONLY, os.O_RDWR):
        raise ValueError("only a file that was opened for writing gets a handle")
    number = _reserved(descriptor)
    try:
        yield number
    finally:
        os.close(number)


def _reserved(descriptor: int) -> int:
    """Return a duplicate of *descriptor* in the reserved range; raise EffectError when none is free."""
    full: OSError | None = None
    try:
        number = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, FIRST)
    except (
        OSError
    ) as error:  # EINVAL: the limit is below the range; EMFILE: everything up to the limit is taken
        full = error
    else:
        if number <= LAST:
            return number
        os.close(number)
    raise EffectError(
        "The attributes of a file cannot be kept: homebody has no descriptor left for that.",
        hint=f"Let it open at least {LAST + 1} files (ulimit -Hn, or LimitNOFILE= in its service file).",
    ) from full


def make_room() -> bool:
    """Raise this process's own limit of open files so far that handles fit, and return whether they do."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft > LAST:
        return True
    wanted = LAST + 1 if hard == resource.RLIM_INFINITY else min(LAST + 1, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted > LAST
