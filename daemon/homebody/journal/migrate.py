"""How does an older journal become one of today, and how is a new one made?

Migrations are numbered files, each applied in a transaction of its own; ``PRAGMA user_version`` holds the
number of the last one (sqlite.org/pragma.html). Before the first of them changes a journal that has runs in
it, a copy is made beside it.
"""

import contextlib
import os
import sqlite3
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from homebody.errors import JournalError

Migration = tuple[int, str]
"""A number and its SQL."""


def migrations() -> list[Migration]:
    """Return every migration's number and SQL, in order; numbers are 1, 2, 3 ... without a gap."""
    folder = files("homebody.journal") / "migrations"
    sql = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    found = [(int(name.removesuffix(".sql")), (folder / name).read_text("utf-8")) for name in sql]
    assert [number for number, _ in found] == list(range(1, len(found) + 1)), (
        "a migration's number is missing"
    )
    return found


def statements(sql: str) -> list[str]:
    """Return the single statements of *sql*, so that they can run inside one transaction.

    A statement ends with its line.
    """
    found, rest = [], ""
    for line in sql.splitlines(keepends=True):
        rest += line
        if sqlite3.complete_statement(rest):
            found.append(rest.strip())
            rest = ""
    return found


def version_of(connection: sqlite3.Connection, known: Sequence[Migration]) -> int:
    """Return the number of the last migration that was applied.

    Raises JournalError when the journal was written by a newer homebody than this one.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(known):
        raise JournalError(
            f"The journal was written by a newer homebody (version {version}; this one knows {len(known)}).",
            hint="Install the newer homebody again, or move the journal away to begin a new one.",
        )
    return int(version)


def migrate(connection: sqlite3.Connection, path: Path, known: Sequence[Migration]) -> int:
    """Bring the journal at *path*, open as *connection*, to the newest of *known* and return its number.

    Two processes may do so at once: each step looks again at the version under the write lock.
    """
    version = version_of(connection, known)
    if 0 < version < len(known):
        back_up(connection, path.with_name(f"{path.name}.version-{version}"))
    for number, sql in known[version:]:
        connection.execute("BEGIN IMMEDIATE")
        try:
            if version_of(connection, known) < number:
                for statement in statements(sql):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {number}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
    return len(known)


def back_up(connection: sqlite3.Connection, copy: Path) -> None:
    """Copy the journal to *copy*, whole, readable by its owner alone and on the disk."""
    temporary = copy.with_name(copy.name + ".tmp")
    temporary.unlink(missing_ok=True)
    os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    with contextlib.closing(sqlite3.connect(temporary)) as target:
        connection.backup(target)
    temporary.replace(copy)
