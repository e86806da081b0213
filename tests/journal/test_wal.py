"""Is a log that a kill left behind told from one that something overwrote?"""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homebody.journal.store import Journal
from homebody.journal.wal import torn
from homebody.testing import FakeClock

FRAME = 24 + 4096


@pytest.fixture(scope="module")
def log(tmp_path_factory) -> Path:
    """The write-ahead log of a journal with thirty runs, as a kill would leave it."""
    from homebody.events import FileSettled

    folder = tmp_path_factory.mktemp("log")
    journal = Journal.open(folder / "journal.db", FakeClock())
    for number in range(30):
        path = Path(f"/notes/{number}.md")
        journal.enqueue(recipe="tag", recipe_hash="", event=FileSettled(path=path, content="c"), key=str(path),
                        path=path, content="c", origin="c", due=None)  # fmt: skip
    shutil.copy(folder / "journal.db-wal", folder / "kept")
    journal.close()
    return folder / "kept"


def test_a_journal_without_a_log_or_with_an_empty_one_is_whole(tmp_path: Path) -> None:
    """A clean stop leaves none; some file systems leave one of zeros."""
    assert not torn(tmp_path / "none")
    (tmp_path / "empty").touch()
    assert not torn(tmp_path / "empty")
    (tmp_path / "zeros").write_bytes(bytes(9000))
    assert not torn(tmp_path / "zeros")


@given(length=st.integers(0, 200_000))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_a_log_that_ends_anywhere_is_no_damage(log: Path, tmp_path: Path, length: int) -> None:
    """Killed or without power in the middle of a write: what is missing was never committed."""
    path = tmp_path / "log"
    path.write_bytes(log.read_bytes()[:length])
    assert not torn(path) or length < 32


def test_the_rest_of_an_older_generation_is_no_damage(
    journal: Journal, queue: Callable[..., int], tmp_path: Path
) -> None:
    """After a checkpoint the log is written anew from its beginning, over older frames."""
    for number in range(20):
        queue(path=Path(f"/notes/{number}.md"))
    path = tmp_path / "state" / "journal.db-wal"
    size = path.stat().st_size
    journal._database._connection.execute("PRAGMA wal_checkpoint(RESTART)")
    queue(path=Path("/notes/later.md"))
    assert path.stat().st_size == size
    assert not torn(path)


@given(frame=st.integers(0, 25), byte=st.integers(0, FRAME - 1))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_a_frame_that_was_overwritten_is_damage(log: Path, tmp_path: Path, frame: int, byte: int) -> None:
    """Any byte of it, as long as a frame of the same generation follows."""
    data = bytearray(log.read_bytes())
    data[32 + frame * FRAME + byte] ^= 0x40
    path = tmp_path / "log"
    path.write_bytes(data)
    assert torn(path)


@pytest.mark.parametrize("byte", range(32))
def test_a_head_that_was_overwritten_is_damage(log: Path, tmp_path: Path, byte: int) -> None:
    """Every byte of the log's head counts."""
    data = bytearray(log.read_bytes())
    data[byte] ^= 0x01
    path = tmp_path / "log"
    path.write_bytes(data)
    assert torn(path)
