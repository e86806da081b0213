"""Is the journal's copy whole, private, and never replaced by a worse one?"""

import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from homebody.errors import HomebodyError
from homebody.journal.copying import copied_at, copy_journal, copy_of
from homebody.journal.run import RunState
from homebody.journal.store import Journal
from homebody.testing import FakeClock


def test_the_copy_holds_what_was_committed(
    journal: Journal, queue: Callable[..., int], tmp_path: Path, clock: FakeClock
) -> None:
    """Made while the journal is open and written; one file that only its owner can read."""
    path = tmp_path / "state" / "journal.db"
    assert copied_at(path) is None
    queue()
    assert copy_journal(path) == copy_of(path).stat().st_size
    queue(path=Path("/notes/later.md"))
    assert 0o600 == stat.S_IMODE(copy_of(path).stat().st_mode)
    with closing(sqlite3.connect(f"{copy_of(path).as_uri()}?mode=ro&immutable=1", uri=True)) as copy:
        assert [(RunState.QUEUED, 1)] == copy.execute("SELECT state, count(*) FROM runs").fetchall()
    assert {path.name, "journal.db.copy"} <= {entry.name for entry in path.parent.iterdir()}
    assert not [entry for entry in path.parent.iterdir() if entry.name.endswith(".tmp")]


def test_a_damaged_journal_never_replaces_a_good_copy(
    journal: Journal, queue: Callable[..., int], tmp_path: Path
) -> None:
    """The copy is checked first: it is the last thing that is left when the journal is damaged."""
    path = tmp_path / "state" / "journal.db"
    for number in range(200):
        queue(path=Path(f"/notes/{number}.md"))
    copy_journal(path)
    before = copy_of(path).read_bytes()
    journal.close()
    with path.open("r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xff" * 4096 * 4)
    with pytest.raises(HomebodyError):
        copy_journal(path)
    assert before == copy_of(path).read_bytes()
    assert not copy_of(path).with_name("journal.db.copy.tmp").exists()


def test_a_full_disk_leaves_the_older_copy(tiny_disk: Path, clock: FakeClock, tmp_path: Path) -> None:
    """What cannot be copied is told, and the older copy is as it was."""
    path = tiny_disk / "journal.db"
    with closing(sqlite3.connect(path)) as made:
        made.execute("CREATE TABLE t (b)")
        made.execute("INSERT INTO t VALUES (zeroblob(30000))")
        made.commit()
    copy_of(path).write_bytes(b"older")
    with pytest.raises(HomebodyError):
        copy_journal(path)
    assert b"older" == copy_of(path).read_bytes()
    assert {path.name, copy_of(path).name} == {entry.name for entry in tiny_disk.iterdir()}
