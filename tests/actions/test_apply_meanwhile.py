"""A file that somebody else touches, reads or makes while ours is written."""

import contextlib
import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from changes import change, names, sha

from homebody.actions.apply import content_sha, put
from homebody.errors import ChangedSinceError


class Meddler(threading.Thread):
    """Acts on a folder in the moment between our temporary file and the real name."""

    def __init__(self, folder: Path, act: Callable[[], object]) -> None:
        super().__init__(daemon=True)
        self.folder, self.act = folder, act
        self.ready, self.over = threading.Event(), threading.Event()

    def run(self) -> None:
        """Wait for the temporary file, then act at once."""
        self.ready.set()
        while not self.over.is_set():
            if any(name.startswith(".homebody-") for name in names(self.folder)):
                self.act()
                return

    def __enter__(self) -> None:
        self.start()
        self.ready.wait()

    def __exit__(self, *_error: object) -> None:
        self.over.set()
        self.join()


@pytest.mark.parametrize("there", [True, False])
def test_a_file_replaced_while_ours_is_written_is_left_alone(tmp_path: Path, *, there: bool) -> None:
    """An editor saves between our look and our rename: its content stays, ours is refused."""
    path = tmp_path / "a.md"
    if there:
        path.write_bytes(b"old")

    def save() -> None:
        (tmp_path / "editor").write_bytes(b"the person's")
        (tmp_path / "editor").replace(path)

    planned = change(path, os.urandom(16_000_000))
    with Meddler(tmp_path, save), pytest.raises(ChangedSinceError):
        put(planned)
    assert path.read_bytes() == b"the person's"
    assert ["a.md"] == names(tmp_path)


def test_a_touch_while_ours_is_written_changes_nothing(tmp_path: Path) -> None:
    """The content and what the file carries count: a new time of the same content is no change."""
    path = tmp_path / "a.md"
    path.write_bytes(b"old")
    content = os.urandom(16_000_000)
    planned = change(path, content)
    with Meddler(tmp_path, path.touch):
        put(planned)
    assert sha(content) == content_sha(path)


@pytest.mark.parametrize("deed", ["tag", "chmod"])
def test_a_tag_or_mode_given_while_ours_is_written_is_not_lost(tmp_path: Path, deed: str) -> None:
    """A file manager tags the note or closes it to others between our look and our rename: the next try keeps it."""
    path = tmp_path / "a.md"
    path.write_bytes(b"old")
    path.chmod(0o644)
    try:
        os.setxattr(path, "user.xdg.tags", b"red")
    except (OSError, AttributeError):
        pytest.skip("this file system has no extended attributes")
    acts = {"tag": lambda: os.setxattr(path, "user.xdg.tags", b"blue"), "chmod": lambda: path.chmod(0o600)}
    planned = change(path, os.urandom(16_000_000))
    with Meddler(tmp_path, acts[deed]), pytest.raises(ChangedSinceError, match="tags or rights"):
        put(planned)
    assert path.read_bytes() == b"old"
    before = (os.getxattr(path, "user.xdg.tags"), path.stat().st_mode)
    put(planned)
    assert (os.getxattr(path, "user.xdg.tags"), path.stat().st_mode) == before
    assert ["a.md"] == names(tmp_path)


def test_many_threads_make_files_with_their_own_modes(tmp_path: Path) -> None:
    """The umask steps aside for one at a time, and is back afterwards."""
    before = os.umask(0o027)

    def work(mode: int) -> None:
        for number in range(20):
            put(change(tmp_path / f"{mode:o}-{number}", b"new", mode=mode))

    try:
        threads = [threading.Thread(target=work, args=(mode,)) for mode in (0o600, 0o666, 0o640)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        assert os.umask(before) == 0o027
    for path in tmp_path.iterdir():
        assert path.name.split("-")[0] == f"{stat.S_IMODE(path.stat().st_mode):o}"


def test_a_reader_never_sees_half_a_file(tmp_path: Path) -> None:
    """While a file is rewritten fifty times, whoever reads it gets one whole content or another."""
    path = tmp_path / "a.md"
    contents = [bytes([number]) * 200_000 for number in range(50)]
    path.write_bytes(contents[0])
    done = threading.Event()
    seen: set[bytes] = set()

    def read() -> None:
        while not done.is_set():
            with contextlib.suppress(FileNotFoundError):
                seen.add(path.read_bytes())

    reader = threading.Thread(target=read)
    reader.start()
    for content in contents[1:]:
        put(change(path, content))
    done.set()
    reader.join()
    assert seen <= set(contents)
