"""What cannot be written is told, and stays as it was."""

import errno
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from changes import change, names, sha

from homebody.actions.apply import content_sha, put, take_away
from homebody.actions.effect import Put
from homebody.errors import DiskFullError, EffectError


def test_a_link_is_never_written_through(tmp_path: Path) -> None:
    """Neither to a file, nor to nowhere, nor to a folder; what it leads to stays as it is."""
    (tmp_path / "real").write_bytes(b"old")
    for target in ("real", "nowhere", "."):
        link = tmp_path / "a.md"
        link.symlink_to(target)
        for before in (None, sha(b"old")):
            with pytest.raises(EffectError, match="symbolic link"):
                put(Put(path=link, content=b"ours", before=before, kind="write"))
        with pytest.raises(EffectError, match="symbolic link"):
            take_away(link, sha(b"old"))
        assert link.is_symlink()
        link.unlink()
    assert (tmp_path / "real").read_bytes() == b"old"
    assert ["real"] == names(tmp_path)


def test_what_is_no_plain_file_is_never_replaced(tmp_path: Path) -> None:
    """A folder and a pipe stay, and nobody waits for the pipe's other end."""
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for name in ("folder", "pipe"):
        with pytest.raises(EffectError, match="not a plain file"):
            put(Put(path=tmp_path / name, content=b"ours", before=None, kind="write"))
        with pytest.raises(EffectError, match="not a plain file"):
            content_sha(tmp_path / name)
    assert ["folder", "pipe"] == names(tmp_path)


def test_a_file_in_the_place_of_a_folder_is_told(tmp_path: Path) -> None:
    """The error says what is in the way."""
    (tmp_path / "notes").write_bytes(b"")
    with pytest.raises(EffectError, match="in the way"):
        put(change(tmp_path / "notes" / "a.md", b"new"))


def test_a_full_disk_leaves_the_file_as_it_was(tiny_disk: Path) -> None:
    """The error says so, and no temporary file takes the last room."""
    path = tiny_disk / "a.md"
    path.write_bytes(b"old")
    with pytest.raises(DiskFullError, match="left as it was"):
        put(change(path, os.urandom(100_000)))
    assert path.read_bytes() == b"old"
    assert ["a.md"] == names(tiny_disk)
    put(change(path, b"new"))
    assert path.read_bytes() == b"new"


def test_a_read_only_file_system_is_told(tiny_disk: Path) -> None:
    """A card that is write-protected, a disk that the kernel took away."""
    path = tiny_disk / "a.md"
    path.write_bytes(b"old")
    subprocess.run(["mount", "-o", "remount,ro", str(tiny_disk)], check=True)
    for deed in (lambda: put(change(path, b"new")), lambda: take_away(path, sha(b"old"))):
        with pytest.raises(EffectError, match="Read-only"):
            deed()
    assert path.read_bytes() == b"old"


def test_a_file_larger_than_the_process_may_write_is_told(tmp_path: Path) -> None:
    """A limit on file sizes is an error with the file left as it was, not a killed process."""
    path = tmp_path / "a.md"
    path.write_bytes(b"old")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(EffectError, match=os.strerror(errno.EFBIG)):
            put(change(path, bytes(5000)))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (b"old", ["a.md"]) == (path.read_bytes(), names(tmp_path))


AS_ANOTHER = """
import os, sys
from pathlib import Path
from homebody.actions.apply import put
from homebody.actions.effect import Put
from homebody.errors import EffectError
os.setgroups([]); os.setgid(65534); os.setuid(65534)
try:
    put(Put(path=Path(sys.argv[1]), content=b"ours", before=sys.argv[2] or None, kind="write"))
    print("written")
except EffectError as error:
    print(error)
"""


def as_another(path: Path, before: bytes | None) -> str:
    """Let another user put a file at *path*, and return what they are told."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    arguments = [str(path), sha(before) if before is not None else ""]
    environ = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    child = subprocess.run(
        [sys.executable, "-c", AS_ANOTHER, *arguments],
        capture_output=True,
        text=True,
        check=True,
        env=environ,
    )
    return child.stdout


@pytest.fixture
def open_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder that another user can reach."""
    folder = Path("/var/tmp") / f"homebody-test-{os.getpid()}"
    folder.mkdir(mode=0o755)
    yield folder
    folder.chmod(0o755)
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


def test_a_folder_that_may_not_be_written_is_told(open_folder: Path) -> None:
    """The words are the system's, and the file stays."""
    (open_folder / "a.md").write_bytes(b"old")
    assert "Permission denied" in as_another(open_folder / "a.md", b"old")
    assert ["a.md"] == names(open_folder)


def test_a_file_that_may_not_be_read_is_told(open_folder: Path) -> None:
    """Nobody replaces what they could not even look at."""
    (open_folder / "a.md").write_bytes(b"old")
    (open_folder / "a.md").chmod(0o600)
    open_folder.chmod(0o777)
    assert "cannot be written: Permission denied" in as_another(open_folder / "a.md", b"old")
    assert (open_folder / "a.md").read_bytes() == b"old"


def test_another_users_file_is_not_taken_from_them(open_folder: Path) -> None:
    """A rename would make it ours: that is refused, and nothing is left behind."""
    (open_folder / "a.md").write_bytes(b"old")
    (open_folder / "a.md").chmod(0o666)
    open_folder.chmod(0o777)
    assert "belongs to another user" in as_another(open_folder / "a.md", b"old")
    assert ["a.md"] == names(open_folder)
    assert (b"old", 0) == ((open_folder / "a.md").read_bytes(), (open_folder / "a.md").stat().st_uid)
    assert as_another(open_folder / "b.md", None) == "written\n"
