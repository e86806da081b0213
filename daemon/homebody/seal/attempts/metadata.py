"""By which other calls could a file outside get another mode, owner, time or attribute, and what is left to see?

The kernel has several calls for one deed: a seal that forgets one is open. Landlock guards none of them.
"""

import errno
import os
import stat

from homebody.seal import kernel
from homebody.seal.attempts.files import aimed, own_name, secret, take_away
from homebody.seal.probe import Probe, ProbeTargets, needs, probe

HERE = -100
"""AT_FDCWD (linux/fcntl.h)."""

ATTRIBUTE, VALUE = b"user.homebody", b"probe"
FS_IOC_SETFLAGS, FS_IOC_FSSETXATTR, F_NOTIFY = 0x40086602, 0x401C5820, 1026
IN_CREATE = 0x100


def by_path(name: str, words: str, *arguments: int | bytes, at: bool = False) -> Probe:
    """Return the probe that makes the call *name* on the file outside; *at*: its first argument is a folder's."""

    def attempt(targets: ProbeTargets) -> None:
        first = (HERE,) if at else ()
        kernel.call(name, *first, os.fsencode(secret(targets)), *arguments)

    return aimed(f"{name}_by_path", "file metadata", words, attempt)


def on_nothing(name: str, call: str, words: str, *arguments: int | bytes) -> Probe:
    """Return the probe that makes *call* on descriptor -1, so that unsealed the kernel says EBADF."""

    def attempt(_targets: ProbeTargets) -> None:
        kernel.call(call, -1, *arguments)

    return probe(name, "file metadata", words, attempt, errno.ENOTTY)


def made_node(name: str, words: str, kind: int) -> Probe:
    """Return the probe that makes a node of *kind* outside, and takes it away again."""

    def attempt(targets: ProbeTargets) -> None:
        path = own_name(targets, "node")
        os.mknod(path, kind | 0o600, os.makedev(1, 3))
        take_away(path)

    return aimed(name, "files", words, attempt)


def temporary_outside(targets: ProbeTargets) -> None:
    """Make a file without a name in a folder outside."""
    folder = needs(targets.outside, "folder outside")
    os.close(os.open(folder, getattr(os, "O_TMPFILE", 0) | os.O_WRONLY, 0o600))


def swap_outside(targets: ProbeTargets) -> None:
    """Let a file outside change places with itself."""
    path = os.fsencode(secret(targets))
    kernel.call("renameat2", HERE, path, HERE, path, 2)


def unlink_outside(targets: ProbeTargets) -> None:
    """Make a second name outside by the newer call, and take it away again."""
    path = own_name(targets, "second")
    kernel.call("linkat", HERE, os.fsencode(secret(targets)), HERE, os.fsencode(path), 0)
    take_away(path)


def read_link_outside(targets: ProbeTargets) -> None:
    """Ask where a link outside leads; it is a file, and unsealed the kernel says so (EINVAL)."""
    os.readlink(secret(targets))  # noqa: PTH115


def watch_outside(targets: ProbeTargets) -> None:
    """Be told of the names that come and go in a folder outside."""
    listening = kernel.call("inotify_init1", os.O_CLOEXEC)
    try:
        folder = os.fsencode(needs(targets.outside, "folder outside"))
        kernel.call("inotify_add_watch", listening, folder, IN_CREATE)
    finally:
        os.close(listening)


PROBES = (
    by_path("lchown", "change a link's owner", -1, -1),
    by_path("fchmodat", "change a file's mode from a folder", 0o600, at=True),
    by_path("fchmodat2", "change a file's mode by the newest call", 0o600, 0, at=True),
    by_path("utime", "change a file's time by the oldest call", 0),
    by_path("utimes", "change a file's time by an older call", 0),
    by_path("futimesat", "change a file's time from a folder", 0, at=True),
    by_path("lsetxattr", "hang an attribute on a link", ATTRIBUTE, VALUE, 5, 0),
    by_path("removexattr", "take an attribute from a file", ATTRIBUTE),
    by_path("lremovexattr", "take an attribute from a link", ATTRIBUTE),
    by_path("setxattrat", "hang an attribute on a file by the newest call", 0, ATTRIBUTE, 0, 1, at=True),
    by_path("removexattrat", "take an attribute by the newest call", 0, ATTRIBUTE, at=True),
    by_path("file_setattr", "set a file's flags by the newest call", 0, 1, 0, at=True),
    on_nothing("file_flags", "ioctl", "set a file's flags", FS_IOC_SETFLAGS, 0),
    on_nothing("file_project", "ioctl", "set a file's project", FS_IOC_FSSETXATTR, 0),
    on_nothing("folder_signals", "fcntl", "have a folder send signals", F_NOTIFY, 0),
    made_node("socket_outside", "make a socket's name outside", stat.S_IFSOCK),
    made_node("device_outside", "make a device outside", stat.S_IFCHR),
    aimed("temporary_outside", "files", "make a file without a name outside", temporary_outside),
    aimed("swap_outside", "files", "exchange files outside", swap_outside),
    aimed("second_name", "files", "make a second name by the newer call", unlink_outside),
)  # fmt: skip

NAMES_ARE_OPEN = "Landlock does not guard it and seccomp cannot read paths"

LIMITS = (
    Probe(
        name="read_link_outside", channel="file metadata", words="learn where a link outside leads",
        attempt=read_link_outside, number=23, limit=f"{NAMES_ARE_OPEN}; a network mount hears the name",
    ),
    Probe(
        name="watch_outside", channel="file metadata", words="be told which names come and go in a folder outside",
        attempt=watch_outside, number=23, limit=f"{NAMES_ARE_OPEN}; the daemon watches folders by this call",
    ),
)  # fmt: skip
"""What Linux lets the daemon learn outside; the reader is refused it."""
