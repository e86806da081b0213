"""How does an older journal become one of today, and how is a new one made?

Migrations are numbered files, each applied in a transaction of its own; ``PRAGMA user_version`` holds the
number of the last one (sqlite.org/pragma.html).
"""

import sqlite3
from importlib.resources import files

from homebody.errors import JournalError


def migrations() -> list[tuple[int, str]]:
    """Return every migration's number and SQL, in order; numbers are 1, 2, 3 ... without a gap."""
    folder = files("homebody.journal") / "migrations"
    found = sorted((int(entry.name[:4]), entry.read_text("utf-8")) for entry in folder.iterdir() if entry.name.endswith(".sql"))
    assert [number for number, _ in found] == list(range(1, len(found) + 1)), "a migration's number is missing"
    return found


def statements(sql: str) -> list[str]:
    """Return the single statements of *sql*, so that they can run inside one transaction."""
    found, rest = [], ""
    for line in sql.splitlines(keepends=True):
        rest += line
        if sqlite3.complete_statement(rest):
            found.append(rest.strip())
            rest = ""
    return [statement for statement in found if statement]


def migrate(connection: sqlite3.Connection) -> int:
    """Bring the journal to the newest version and return it.

    Raises JournalError when it was written by a newer homebody than this one.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    known = migrations()
    if version > len(known):
        raise JournalError(
            f"The journal was written by a newer homebody (version {version}; this one knows {len(known)}).",
            hint="Install the newer homebody again, or move the journal away to begin a new one.",
        )
    for number, sql in known[version:]:
        connection.execute("BEGIN IMMEDIATE")
        try:
            for statement in statements(sql):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
    return len(known)
