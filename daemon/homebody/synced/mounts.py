"""On which file system does a folder lie, and is that one on another computer?

Linux tells of every mount in /proc/self/mountinfo (proc_pid_mountinfo(5)), macOS by getfsstat(2), asked not to
wait. Neither touches what is mounted, so a server that is gone hangs nobody who asks here first.
"""

import ctypes
import functools
import re
import struct
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

MOUNTINFO = Path("/proc/self/mountinfo")

REMOTE = frozenset(
    {
        "9p", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "gfs2", "glusterfs", "gpfs", "lustre", "ncpfs", "nfs",
        "nfs3", "nfs4", "ocfs2", "orangefs", "smb2", "smb3", "smbfs", "virtiofs", "webdav", "afpfs", "vboxsf", "vmhgfs",
        "prl_fs", "drvfs", "kafs", "pvfs2",
    }
)  # fmt: skip
"""File systems whose files are on another computer, or on the computer that this one is a guest of."""

LOCAL_FUSE = frozenset(
    {
        "bindfs", "cryfs", "encfs", "exfat", "fuse-overlayfs", "gocryptfs", "lxcfs", "mergerfs", "ntfs", "ntfs-3g",
        "overlayfs", "securefs", "unionfs", "unionfs-fuse", "zfs-fuse",
    }
)  # fmt: skip
"""File systems in user space that keep their files on this computer. Any other (sshfs, rclone, s3fs, gvfsd-fuse,
google-drive-ocamlfuse, pCloud) is taken to lead away, because nobody can know what its program does."""

ENTRY = struct.Struct("@Ii5Qii4I16s1024s1024s32x")
"""struct statfs of macOS with 64-bit inodes (sys/mount.h); not tried on a Mac yet."""

MNT_LOCAL, MNT_NOWAIT = 0x1000, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """One mount: where, the kind of file system, what is mounted, and its options."""

    folder: Path
    kind: str
    source: str = ""
    options: frozenset[str] = frozenset()

    @property
    def remote(self) -> bool:
        """Whether what is written here leaves this computer, or waits to be mounted from who knows where.

        What is mounted at ``/`` is the disk of this system, wherever it comes from.
        """
        if str(self.folder) == "/":
            return False
        name = self.kind.removeprefix("fuse.").removeprefix("macfuse.")
        if self.kind == "fuse" or name != self.kind:
            return name not in LOCAL_FUSE
        return self.kind in REMOTE or self.automatic

    @property
    def automatic(self) -> bool:
        """Whether it mounts others by itself when somebody looks into it."""
        return self.kind == "autofs"


@functools.lru_cache(maxsize=4)  # it is asked for each run, and hardly ever changes
def parse(text: str) -> tuple[Mount, ...]:
    """Return the mounts that a mountinfo *text* tells of, in its order; lines that are none are passed over."""
    found = []
    for line in text.splitlines():
        before, dash, after = line.partition(" - ")
        fields, rest = before.split(" "), after.split(" ")
        if dash and len(fields) >= 6 and len(rest) >= 2:
            found.append(
                Mount(
                    folder=Path(plain(fields[4])),
                    kind=rest[0],
                    source=plain(rest[1]),
                    options=frozenset(",".join([fields[5], *rest[2:]]).split(",")),
                )
            )
    return tuple(found)


def plain(field: str) -> str:
    """Return a field of mountinfo with its octal escapes (blank, tab, newline, backslash) as characters."""
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), field)


def parse_statfs(data: bytes) -> tuple[Mount, ...]:
    """Return the mounts that getfsstat(2) of macOS wrote into *data*; one that is not local counts as nfs."""
    found = []
    for fields in ENTRY.iter_unpack(data[: len(data) // ENTRY.size * ENTRY.size]):
        flags, (kind, folder, source) = fields[11], (_text(raw) for raw in fields[-3:])
        remote = not flags & MNT_LOCAL and kind not in REMOTE | {"autofs"}
        found.append(Mount(folder=Path(folder), kind="nfs" if remote else kind, source=source))
    return tuple(found)


def _text(raw: bytes) -> str:
    return raw.split(b"\0", 1)[0].decode("utf-8", "surrogateescape")


def mounts_here(platform: str = sys.platform) -> tuple[Mount, ...]:
    """Return the mounts that this process sees; none where the system does not tell."""
    if platform == "darwin":
        return _mounts_of_macos()
    try:
        return parse(MOUNTINFO.read_text(encoding="utf-8", errors="surrogateescape"))
    except OSError:
        return ()


def _mounts_of_macos() -> tuple[Mount, ...]:
    libc = ctypes.CDLL(None)
    # Intel keeps the old one, with inodes of 32 bits, under the plain name.
    ask = getattr(libc, "getfsstat$INODE64", None) or libc.getfsstat
    number = ask(None, 0, MNT_NOWAIT)
    if number <= 0:
        return ()
    room = ctypes.create_string_buffer((number + 8) * ENTRY.size)
    number = ask(room, len(room), MNT_NOWAIT)
    return parse_statfs(room.raw[: max(0, number) * ENTRY.size])


def mount_of(folder: Path, mounts: Iterable[Mount]) -> Mount | None:
    """Return the mount that *folder* lies on: the innermost, and the last one that was mounted there."""
    there: Mount | None = None
    longest, wanted = 0, f"{folder}/"  # texts, because this is asked many times for each run
    for mount in mounts:
        place = f"{str(mount.folder).rstrip('/')}/"
        if len(place) >= longest and wanted.startswith(place):
            there, longest = mount, len(place)
    return there


def within(folder: Path, mounts: Sequence[Mount]) -> Mount | None:
    """Return a remote mount that lies below *folder*, None without one."""
    below = (mount for mount in mounts if mount.remote and folder in mount.folder.parents)
    return next((mount for mount in below if mount_of(mount.folder, mounts) == mount), None)
