"""Does a rewrite keep all that a person gave a file: tags, ACL, group, mode?"""

import errno
import hashlib
import os
import stat
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homebody.actions.apply import put
from homebody.actions.effect import Put
from homebody.errors import EffectError
from homebody.seal.handles import FIRST, LAST

ACL, DEFAULT_ACL = "system.posix_acl_access", "system.posix_acl_default"
USER_OBJ, USER, GROUP_OBJ, MASK, OTHER = 0x01, 0x02, 0x04, 0x10, 0x20
FRIEND, FAMILY, ANYBODY = 4242, 12345, 0xFFFFFFFF

IN_THE_SEAL = """
import hashlib, json, os, sys
from pathlib import Path
from homebody import seal
from homebody.actions.apply import put
from homebody.actions.effect import Put
from homebody.errors import EffectError
path = Path(sys.argv[1])
seal.enter(seal.daemon_policy(read=[], write=[path.parent]))
before = hashlib.sha256(path.read_bytes()).hexdigest()
try:
    put(Put(path=path, content=b"new", before=before, kind="write", mode=None))
except EffectError as error:
    print(error, error.hint)
"""


def acl(*, group: int, mask: int) -> bytes:
    """Return an ACL as the kernel stores it (linux/posix_acl_xattr.h): a friend may read and write, others nothing."""
    entries = ((USER_OBJ, 6, ANYBODY), (USER, 6, FRIEND), (GROUP_OBJ, group, ANYBODY), (MASK, mask, ANYBODY),
               (OTHER, 0, ANYBODY))  # fmt: skip
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


def give(path: Path, name: str, value: bytes) -> None:
    """Set an attribute, or skip the test where the file system or the user cannot."""
    try:
        os.setxattr(path, name, value)
    except (OSError, AttributeError) as error:
        pytest.skip(f"{name} cannot be set here: {error}")


def rewrite(path: Path, *, mode: int | None = None) -> None:
    """Write other content to the file that is there."""
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    put(Put(path=path, content=b"new", before=before, kind="write", mode=mode))


def carried(path: Path) -> tuple[int, int, dict[str, bytes]]:
    """Return the mode, the group and the attributes of a file, but for the system's labels."""
    status = path.stat()
    names = [name for name in os.listxattr(path) if not name.startswith("security.")]
    return stat.S_IMODE(status.st_mode), status.st_gid, {name: os.getxattr(path, name) for name in names}


@pytest.fixture
def note(tmp_path: Path) -> Path:
    """Return a note that its owner may write and a group may read."""
    path = tmp_path / "note.md"
    path.write_bytes(b"old")
    path.chmod(0o640)
    return path


@pytest.fixture
def sealed(tmp_path: Path) -> Callable[..., str]:
    """Return a function that rewrites a file in a sealed daemon and returns the error, with its cure, if any.

    The daemon has no power but its user's, and is in the *groups* that are named, too.
    """
    if sys.platform != "linux":
        pytest.skip("the seal is Linux's")

    def run(path: Path, *groups: int) -> str:
        identity = {"extra_groups": [os.getgid(), *groups]} if groups else {}
        done = subprocess.run(
            [sys.executable, "-c", IN_THE_SEAL, str(path)],
            capture_output=True, text=True, check=False, umask=0o077, **identity,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


VALUES = st.dictionaries(
    st.text("abcdefghij.", min_size=1, max_size=12).map("user.".__add__),
    st.binary(max_size=200),
    max_size=5,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(attributes=VALUES, mode=st.integers(0, 0o777).map(lambda mode: mode | stat.S_IRUSR))
def test_every_attribute_survives(note: Path, attributes: dict[str, bytes], mode: int) -> None:
    """Whatever its name and value, and whatever mode the file has: one that even its owner may only read, too."""
    note.chmod(0o600)
    for name in os.listxattr(note):
        if name.startswith("user."):
            os.removexattr(note, name)
    for name, value in attributes.items():
        give(note, name, value)
    note.chmod(mode)
    before = carried(note)
    rewrite(note)
    assert carried(note) == before
    assert [note.name] == os.listdir(note.parent)  # noqa: PTH208


@pytest.mark.parametrize("group", [0, 4, 6])
@pytest.mark.parametrize("mask", [0, 4, 6])
def test_an_acl_survives_with_its_mask(note: Path, group: int, mask: int) -> None:
    """The bits of the group stand for the mask then: both are as they were, and so is what the group may do."""
    give(note, ACL, acl(group=group, mask=mask))
    before = carried(note)
    rewrite(note)
    assert carried(note) == before
    assert (before[0], before[2][ACL]) == (0o600 | mask << 3, acl(group=group, mask=mask))


def test_a_mode_that_is_asked_for_moves_the_mask(note: Path) -> None:
    """As chmod(1) does it on a file with an ACL: the entries stay and the mask follows."""
    give(note, ACL, acl(group=4, mask=6))
    rewrite(note, mode=0o640)
    assert (0o640, acl(group=4, mask=4)) == (carried(note)[0], os.getxattr(note, ACL))


def test_a_folders_default_acl_opens_no_file(note: Path) -> None:
    """A file that had no ACL has none after a rewrite in a folder that hands one to every new file."""
    give(note.parent, DEFAULT_ACL, acl(group=6, mask=6))
    before = carried(note)
    rewrite(note)
    assert carried(note) == before
    assert before[2] == {}


def test_a_folders_default_acl_does_not_replace_a_files_own(note: Path) -> None:
    """A file that has an ACL of its own keeps it, whatever new files get."""
    give(note, ACL, acl(group=0, mask=4))
    give(note.parent, DEFAULT_ACL, acl(group=6, mask=6))
    before = carried(note)
    rewrite(note)
    assert carried(note) == before


def test_everything_survives_inside_the_seal(note: Path, sealed: Callable[..., str]) -> None:
    """Without any power, on a note that its owner may not write: tags, address, ACL and mode."""
    give(note, "user.xdg.tags", b"roof,2026")
    give(note, "user.xdg.origin.url", b"https://example.org/\xff\x00")
    give(note, ACL, acl(group=0, mask=4))
    note.chmod(0o440)
    before = carried(note)
    assert sealed(note) == ""
    assert (note.read_bytes(), carried(note)) == (b"new", before)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("security.capability", struct.pack("<IIIII", 0x02000000, 1 << 10, 0, 0, 0)),
        ("security.ima", bytes.fromhex("0404") + bytes(32)),  # a SHA-256 of the content, as IMA keeps it
    ],
)
def test_what_is_said_about_the_old_content_is_not_kept(note: Path, name: str, value: bytes) -> None:
    """A program's powers and a hash of the content are gone, and a tag is not."""
    give(note, "user.xdg.tags", b"roof")
    give(note, name, value)
    rewrite(note)
    assert {"user.xdg.tags": b"roof"} == carried(note)[2]
    assert name not in os.listxattr(note)


def test_a_label_of_the_system_stops_no_rewrite(note: Path, sealed: Callable[..., str]) -> None:
    """What only the system's administrator may set is left out, and what is the person's is kept."""
    give(note, "user.xdg.tags", b"roof")
    give(note, "security.homebody", b"label")
    assert sealed(note) == ""
    assert (b"new", {"user.xdg.tags": b"roof"}) == (note.read_bytes(), carried(note)[2])
    assert "security.homebody" not in os.listxattr(note)


@pytest.mark.parametrize("name", ["user.xdg.tags", ACL])
def test_a_rewrite_that_would_lose_it_fails(note: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """When the kernel will not set a tag or an ACL, the file is left as it was and the error names it."""
    give(note, name, acl(group=0, mask=4) if name == ACL else b"roof")
    before = carried(note)

    def refused(target: int, attribute: str, value: bytes) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "setxattr", refused)
    with pytest.raises(EffectError, match=f"{name}, which a rewrite would lose") as raised:
        rewrite(note)
    assert raised.value.hint
    assert (note.read_bytes(), carried(note)) == (b"old", before)
    assert [note.name] == os.listdir(note.parent)  # noqa: PTH208


def test_no_free_handle_loses_nothing(note: Path) -> None:
    """When no reserved descriptor is left, the file is left as it was, and a file without attributes is written."""
    give(note, "user.xdg.tags", b"roof")
    plain = note.with_name("plain.md")
    plain.write_bytes(b"old")
    with note.open("rb") as file:
        taken = [os.dup2(file.fileno(), number, inheritable=False) for number in range(FIRST, LAST + 1)]
        try:
            with pytest.raises(EffectError, match="no descriptor left"):
                rewrite(note)
            rewrite(plain)
        finally:
            for number in taken:
                os.close(number)
    assert (b"old", b"roof", b"new") == (
        note.read_bytes(),
        os.getxattr(note, "user.xdg.tags"),
        plain.read_bytes(),
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to a group that it is not in")
def test_a_group_of_ours_is_kept(note: Path, sealed: Callable[..., str]) -> None:
    """A file of a group that we are in stays in that group, inside the seal as well."""
    os.chown(note, -1, FAMILY)
    assert sealed(note, FAMILY) == ""
    assert (note.read_bytes(), carried(note)) == (b"new", (0o640, FAMILY, {}))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to a group that it is not in")
def test_another_group_never_gets_to_read(note: Path, sealed: Callable[..., str]) -> None:
    """A file of a group that we are not in is left alone where its group may more than others; else it is written."""
    os.chown(note, -1, FAMILY)
    assert "a group that you are not in" in sealed(note)
    assert (note.read_bytes(), carried(note)) == (b"old", (0o640, FAMILY, {}))
    note.chmod(0o644)
    assert sealed(note) == ""
    assert (note.read_bytes(), carried(note)) == (b"new", (0o644, os.getgid(), {}))
