"""How could a process leave something behind outside its write list, or read what it was not given?"""

import contextlib
import os
from collections.abc import Callable
from pathlib import Path

import homebody
from homebody.seal import handles, kernel
from homebody.seal.probe import Probe, ProbeTargets, Untestable, needs, probe

SECRET = "secret.txt"  # noqa: S105 - the name of a file with nothing in it
"""The file that the targets put into the outside folder."""


def outside(targets: ProbeTargets) -> Path:
    """Return a folder that no write list has: the given one, or our own package, see `persistence`."""
    if targets.outside is not None:
        return Path(targets.outside)
    package = homebody.__file__
    assert package is not None, "homebody is a package with a file"
    return Path(package).parent


def secret(targets: ProbeTargets) -> str:
    """Return the path of the file outside, as the system calls take it."""
    return os.path.join(needs(targets.outside, "folder outside"), SECRET)  # noqa: PTH118 - no file is touched


def own_name(targets: ProbeTargets, ending: str) -> str:
    """Return the path of something that does not exist yet, outside."""
    return str(outside(targets) / f".homebody-probe-{os.getpid()}-{ending}")


def take_away(path: str) -> None:
    """Remove what a probe has made, if that is allowed: a way out that leaves traces is one all the same."""
    with contextlib.suppress(OSError):
        os.unlink(path)  # noqa: PTH108 - the reader's seal was put on after this module was loaded, pathlib's not


def write_outside(targets: ProbeTargets) -> None:
    """Make a file outside, and take it away again."""
    path = own_name(targets, "file")
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    take_away(path)


def read_outside(targets: ProbeTargets) -> None:
    """Read a file outside."""
    os.close(os.open(secret(targets), os.O_RDONLY))


def append_outside(targets: ProbeTargets) -> None:
    """Open a file outside for writing."""
    os.close(os.open(secret(targets), os.O_WRONLY | os.O_APPEND))


def list_outside(targets: ProbeTargets) -> None:
    """List a folder outside."""
    os.listdir(needs(targets.outside, "folder outside"))  # noqa: PTH208 - one call and nothing around it


def truncate_outside(targets: ProbeTargets) -> None:
    """Cut a file outside by its path, to the length that it has."""
    kernel.call("truncate", os.fsencode(secret(targets)), 64)


def rename_outside(targets: ProbeTargets) -> None:
    """Rename a file outside, and back."""
    path = secret(targets)
    os.rename(path, path + ".moved")  # noqa: PTH104 - one call and nothing around it
    with contextlib.suppress(OSError):
        os.rename(path + ".moved", path)  # noqa: PTH104


def folder_outside(targets: ProbeTargets) -> None:
    """Make a folder outside, and take it away again."""
    path = own_name(targets, "folder")
    os.mkdir(path)  # noqa: PTH102
    with contextlib.suppress(OSError):
        os.rmdir(path)  # noqa: PTH106


def symlink_outside(targets: ProbeTargets) -> None:
    """Make a symbolic link outside, and take it away again."""
    path = own_name(targets, "link")
    os.symlink("/etc", path)  # noqa: PTH211
    take_away(path)


def hardlink_outside(targets: ProbeTargets) -> None:
    """Make a second name for a file outside, and take it away again."""
    path = own_name(targets, "name")
    os.link(secret(targets), path)
    take_away(path)


def fifo_outside(targets: ProbeTargets) -> None:
    """Make a named pipe outside, and take it away again."""
    path = own_name(targets, "pipe")
    os.mkfifo(path)
    take_away(path)


def chmod_outside(targets: ProbeTargets) -> None:
    """Change the mode of a file outside, which Landlock does not guard."""
    os.chmod(secret(targets), 0o600)  # noqa: PTH101


def fchmod(_targets: ProbeTargets) -> None:
    """Change the mode of an open file: descriptor -1, so that unsealed the kernel says EBADF."""
    os.fchmod(-1, 0o600)


def chown_outside(targets: ProbeTargets) -> None:
    """Change the owner of a file outside, to the one that it has."""
    os.chown(secret(targets), -1, -1)


def utime_outside(targets: ProbeTargets) -> None:
    """Change the time of a file outside."""
    os.utime(secret(targets))


def xattr_outside(targets: ProbeTargets) -> None:
    """Hang an extended attribute on a file outside."""
    kernel.call("setxattr", os.fsencode(secret(targets)), b"user.homebody\0", b"probe", 5, 0)


def on_descriptor(call: str, *arguments: int | bytes) -> Callable[[ProbeTargets], None]:
    """Return the attempt to make *call* on descriptor -1, so that unsealed the kernel says EBADF."""

    def attempt(_targets: ProbeTargets) -> None:
        kernel.call(call, -1, *arguments)

    return attempt


def special_bit(_targets: ProbeTargets) -> None:
    """Give a handle's file the set-uid bit: the last one is not open, so that unsealed the kernel says EBADF."""
    kernel.call("fchmod", handles.LAST, 0o4700)


def shared_memory(_targets: ProbeTargets) -> None:
    """Make a file in the shared memory that other programs see."""
    path = f"/dev/shm/homebody-probe-{os.getpid()}"  # noqa: S108 - that it is shared is the point
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    take_away(path)


def terminal(_targets: ProbeTargets) -> None:
    """Open the switch that makes new terminals."""
    os.close(os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY))


def stat_outside(targets: ProbeTargets) -> None:
    """Ask about a file outside by its name."""
    os.stat(secret(targets))  # noqa: PTH116


def aimed(name: str, channel: str, words: str, attempt: Callable[[ProbeTargets], None]) -> Probe:
    """Return the probe, which shows nothing where the file that it aims at is not there."""

    def at_a_file(targets: ProbeTargets) -> None:
        try:
            attempt(targets)
        except FileNotFoundError as error:
            raise Untestable("what it aims at is not there") from error

    return probe(name, channel, words, at_a_file)


PROBES = (
    aimed("write_outside", "files", "write a file outside its folders", write_outside),
    aimed("read_outside", "files", "read a file outside its folders", read_outside),
    aimed("append_outside", "files", "append to a file outside", append_outside),
    aimed("list_outside", "files", "list a folder outside", list_outside),
    aimed("truncate_outside", "files", "cut a file outside", truncate_outside),
    aimed("rename_outside", "files", "rename a file outside", rename_outside),
    aimed("folder_outside", "files", "make a folder outside", folder_outside),
    aimed("symlink_outside", "files", "make a symbolic link", symlink_outside),
    aimed("hardlink_outside", "files", "make a hard link outside", hardlink_outside),
    aimed("fifo_outside", "files", "make a named pipe", fifo_outside),
    aimed("chmod_outside", "file metadata", "change a file's mode", chmod_outside),
    aimed("fchmod", "file metadata", "change an open file's mode", fchmod),
    aimed("chown_outside", "file metadata", "change a file's owner", chown_outside),
    aimed("utime_outside", "file metadata", "change a file's time", utime_outside),
    aimed("xattr_outside", "file metadata", "hang an attribute on a file", xattr_outside),
    probe("fsetxattr", "file metadata", "hang an attribute on an open file",
          on_descriptor("fsetxattr", b"user.homebody", b"probe", 5, 0)),
    probe("fremovexattr", "file metadata", "take an attribute from an open file",
          on_descriptor("fremovexattr", b"user.homebody")),
    probe("fchown", "file metadata", "change an open file's group", on_descriptor("fchown", -1, -1)),
    probe("futimens", "file metadata", "change an open file's time", on_descriptor("utimensat", 0, 0, 0)),
    probe("special_bit", "file metadata", "let a file run as its owner", special_bit),
    aimed("shared_memory", "shared memory", "make shared memory with a name", shared_memory),
    aimed("terminal", "devices", "open a terminal", terminal),
)  # fmt: skip

LIMITS = (
    Probe(
        name="stat_outside", channel="file metadata", words="learn whether a file outside is there",
        attempt=stat_outside, number=23,
        limit="Landlock does not guard stat and seccomp cannot read paths; a network mount hears the name",
    ),
)  # fmt: skip
"""Ways that daemon and model cannot be refused on Linux; the reader is refused them."""
