"""On which descriptors can a sealed daemon set attributes, and on which not?"""

import fcntl
import os
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from homebody.errors import EffectError
from homebody.seal import handle
from homebody.seal.handles import FIRST, LAST

ENTER = """
import fcntl, resource
from homebody.seal.handles import FIRST, LAST, handle
written, watched = Path(given["written"]), Path(given["watched"])
report = seal.enter(seal.daemon_policy(read=[watched], write=[written]))

def deeds(number):
    return {
        "fsetxattr": name_of_refusal(lambda: os.setxattr(number, "user.homebody", b"x")),
        "fremovexattr": name_of_refusal(lambda: os.removexattr(number, "user.homebody")),
        "fchmod": name_of_refusal(lambda: os.fchmod(number, 0o640)),
        "fchown": name_of_refusal(lambda: os.fchown(number, -1, os.getegid())),
        "futimens": name_of_refusal(lambda: os.utime(number, ns=(1, 2))),
    }
"""
DEEDS = ("fsetxattr", "fremovexattr", "fchmod", "fchown", "futimens")


@pytest.fixture
def sealed(child: Callable[..., Any], tmp_path: Path) -> Callable[..., Any]:
    """Return a function that runs code in a sealed daemon, with a note in each of three folders.

    One it may write, one it may read, and one is none of its business.
    """
    for name in ("written", "watched", "elsewhere"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "note.md").write_text("words")
    try:
        os.setxattr(tmp_path / "written" / "note.md", "user.before", b"kept")
    except (OSError, AttributeError):
        pytest.skip("this file system has no extended attributes")
    folders = {name: str(tmp_path / name) for name in ("written", "watched", "elsewhere")}
    return lambda code, before="": child(f"{before}\n{ENTER}\n{code}", **folders)


def test_a_handle_takes_all_that_a_rewrite_keeps(sealed: Callable[..., Any], tmp_path: Path) -> None:
    """On a handle of a file in the write list attributes, mode, group and time are set for real."""
    code = """
descriptor = os.open(written / "note.md", os.O_RDWR)
with handle(descriptor) as number:
    told([deeds(number), number])
"""
    did, number = sealed(code)
    assert did == dict.fromkeys(DEEDS, "done")
    assert FIRST <= number <= LAST
    status = (tmp_path / "written" / "note.md").stat()
    assert (status.st_mode & 0o7777, status.st_mtime_ns) == (0o640, 2)


@pytest.mark.parametrize("folder", ["watched", "written"])
def test_an_ordinary_descriptor_takes_nothing(
    sealed: Callable[..., Any], tmp_path: Path, folder: str
) -> None:
    """On any other number all of it is refused, for a watched file and even for one that may be written."""
    before = (tmp_path / folder / "note.md").stat()
    code = f"""
descriptor = os.open({folder} / "note.md", os.O_RDONLY)
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, LAST + 2), hard))  # a person's own limit ends at LAST
above = fcntl.fcntl(descriptor, fcntl.F_DUPFD, LAST + 1)
told([deeds(number) for number in (descriptor, above)])
"""
    assert sealed(code) == [dict.fromkeys(DEEDS, "EPERM")] * 2
    after = (tmp_path / folder / "note.md").stat()
    assert (after.st_mode, after.st_ctime_ns) == (before.st_mode, before.st_ctime_ns)


def test_a_path_takes_nothing(sealed: Callable[..., Any], tmp_path: Path) -> None:
    """By path everything is refused, also with a handle as the folder to start from."""
    code = """
note = str(written / "note.md")
folder = os.open(written, os.O_RDONLY)
beneath = fcntl.fcntl(folder, fcntl.F_DUPFD_CLOEXEC, FIRST)
told([name_of_refusal(deed) for deed in (
    lambda: os.setxattr(note, "user.homebody", b"x"), lambda: os.removexattr(note, "user.before"),
    lambda: os.setxattr(note, "user.homebody", b"x", follow_symlinks=False),
    lambda: os.chmod(note, 0o600), lambda: os.chown(note, -1, -1), lambda: os.utime(note),
    lambda: os.chmod("note.md", 0o600, dir_fd=beneath), lambda: os.utime("note.md", dir_fd=beneath),
    lambda: os.chown("note.md", -1, -1, dir_fd=beneath))])
"""
    assert sealed(code) == ["EPERM"] * 9
    assert os.getxattr(tmp_path / "written" / "note.md", "user.before") == b"kept"


@pytest.mark.parametrize("bit", [0o4000, 0o2000, 0o1000])
def test_no_special_bit_is_set_on_a_handle(sealed: Callable[..., Any], tmp_path: Path, bit: int) -> None:
    """Set-uid, set-gid and sticky are refused even there, and no owner is changed."""
    code = f"""
descriptor = os.open(written / "note.md", os.O_RDWR)
with handle(descriptor) as number:
    told([name_of_refusal(lambda: os.fchmod(number, 0o700 | {bit})),
          name_of_refusal(lambda: os.fchown(number, os.geteuid(), -1))])
"""
    assert sealed(code) == ["EPERM", "EPERM"]
    assert (tmp_path / "written" / "note.md").stat().st_mode & 0o7000 == 0


def test_the_limit_of_a_number_is_known(sealed: Callable[..., Any], tmp_path: Path) -> None:
    """A taken-over daemon could change attributes of a file that it reads: not the content, and of no other file."""
    code = """
descriptor = os.open(watched / "note.md", os.O_RDONLY)
forged = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, FIRST)
foreign = Path(given["elsewhere"]) / "note.md"
blind = fcntl.fcntl(os.open(foreign, os.O_PATH), fcntl.F_DUPFD_CLOEXEC, FIRST)
told([deeds(forged)["fsetxattr"], deeds(blind), name_of_refusal(lambda: os.write(forged, b"x")),
      name_of_refusal(lambda: os.ftruncate(forged, 0)), name_of_refusal(lambda: os.open(foreign, os.O_RDONLY))])
"""
    forged, blind, written, cut, opened = sealed(code)
    assert forged == "done"
    assert blind == dict.fromkeys(DEEDS, "EBADF")
    assert (written, cut, opened) == ("EBADF", "EINVAL", "EACCES")
    assert (tmp_path / "watched" / "note.md").read_text() == "words"


@pytest.mark.parametrize("flags", [os.O_RDONLY, os.O_PATH])
def test_a_file_opened_for_reading_gets_no_handle(tmp_path: Path, flags: int) -> None:
    """Our own code cannot put such a descriptor into the range: the mistake is raised."""
    (tmp_path / "note.md").write_text("words")
    descriptor = os.open(tmp_path / "note.md", flags)
    try:
        with pytest.raises(ValueError, match="opened for writing"), handle(descriptor):
            pass
    finally:
        os.close(descriptor)


def test_a_handle_is_the_same_file_and_ends(tmp_path: Path) -> None:
    """It shares the open file, no program that is started inherits it, and it is closed after use."""
    with (tmp_path / "note.md").open("wb") as file:
        with handle(file.fileno()) as number:
            assert os.path.sameopenfile(number, file.fileno())
            assert fcntl.fcntl(number, fcntl.F_GETFD) & fcntl.FD_CLOEXEC
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(number)
        file.write(b"the file itself stays open")


def test_too_many_handles_are_an_error(tmp_path: Path) -> None:
    """When the whole range is in use the next one is refused, with the cure, and the number above is given back."""
    with (tmp_path / "note.md").open("wb") as file:
        taken = []
        try:
            while not taken or taken[-1] < LAST:
                taken.append(fcntl.fcntl(file.fileno(), fcntl.F_DUPFD_CLOEXEC, FIRST))
            with pytest.raises(EffectError, match="no descriptor left") as raised, handle(file.fileno()):
                pass
            assert "1024" in (raised.value.hint or "")
            with pytest.raises(OSError, match="Bad file descriptor"):
                os.fstat(LAST + 1)
        finally:
            for number in taken:
                os.close(number)
        with handle(file.fileno()) as number:
            assert number >= FIRST


def test_a_low_limit_is_raised_before_the_seal(sealed: Callable[..., Any]) -> None:
    """Where a login allows few open files but more on request, the daemon asks for as many as handles need."""
    before = """
import resource
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
"""
    code = """
with handle(os.open(written / "note.md", os.O_RDWR)) as number:
    told([deeds(number)["fsetxattr"], resource.getrlimit(resource.RLIMIT_NOFILE)[0], list(report.missing)])
"""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard != resource.RLIM_INFINITY and hard <= LAST:
        pytest.skip("this login may not open as many files")
    did, limit, missing = sealed(code, before)
    assert (did, limit) == ("done", LAST + 1)
    assert not [words for words in missing if "attributes" in words]


def test_a_hard_limit_below_the_handles_is_said(sealed: Callable[..., Any]) -> None:
    """Where the limit cannot be raised the report says what is lost, and a handle is refused with the cure."""
    before = "import resource\nresource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))"
    code = """
try:
    with handle(os.open(written / "note.md", os.O_RDWR)):
        pass
except Exception as error:
    told([type(error).__name__, error.hint, list(report.missing)])
"""
    kind, hint, missing = sealed(code, before)
    assert kind == "EffectError"
    assert "LimitNOFILE" in hint
    assert [words for words in missing if "attributes of a file cannot be kept" in words]
