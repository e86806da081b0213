"""How could a process leave something behind outside its write list, or read what it was not given?"""

import contextlib
import os
from pathlib import Path

import homebody
from homebody.seal import kernel
from homebody.seal.probe import Probe, ProbeTargets, needs

SECRET = "secret.txt"  # noqa: S105 - the name of a file with nothing in it
"""The file that the targets put into the outside folder."""


def outside(targets: ProbeTargets) -> Path:
    """Return a folder that no write list has: the given one, or our own package, which `persistence` keeps out."""
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


def write_outside(targets: ProbeTargets) -> None:
    """Make a file outside, and take it away again."""
    path = own_name(targets, "file")
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    os.unlink(path)  # noqa: PTH108 - the reader's seal was put on after this module was loaded, pathlib's not


def read_outside(targets: ProbeTargets) -> None:
    """Read a file outside."""
    os.close(os.open(secret(targets), os.O_RDONLY))


def append_outside(targets: ProbeTargets) -> None:
    """Open a file outside for writing."""
    os.close(os.open(secret(targets), os.O_WRONLY | os.O_APPEND))


def list_outside(targets: ProbeTargets) -> None:
    """List a folder outside."""
    os.listdir(outside(targets))  # noqa: PTH208 - one call and nothing around it


def truncate_outside(targets: ProbeTargets) -> None:
    """Cut a file outside by its path, to the length that it has."""
    kernel.call("truncate", os.fsencode(secret(targets)), 64)


def rename_outside(targets: ProbeTargets) -> None:
    """Rename a file outside, and back."""
    path = secret(targets)
    os.rename(path, path + ".moved")  # noqa: PTH104 - one call and nothing around it
    os.rename(path + ".moved", path)  # noqa: PTH104


def folder_outside(targets: ProbeTargets) -> None:
    """Make a folder outside, and take it away again."""
    path = own_name(targets, "folder")
    os.mkdir(path)  # noqa: PTH102
    os.rmdir(path)  # noqa: PTH106


def symlink_outside(targets: ProbeTargets) -> None:
    """Make a symbolic link outside, and take it away again."""
    path = own_name(targets, "link")
    os.symlink("/etc", path)
    os.unlink(path)  # noqa: PTH108


def hardlink_outside(targets: ProbeTargets) -> None:
    """Make a second name for a file outside, and take it away again."""
    path = own_name(targets, "name")
    os.link(secret(targets), path)
    os.unlink(path)  # noqa: PTH108


def fifo_outside(targets: ProbeTargets) -> None:
    """Make a named pipe outside, and take it away again."""
    path = own_name(targets, "pipe")
    os.mkfifo(path)
    os.unlink(path)  # noqa: PTH108


def chmod_outside(targets: ProbeTargets) -> None:
    """Change the mode of a file outside, which Landlock does not guard (no-egress, row 24)."""
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
    with contextlib.suppress(FileNotFoundError):
        os.setxattr(secret(targets), "user.homebody", b"probe")


def shared_memory(_targets: ProbeTargets) -> None:
    """Make a file in the shared memory that other programs see."""
    path = f"/dev/shm/homebody-probe-{os.getpid()}"  # noqa: S108 - that it is shared is the point
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    os.unlink(path)  # noqa: PTH108


def terminal(_targets: ProbeTargets) -> None:
    """Open the switch that makes new terminals."""
    os.close(os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY))


def stat_outside(targets: ProbeTargets) -> None:
    """Ask about a file outside by its name."""
    os.stat(secret(targets))  # noqa: PTH116


PROBES = (
    Probe(name="write_outside", channel="files", words="write a file outside its folders", attempt=write_outside),
    Probe(name="read_outside", channel="files", words="read a file outside its folders", attempt=read_outside),
    Probe(name="append_outside", channel="files", words="append to a file outside", attempt=append_outside),
    Probe(name="list_outside", channel="files", words="list a folder outside", attempt=list_outside),
    Probe(name="truncate_outside", channel="files", words="cut a file outside", attempt=truncate_outside),
    Probe(name="rename_outside", channel="files", words="rename a file outside", attempt=rename_outside),
    Probe(name="folder_outside", channel="files", words="make a folder outside", attempt=folder_outside),
    Probe(name="symlink_outside", channel="files", words="make a symbolic link", attempt=symlink_outside),
    Probe(name="hardlink_outside", channel="files", words="make a hard link outside", attempt=hardlink_outside),
    Probe(name="fifo_outside", channel="files", words="make a named pipe", attempt=fifo_outside),
    Probe(name="chmod_outside", channel="file metadata", words="change a file's mode", attempt=chmod_outside),
    Probe(name="fchmod", channel="file metadata", words="change an open file's mode", attempt=fchmod),
    Probe(name="chown_outside", channel="file metadata", words="change a file's owner", attempt=chown_outside),
    Probe(name="utime_outside", channel="file metadata", words="change a file's time", attempt=utime_outside),
    Probe(name="xattr_outside", channel="file metadata", words="hang an attribute on a file", attempt=xattr_outside),
    Probe(name="shared_memory", channel="shared memory", words="make shared memory with a name",
          attempt=shared_memory),
    Probe(name="terminal", channel="devices", words="open a terminal", attempt=terminal),
)  # fmt: skip

LIMITS = (
    Probe(
        name="stat_outside", channel="file metadata", words="learn whether a file outside is there",
        attempt=stat_outside,
        limit="Landlock does not guard stat, and seccomp cannot read paths; on a network mount the name is sent",
    ),
)  # fmt: skip
"""Ways that daemon and model cannot be refused on Linux (no-egress, row 23); the reader is refused them, too."""
