"""Does a commit hold, whatever the file, the disk and the other programs do?"""

import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from homebody.errors import JournalError
from homebody.journal.database import queries
from homebody.journal.run import RunState
from homebody.journal.store import Journal
from homebody.testing import FakeClock


def modes(folder: Path) -> set[int]:
    """Return the permission bits that the files in *folder* have."""
    return {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}


def test_the_journal_is_written_ahead_and_in_full(journal: Journal, tmp_path: Path) -> None:
    """The file is in WAL mode, and the connection that decides waits for the disk (2 is FULL)."""
    with closing(sqlite3.connect(tmp_path / "state" / "journal.db")) as other:
        assert [("wal",)] == other.execute("PRAGMA journal_mode").fetchall()
    connection = journal._database._connection
    assert 2 == connection.execute("PRAGMA synchronous").fetchone()[0]


def test_only_the_owner_can_read_the_journal(
    journal: Journal, queue: Callable[..., int], tmp_path: Path
) -> None:
    """The file, its log and its index are 0600 from the first moment, whatever the umask is."""
    queue()
    assert {0o600} == modes(tmp_path / "state")


def test_what_was_queued_is_there_after_a_reopen(
    journal: Journal, queue: Callable[..., int], tmp_path: Path, clock: FakeClock
) -> None:
    """Closing loses nothing."""
    number = queue()
    journal.step(number, "settled", size=3)
    journal.close()
    again = Journal.open(tmp_path / "state" / "journal.db", clock)
    assert RunState.QUEUED == again.run(number).state
    assert ["queued", "settled"] == [step.name for step in again.steps(number)]
    again.close()


@pytest.mark.parametrize("content", [b"this is no database, but long enough to be one" * 40, bytes(9000)])
def test_what_is_no_journal_is_set_aside(tmp_path: Path, clock: FakeClock, content: bytes) -> None:
    """The old file keeps its content under another name, and a new journal is begun."""
    path = tmp_path / "journal.db"
    path.write_bytes(content)
    journal = Journal.open(path, clock)
    assert journal.damaged is not None
    assert content == journal.damaged.read_bytes()
    assert journal.damaged.name.startswith("journal.db.damaged-")
    assert {} == journal.counts()
    journal.close()


def test_a_damaged_journal_is_set_aside(
    journal: Journal, queue: Callable[..., int], tmp_path: Path, clock: FakeClock
) -> None:
    """Pages that were overwritten are noticed at the start, and what can be read of the others is taken over."""
    path = tmp_path / "state" / "journal.db"
    for number in range(200):
        queue(path=Path(f"/notes/{number}.md"))
    journal.close()
    with path.open("r+b") as file:
        file.seek(4096 * 30)
        file.write(b"\xff" * 4096 * 8)
    before = path.read_bytes()
    again = Journal.open(path, clock)
    assert again.damaged is not None
    assert before == again.damaged.read_bytes()
    assert 0 < again.counts()[RunState.QUEUED] < 200
    again.close()


def test_a_journal_that_is_whole_is_not_set_aside(journal: Journal) -> None:
    """There is nothing to say about a new journal."""
    assert journal.damaged is None


def test_a_folder_in_the_place_of_the_journal_is_refused(tmp_path: Path, clock: FakeClock) -> None:
    """The error is ours, and says what to look at; the folder is left alone."""
    path = tmp_path / "journal.db"
    path.mkdir()
    with pytest.raises(JournalError, match="cannot be opened"):
        Journal.open(path, clock)
    assert path.is_dir()


def test_a_reader_beside_the_daemon_sees_what_was_committed(
    journal: Journal, queue: Callable[..., int], tmp_path: Path, clock: FakeClock
) -> None:
    """A command reads while the daemon has the journal open, and can change nothing."""
    number = queue()
    reader = Journal.open(tmp_path / "state" / "journal.db", clock, read_only=True)
    assert {RunState.QUEUED: 1} == reader.counts()
    with pytest.raises(JournalError, match="cannot be written"):
        reader.finish(number, RunState.SKIPPED, "no")
    with pytest.raises(JournalError, match="cannot be written"):
        reader.step(number, "no")
    journal.claim()
    assert RunState.RUNNING == reader.run(number).state
    reader.close()


def test_a_reader_without_a_daemon_sees_the_same(
    journal: Journal, queue: Callable[..., int], tmp_path: Path, clock: FakeClock
) -> None:
    """The journal can be read when nobody has it open."""
    number = queue()
    journal.close()
    reader = Journal.open(tmp_path / "state" / "journal.db", clock, read_only=True)
    assert number == reader.runs()[0].id
    reader.close()


def test_a_reader_makes_no_journal(tmp_path: Path, clock: FakeClock) -> None:
    """Where there is none, it says so and leaves the folder empty."""
    with pytest.raises(JournalError, match="no journal yet"):
        Journal.open(tmp_path / "journal.db", clock, read_only=True)
    assert [] == list(tmp_path.iterdir())


def test_a_reader_refuses_a_journal_of_another_version(journal: Journal, tmp_path: Path) -> None:
    """An older one is first brought up to date by the daemon; a newer one needs a newer homebody."""
    path, clock = tmp_path / "state" / "journal.db", FakeClock()
    journal.close()
    for version, words in ((0, "older version"), (99, "newer homebody")):
        with closing(sqlite3.connect(path)) as other:
            other.execute(f"PRAGMA user_version = {version}")
        with pytest.raises(JournalError, match=words):
            Journal.open(path, clock, read_only=True)


def test_threads_take_turns(journal: Journal, queue: Callable[..., int]) -> None:
    """Eight threads that queue, claim, note and finish at once lose nothing and do nothing twice."""
    claimed: list[int] = []
    faults: list[BaseException] = []

    def work(thread: int) -> None:
        try:
            for number in range(10):
                queue(recipe=f"r{thread % 3}", path=Path(f"/notes/{thread}-{number}.md"))
                run = journal.claim()
                assert run is not None
                claimed.append(run.id)
                journal.step(run.id, "read", size=number)
                journal.finish(run.id, RunState.DONE, None)
                assert journal.changes(0)
        except BaseException as fault:  # noqa: BLE001 - a thread's fault is the test's fault
            faults.append(fault)

    threads = [threading.Thread(target=work, args=(thread,)) for thread in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [] == faults
    assert list(range(1, 81)) == sorted(claimed)
    assert {RunState.DONE: 80} == journal.counts()


def test_a_transaction_that_fails_changes_nothing(journal: Journal, queue: Callable[..., int]) -> None:
    """An error inside takes back what came before it in the same transaction."""
    number = queue()
    database = journal._database

    def break_off() -> None:
        with database.writing():
            database.do("set_state", id=number, state="done")
            database.do("step", run=99, now="now", word="of no run", detail="{}")

    with pytest.raises(JournalError):
        break_off()
    assert RunState.QUEUED == journal.run(number).state


FULL_DISK = """
import sys
from pathlib import Path
from homebody.clock import SystemClock
from homebody.errors import DiskFullError
from homebody.events import FileSettled
from homebody.journal.store import Journal

path = Path(sys.argv[1])
journal = Journal.open(path, SystemClock())
queued = 0
try:
    while queued < 100_000:
        path = Path(f"/notes/{queued}.md")
        journal.enqueue(recipe="tag", recipe_hash="", event=FileSettled(path=path, content="c"), key=str(path),
                        path=path, content="c", origin="c", due=None)
        queued += 1
except DiskFullError as error:
    print(queued, error)
"""


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of a few megabytes, where this user may make one."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "none", str(folder)], check=False, capture_output=True
    )
    if made.returncode:
        pytest.skip("this user may not mount a tmpfs")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_told_and_loses_nothing(tiny_disk: Path, clock: FakeClock) -> None:
    """What was queued before the disk was full is there, whole, and the error says what happened."""
    path = tiny_disk / "journal.db"
    child = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(path)], capture_output=True, text=True, check=True
    )
    number, words = child.stdout.strip().split(" ", 1)
    assert "The disk is full" in words
    assert int(number) > 100
    reader = Journal.open(path, clock, read_only=True)
    assert {RunState.QUEUED: int(number)} == reader.counts()
    reader.close()


@pytest.mark.parametrize("file", ["queries.sql", "salvage.sql"])
def test_every_query_is_used_and_every_name_is_known(file: str) -> None:
    """The file holds no query that nothing asks, and nothing asks for one that is not there."""
    package = Path(sys.modules[Journal.__module__].__file__ or "").parent
    source = "".join(path.read_text("utf-8") for path in sorted(package.glob("*.py")))
    assert [] == [name for name in queries(file) if f'"{name}"' not in source]
