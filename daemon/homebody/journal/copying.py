"""Where is the journal's copy, how old is it, and how is a new one made that surely can be read?

SQLite's online backup (sqlite.org/backup.html) reads from a connection of its own while the daemon writes. The
new copy is checked, and on the disk, before it takes the place of the older one.
"""

import contextlib
import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from homebody.errors import JournalError
from homebody.journal.database import BROKEN, check, translated
from homebody.journal.vault import sync

SUFFIX = ".copy"


def copy_of(journal: Path) -> Path:
    """Return where the copy of *journal* lies or would lie: beside it."""
    return journal.with_name(journal.name + SUFFIX)


def copied_at(journal: Path) -> datetime | None:
    """Return when the copy of *journal* was made, None without one."""
    try:
        return datetime.fromtimestamp(copy_of(journal).stat().st_mtime, UTC)
    except FileNotFoundError:
        return None


def is_whole(journal: Path) -> bool:
    """Return whether *journal* passes SQLite's own check just now, also beside a daemon that writes."""
    try:
        with contextlib.closing(sqlite3.connect(f"{journal.absolute().as_uri()}?mode=ro", uri=True)) as found:
            check(found)
    except BROKEN:
        return False
    return True


def copy_journal(journal: Path) -> int:
    """Copy *journal*, whole and checked, over its older copy, and return the copy's bytes.

    Raises DiskFullError, or JournalError when the journal cannot be read or turns out to be damaged; then the
    older copy stays as it was.
    """
    copy = copy_of(journal)
    temporary = copy.with_name(copy.name + ".tmp")
    try:
        with translated("copied"):
            temporary.unlink(missing_ok=True)
            os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
            fill(journal, temporary)
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(copy)
        sync(copy.parent)
    except OSError as error:
        raise JournalError(f"The journal's copy cannot be written: {error.strerror}.") from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
    return copy.stat().st_size


def fill(journal: Path, copy: Path) -> None:
    """Make *copy* the same as *journal*, one file without companions. Raises sqlite3.Error."""
    address = f"{journal.absolute().as_uri()}?mode=ro"
    with (
        contextlib.closing(sqlite3.connect(address, uri=True)) as source,
        contextlib.closing(sqlite3.connect(copy, isolation_level=None)) as target,
    ):
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")
        check(target)
