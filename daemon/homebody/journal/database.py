"""How is the journal's file opened, checked and written to, so that a commit is a promise?

SQLite in WAL mode (sqlite.org/wal.html). A full commit is on the disk on return and is there after a power cut
(sqlite.org/pragma.html#pragma_synchronous). A relaxed one is with the kernel on return, and goes to the disk with
the next full one: a killed process loses none of it, a power cut at most the last of them, in order. So whatever
a full commit builds on is as safe as itself.
"""

import contextlib
import os
import re
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from homebody.errors import DiskFullError, HomebodyError, JournalError
from homebody.journal.migrate import migrate, migrations, version_of

PATIENCE_SECONDS = 10
"""How long another process may hold the write lock."""

BROKEN = (sqlite3.Error, UnicodeDecodeError)
"""What reading a damaged file can raise: its own words need not be UTF-8, and are a part of SQLite's messages."""

NO_ROOM = (sqlite3.SQLITE_IOERR_SHMSIZE,)
"""What SQLite calls an input/output error, and is a full disk: its index of the log found no room."""

DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class Database:
    """One SQLite file and the named queries of queries.sql. Its methods may be called from any thread.

    Every sqlite3 error leaves as a JournalError, or as a DiskFullError.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._waits = True
        self._lock = threading.RLock()
        self._queries = queries()

    def close(self) -> None:
        """Close the file; what was committed stays."""
        with self._lock:
            self._connection.close()

    @contextlib.contextmanager
    def writing(self, *, relaxed: bool = False) -> Iterator[None]:
        """Hold one transaction that is committed as a whole or not at all; on the disk on return unless *relaxed*.

        Inside another one it is a part of that, and becomes durable with it.
        """
        with self._lock:
            if self._connection.in_transaction:
                yield
                return
            with translated("written"):
                self._wait_for_the_disk(not relaxed)
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    yield
                    self._connection.execute("COMMIT")
                except BaseException:
                    self._take_back()
                    raise

    def _take_back(self) -> None:
        if self._connection.in_transaction:  # else SQLite has done so itself: a full disk
            self._connection.execute("ROLLBACK")

    def _wait_for_the_disk(self, wait: bool) -> None:
        """Let the next transaction's commit wait for the disk, or not; SQLite takes that only between two."""
        if wait is not self._waits:
            self._connection.execute("PRAGMA synchronous = FULL" if wait else "PRAGMA synchronous = NORMAL")
            self._waits = wait

    def ask(self, name: str, /, **values: Any) -> list[sqlite3.Row]:
        """Return the rows of a query; inside ``writing`` it sees what that has written."""
        with self._lock:
            try:  # `translated` by hand: this is asked a dozen times for every file
                return self._connection.execute(self._queries[name], values).fetchall()
            except sqlite3.Error as error:
                raise wording(error, "read") from error

    def do(self, name: str, /, **values: Any) -> sqlite3.Cursor:
        """Carry out a statement inside ``writing``."""
        assert self._connection.in_transaction, "a statement that writes belongs into a transaction"
        return self._connection.execute(self._queries[name], values)

    def do_many(self, name: str, rows: list[dict[str, Any]]) -> None:
        """Carry out a statement for each of *rows*, inside ``writing``."""
        assert self._connection.in_transaction, "a statement that writes belongs into a transaction"
        self._connection.executemany(self._queries[name], rows)

    def note(self, name: str, /, **values: Any) -> None:
        """Carry out a single statement that may be the last one lost in a power cut."""
        with self.writing(relaxed=True):
            self.do(name, **values)

    def rewrite(self) -> None:
        """Write the file anew and empty its log, so that nothing deleted is left in either.

        Raises JournalError while another program reads in it, DiskFullError.
        """
        with self._lock, translated("written"):
            self._wait_for_the_disk(True)
            self._connection.execute("VACUUM")
            (busy, *_) = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise JournalError(
                "Another program reads the journal, so what was deleted could not be wiped from it yet.",
                hint="Say it once more when the other program has ended.",
            )


@contextlib.contextmanager
def translated(doing: str) -> Iterator[None]:
    """Turn sqlite3's errors into ours; *doing* is what could not be done."""
    try:
        yield
    except BROKEN as error:
        raise wording(error, doing) from error


def error_of(error: Exception) -> int:
    """Return the extended code of an error; one that SQLite gives no code for comes from what it read."""
    without = sqlite3.SQLITE_CORRUPT if type(error) in (sqlite3.DatabaseError, UnicodeDecodeError) else 0
    return int(getattr(error, "sqlite_errorcode", without))


def wording(error: Exception, doing: str) -> HomebodyError:
    """Return our error for one of sqlite3's, with what to do about it."""
    code = error_of(error) & 0xFF  # the low byte is the primary code (sqlite.org/rescode.html)
    if code == sqlite3.SQLITE_FULL or error_of(error) in NO_ROOM:
        return DiskFullError("The disk is full: the journal cannot be written.")
    if code in DAMAGED:
        return JournalError(
            f"The journal is damaged: {error}.",
            hint="Start homebody again: it sets the damaged journal aside and makes a new one of what can be read.",
        )
    if code == sqlite3.SQLITE_BUSY:
        return JournalError("The journal is held by another program.", hint="Close what else has it open.")
    return JournalError(
        f"The journal cannot be {doing}: {error}.", hint="Is the disk full, or the folder not yours?"
    )


def open_database(
    path: Path, sound: Callable[[sqlite3.Connection], bool], rebuild: Callable[[], None]
) -> Database:
    """Return the database at *path*, made or migrated as needed.

    For one that is damaged, or not *sound* in what is still to be done, *rebuild* is called first.

    Raises JournalError or DiskFullError when none can be opened or made.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with translated("opened"):
        try:
            connection = connect(path)
            if not sound(connection):
                connection.close()
                rebuild()
                connection = connect(path)
        except BROKEN as error:
            if error_of(error) & 0xFF not in DAMAGED:
                raise
            rebuild()
            connection = connect(path)
        return Database(connection)


def open_to_read(path: Path) -> Database:
    """Return the database at *path* for reading beside a daemon that writes. Raises JournalError."""
    if not path.is_file():
        raise JournalError("There is no journal yet.", hint="Start the daemon once: `homebody serve`.")
    known = migrations()
    with translated("opened"):
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False,
            timeout=PATIENCE_SECONDS,
        )  # fmt: skip
        connection.row_factory = sqlite3.Row
        try:
            version = version_of(connection, known)
        except BaseException:
            connection.close()
            raise
    if version < len(known):
        connection.close()
        raise JournalError(
            f"The journal is of an older version ({version}; this homebody has {len(known)}).",
            hint="Start the daemon once: it brings the journal up to date.",
        )
    return Database(connection)


def connect(path: Path) -> sqlite3.Connection:
    """Return an open, checked and migrated connection. Raises sqlite3.DatabaseError, JournalError."""
    with contextlib.suppress(FileExistsError):  # made by us, so that it is never readable by others
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    connection = sqlite3.connect(
        path, isolation_level=None, check_same_thread=False, timeout=PATIENCE_SECONDS
    )
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA fullfsync = ON")  # macOS: fsync(2) alone stops at the drive's own cache
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(
            "PRAGMA temp_store = MEMORY"
        )  # inside the seal there is no folder for temporary files
        check(connection)
        migrate(connection, path, migrations())
    except BaseException:
        connection.close()
        raise
    return connection


def check(connection: sqlite3.Connection) -> None:
    """Raise sqlite3.DatabaseError when the file is damaged.

    The quick check leaves out whether the indexes hold what the tables do; a run whose key were missing in its
    index would be done again.
    """
    (verdict,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if verdict != "ok":
        raise sqlite3.DatabaseError(verdict)


def set_aside(path: Path, now: datetime) -> Path:
    """Rename a damaged journal and its companions, and return its new name."""
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%S%f")
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    for suffix in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + suffix).rename(aside.with_name(aside.name + suffix))
    return aside


def queries(file: str = "queries.sql") -> Mapping[str, str]:
    """Return the named queries of queries.sql, or of another such file."""
    text = (files("homebody.journal") / file).read_text("utf-8")
    parts = re.split(r"^-- name: (\w+)\n", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], (part.strip() for part in parts[2::2]), strict=True))
