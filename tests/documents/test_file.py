"""What does a file hold, just now, whole? And what is never opened?"""

import hashlib
import os
import socket
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from homebody.documents.file import Unreadable, blocks, elsewhere, identify, opened, plain, take
from homebody.errors import DocumentError


@pytest.fixture
def note(tmp_path: Path) -> Path:
    """A note of two million bytes, so that it takes more than one read."""
    path = tmp_path / "note.md"
    path.write_bytes(b"A note. " * 250_000)
    return path


def refused(path: Path) -> Unreadable:
    """Return why *path* cannot be taken."""
    with pytest.raises(Unreadable) as caught:
        take(path)
    return caught.value


def test_a_file_is_taken_whole_with_its_hash_its_size_and_its_mode(note: Path):
    """The hash is that of the bytes, and the same as that of `identify`."""
    note.chmod(0o640)
    data = note.read_bytes()
    snapshot = take(note)
    assert (data, len(data), 0o640) == (snapshot.data, snapshot.size, snapshot.mode)
    assert hashlib.sha256(data).hexdigest() == snapshot.sha256 == identify(note)
    assert note.stat().st_mtime_ns == snapshot.mtime_ns


def test_a_file_of_zero_bytes_is_taken(tmp_path: Path):
    """That it is empty is for the run to say."""
    (tmp_path / "nothing.md").touch()
    assert take(tmp_path / "nothing.md").data == b""


def test_a_file_that_is_gone_says_so(tmp_path: Path):
    """Also when its folder went with it."""
    (tmp_path / "file").touch()
    for path in (tmp_path / "gone.md", tmp_path / "gone" / "note.md", tmp_path / "file" / "note.md"):
        assert (str(refused(path)), refused(path).lasting) == ("the file is gone", True)
        with pytest.raises(DocumentError, match="gone"):
            identify(path)


def test_a_symbolic_link_is_not_followed(note: Path, tmp_path: Path):
    """Whoever puts a link into a watched folder does not get what it points to."""
    link = tmp_path / "link.md"
    link.symlink_to(note)
    assert "symbolic link" in str(refused(link))
    assert identify(link) == "link"


def make_socket(path: Path) -> None:
    """Leave a named socket behind."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))


@pytest.mark.parametrize(
    ("make", "reason"),
    [(os.mkfifo, "pipe or a device"), (os.mkdir, "folder"), (make_socket, "socket or a device")],
    ids=["fifo", "folder", "socket"],
)
def test_what_is_no_file_is_never_waited_for(tmp_path: Path, make: Callable[[Path], None], reason: str):
    """Opening a pipe that nobody writes to must not hang."""
    path = tmp_path / "thing"
    make(path)
    assert reason in str(refused(path))
    assert refused(path).lasting
    assert identify(path) == "special"


def test_a_device_is_refused():
    """Its size is zero and its bytes have no end."""
    assert "pipe or a device" in str(refused(Path("/dev/zero")))


def test_a_file_of_200_megabytes_is_refused_with_both_sizes(tmp_path: Path):
    """Without reading it; the key is made of size and time."""
    path = tmp_path / "film.txt"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    assert str(refused(path)) == "the file has 200 MB, and at most 50 MB are read"
    assert identify(path) == f"large:200000000:{path.stat().st_mtime_ns}"


def test_the_limit_itself_still_fits(tmp_path: Path):
    """A recipe's own limit counts; one byte more is too much, and the words tell the two sizes apart."""
    path = tmp_path / "note.md"
    path.write_bytes(b"x" * 1_000_001)
    assert take(path, limit=1_000_001).size == 1_000_001
    with pytest.raises(Unreadable, match=r"has 1.00 MB"):
        take(path, limit=1_000_000)


def test_a_file_that_may_not_be_read_says_so_and_what_to_do():
    """It may become readable, so the refusal is not for ever."""
    user = os.geteuid()
    with tempfile.TemporaryDirectory() as folder:
        note = Path(folder) / "note.md"
        note.write_text("a note")
        note.chmod(0o000)
        Path(folder).chmod(0o755)
        try:
            os.seteuid(user or 65534)
            found = refused(note)
            with pytest.raises(Unreadable, match="may not read"):
                identify(note)
        finally:
            os.seteuid(user)
    assert (str(found), found.lasting) == ("homebody may not read the file", False)
    assert "chmod" in (found.hint or "")


def test_a_file_that_grows_while_it_is_read_is_not_taken(note: Path):
    """What was read would be half of it."""
    with opened(note) as descriptor:
        reading = blocks(descriptor, plain(descriptor))
        next(reading)
        with note.open("ab") as other:
            other.write(b"more")
        with pytest.raises(Unreadable, match="changed while it was read") as caught:
            list(reading)
    assert not caught.value.lasting


def test_a_file_that_shrinks_while_it_is_read_is_not_taken(note: Path):
    """An editor that truncates first and writes then."""
    with opened(note) as descriptor:
        reading = blocks(descriptor, plain(descriptor))
        next(reading)
        os.truncate(note, 1_500_000)
        with pytest.raises(Unreadable, match="changed"):
            list(reading)


def test_a_file_that_is_written_over_in_place_while_it_is_read_is_not_taken(note: Path):
    """The size is the same, and the time tells."""
    os.utime(note, ns=(0, 1_000_000_000))
    with opened(note) as descriptor:
        reading = blocks(descriptor, plain(descriptor))
        next(reading)
        with note.open("r+b") as other:
            other.write(b"X")
        with pytest.raises(Unreadable, match="changed"):
            list(reading)


def test_a_file_deleted_while_it_is_read_is_still_read_whole(note: Path):
    """The open descriptor keeps the bytes; that the name is gone is noticed before anything is written."""
    expected = note.read_bytes()
    with opened(note) as descriptor:
        reading = blocks(descriptor, plain(descriptor))
        first = next(reading)
        note.unlink()
        assert first + b"".join(reading) == expected


def test_no_torn_mixture_is_ever_taken_from_a_file_that_is_rewritten_all_the_time(tmp_path: Path):
    """Replaced by rename, hundreds of times: what is taken is one version or the other."""
    path, versions = tmp_path / "note.md", [bytes([letter]) * 300_000 for letter in b"ab"]
    path.write_bytes(versions[0])
    over = threading.Event()

    def rewrite() -> None:
        while not over.is_set():
            for version in versions:
                (tmp_path / "new").write_bytes(version)
                (tmp_path / "new").rename(path)

    thread = threading.Thread(target=rewrite)
    thread.start()
    try:
        taken = [take(path).data for _ in range(200)]
    finally:
        over.set()
        thread.join()
    assert set(taken) <= set(versions)


def test_a_file_that_lies_in_a_cloud_is_known_by_its_flags():
    """macOS marks such a name; reading it would go through the network, by somebody else's hand."""
    assert elsewhere(0x40000000 | 0x20)
    assert not elsewhere(0x20)
