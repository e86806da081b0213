"""What the mounts of a machine leave open is said, with its number, and nothing else is."""

from homebody.seal.uncovered import uncovered
from homebody.synced.mounts import mounts_here, parse

USUAL = """\
22 28 0:21 / /proc rw,nosuid shared:14 - proc proc rw
28 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw
35 22 0:32 / /proc/sys/fs/binfmt_misc rw,relatime shared:16 - autofs systemd-1 rw,fd=29,pgrp=1,direct
40 28 0:40 / /home rw shared:20 - btrfs /dev/vdb rw
"""


def test_an_ordinary_machine_leaves_nothing_open():
    """Also with the automatic mount that every systemd has, and on this very machine's kind of root."""
    assert () == uncovered(parse(USUAL))
    assert () == uncovered(())


def test_each_kind_is_named_with_its_number():
    """A map of all hosts, a map of names, one fixed automatic mount, a share, a program's file system."""
    text = USUAL + (
        "50 28 0:50 / /net rw shared:30 - autofs -hosts rw,fd=6,pgrp=1,minproto=5,indirect\n"
        "51 28 0:51 / /home/shared rw - autofs auto.home rw,fd=7,indirect\n"
        "52 28 0:52 / /mnt/nas rw - autofs systemd-1 rw,fd=8,direct\n"
        "53 28 0:53 / /mnt/work rw - cifs //firm/work rw\n"
        "54 28 0:54 / /run/user/1000/gvfs rw - fuse.gvfsd-fuse gvfsd-fuse rw\n"
    )
    found = uncovered(parse(text))
    assert ["/net", "/home/shared", "/mnt/nas", "/mnt/work", "/run/user/1000/gvfs"] == [
        one.split()[1] for one in found
    ]
    assert all(one.startswith("23: ") for one in found)
    signs = ["every computer", "what is looked up in", "when somebody looks", "(cifs)", "(fuse.gvfsd-fuse)"]
    assert [[sign] for sign in signs] == [[sign for sign in signs if sign in one] for one in found]


def test_an_automatic_mount_that_has_mounted_is_named_once():
    """The share lies over the place that waited for it: the share is what counts."""
    text = USUAL + (
        "52 28 0:52 / /mnt/nas rw - autofs systemd-1 rw,fd=8,direct\n"
        "53 52 0:53 / /mnt/nas rw - nfs4 nas:/ rw,hard\n"
    )
    (only,) = uncovered(parse(text))
    assert "(nfs4)" in only


def test_this_machine_is_read():
    """The kernel's own text is understood."""
    assert isinstance(uncovered(mounts_here()), tuple)
