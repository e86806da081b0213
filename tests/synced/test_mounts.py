"""Mounts as the kernel tells of them: which lead away from this computer?"""

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.synced.mounts import MOUNTINFO, Mount, mount_of, mounts_here, parse, parse_statfs, plain, within


def line(folder: str, kind: str, source: str = "none", more: str = "rw") -> str:
    """Return a line of mountinfo."""
    return f"36 35 98:0 / {folder} rw,relatime shared:1 - {kind} {source} {more}\n"


@pytest.mark.parametrize(
    "kind",
    [
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "9p",
        "ceph",
        "afs",
        "lustre",
        "davfs",
        "autofs",
        "virtiofs",
        "fuse.sshfs",
        "fuse.rclone",
        "fuse.gvfsd-fuse",
        "fuse.s3fs",
        "fuse.google-drive-ocamlfuse",
        "fuse",
        "fuse.unheard-of",
    ],
)
def test_what_leads_away(kind: str):
    """Network file systems, what a program makes up, and what mounts by itself."""
    (mount,) = parse(line("/mnt/x", kind))
    assert mount.remote


@pytest.mark.parametrize(
    "kind",
    ["ext4", "btrfs", "xfs", "tmpfs", "overlay", "fuseblk", "vfat", "zfs", "fuse.gocryptfs", "fuse.bindfs"],
)
def test_what_stays(kind: str):
    """Disks of this computer, also behind a program that only encrypts or shows them elsewhere."""
    (mount,) = parse(line("/mnt/x", kind))
    assert not mount.remote


def test_the_root_is_this_systems_own_disk():
    """A guest whose whole disk is a share of its host has no other disk to stay on."""
    assert not parse(line("/", "virtiofs"))[0].remote


def test_every_field_of_a_line():
    """Optional fields, none or several, blanks in names, and the options of both halves."""
    text = (
        "36 35 98:0 / /mnt/My\\040notes rw,noatime - cifs //nas/a\\040b rw,vers=3.0\n"
        "37 35 98:0 / /net rw shared:3 master:1 propagate_from:2 - autofs -hosts rw,fd=6,indirect\n"
        "nonsense\n\n38 35 98:0 /\n39 35 98:0 / /x rw - \n"
    )
    first, second = parse(text)
    assert (first.folder, first.kind, first.source) == (Path("/mnt/My notes"), "cifs", "//nas/a b")
    assert {"noatime", "vers=3.0"} <= first.options
    assert (second.source, second.automatic, "indirect" in second.options) == ("-hosts", True, True)


@given(st.text())
def test_no_text_is_too_strange(text: str):
    """Whatever stands there, it is read or passed over."""
    parse(text)
    plain(text)


def test_the_kernels_own_list():
    """What this very kernel says has a root, and is read to the last line."""
    mounts = mounts_here()
    assert len(mounts) == len(MOUNTINFO.read_text(encoding="utf-8").splitlines())
    assert mount_of(Path("/proc/self"), mounts).kind == "proc"


def test_the_innermost_and_the_last_mount_counts():
    """A share over a disk leads away below it; a disk over a share does not; a name alike is another folder."""
    mounts = parse(
        line("/", "ext4") + line("/a", "nfs") + line("/a/b", "ext4") + line("/c", "ext4") + line("/c", "nfs")
    )
    assert [False, True, False, True, False] == [
        mount_of(Path(path), mounts).remote for path in ("/ab", "/a/x", "/a/b/x", "/c", "/cc")
    ]


def test_a_share_below_a_folder_is_seen():
    """One that a disk has covered is not."""
    mounts = parse(line("/", "ext4") + line("/a/b", "nfs") + line("/c/d", "nfs") + line("/c/d", "ext4"))
    assert within(Path("/a"), mounts).folder == Path("/a/b")
    assert within(Path("/a/b"), mounts) is None
    assert within(Path("/c"), mounts) is None


def test_what_macos_tells():
    """Two entries of getfsstat as sys/mount.h lays them out, 2,168 bytes each: the one that is not local leads away."""

    def entry(flags: int, kind: str, folder: str, source: str) -> bytes:
        head = struct.pack("=Ii5Qii4I", 4096, 4096, 1, 2, 3, 4, 5, 6, 7, 501, 26, flags, 0)
        names = (
            kind.encode().ljust(16, b"\0")
            + folder.encode().ljust(1024, b"\0")
            + source.encode().ljust(1024, b"\0")
        )
        return head + names + bytes(32)

    data = entry(0x1000, "apfs", "/", "/dev/disk3s1") + entry(0, "macfuse", "/Users/a/My share", "x")
    assert 2 * 2168 == len(data)
    first, second = parse_statfs(data + b"half an entry")
    assert first == Mount(folder=Path("/"), kind="apfs", source="/dev/disk3s1")
    assert (second.folder, second.remote) == (Path("/Users/a/My share"), True)
