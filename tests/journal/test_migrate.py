"""Are a new journal and an old one brought up to date the same?"""

import re
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from importlib.resources import files
from pathlib import Path

import pytest

from homebody.errors import JournalError
from homebody.events import FileSettled
from homebody.journal.migrate import Migration, migrate, migrations, statements, version_of
from homebody.journal.run import Deed, RunState
from homebody.journal.store import Journal
from homebody.testing import FakeClock

NEXT_SQL = "ALTER TABLE runs ADD COLUMN mood TEXT;\nUPDATE runs SET mood = 'fine;';"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the journal is to be."""
    return tmp_path / "journal.db"


@pytest.fixture
def connection(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to an empty file."""
    with closing(sqlite3.connect(path, isolation_level=None)) as opened:
        yield opened


def schema(connection: sqlite3.Connection) -> list[tuple[str, ...]]:
    """Return all tables and indexes with their SQL, spaces and comments left aside."""
    rows = connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY type, name").fetchall()
    return [tuple(_plain(str(part)) for part in row) for row in rows]


def _plain(sql: str) -> str:
    """Return *sql* without comments and without the spaces that mean nothing."""
    return re.sub(r"\s*([(),])\s*", r"\1", re.sub(r"--.*|\s+", " ", sql))


def next_one() -> list[Migration]:
    """Return the migrations and one more."""
    known = migrations()
    return [*known, (len(known) + 1, NEXT_SQL)]


def test_all_migrations_together_make_the_schema(connection: sqlite3.Connection, path: Path) -> None:
    """A journal that went through every migration is like one made from schema.sql."""
    migrate(connection, path, migrations())
    with closing(sqlite3.connect(":memory:")) as fresh:
        fresh.executescript((files("homebody.journal") / "schema.sql").read_text("utf-8"))
        assert schema(fresh) == schema(connection)


def test_migrations_are_named_by_four_digits() -> None:
    """So that their order in the folder is their order."""
    names = [entry.name for entry in (files("homebody.journal") / "migrations").iterdir()]
    assert [] == [name for name in names if not re.fullmatch(r"\d{4}\.sql", name)]


def test_migrating_twice_changes_nothing(connection: sqlite3.Connection, path: Path) -> None:
    """A journal of today is left as it is, and no copy of it is made."""
    migrate(connection, path, migrations())
    before = schema(connection)
    migrate(connection, path, migrations())
    assert before == schema(connection)
    assert [path] == sorted(path.parent.iterdir())


def test_an_older_journal_is_copied_before_it_is_changed(connection: sqlite3.Connection, path: Path) -> None:
    """The copy has the old version and the old rows, and only its owner can read it."""
    migrate(connection, path, migrations())
    connection.execute("INSERT INTO turns (recipe, lane, turn) VALUES ('tag', x'', 7)")
    migrate(connection, path, next_one())
    copy = path.with_name(f"journal.db.version-{len(migrations())}")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with closing(sqlite3.connect(copy)) as old:
        assert [("tag", b"", 7)] == old.execute("SELECT * FROM turns").fetchall()
        assert len(migrations()) == version_of(old, next_one())
    assert len(migrations()) + 1 == version_of(connection, next_one())


def test_a_migration_that_fails_leaves_the_journal_as_it_was(
    connection: sqlite3.Connection, path: Path
) -> None:
    """Its first statement is taken back with its second, and the version stays."""
    migrate(connection, path, migrations())
    before = schema(connection)
    broken = [*migrations(), (len(migrations()) + 1, "CREATE TABLE new (a);\nSELECT * FROM nowhere;")]
    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        migrate(connection, path, broken)
    assert before == schema(connection)
    assert len(migrations()) == version_of(connection, broken)


def test_a_journal_from_the_future_is_refused(connection: sqlite3.Connection, path: Path) -> None:
    """The message says which version it is and which this homebody knows."""
    connection.execute("PRAGMA user_version = 99")
    with pytest.raises(JournalError, match="version 99"):
        migrate(connection, path, migrations())


def test_a_migration_done_by_another_process_meanwhile_is_not_done_again(
    connection: sqlite3.Connection, path: Path
) -> None:
    """Two that start at once end with one migrated journal."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        migrate(other, path, migrations())

        class Stale(sqlite3.Connection):
            """A connection that saw the version a moment before the other one migrated."""

            asked = 0

            def execute(self, sql: str, *args: object) -> sqlite3.Cursor:  # type: ignore[override]
                if sql == "PRAGMA user_version" and not self.asked:
                    self.asked += 1
                    return super().execute("SELECT 0")
                return super().execute(sql, *args)  # type: ignore[arg-type]

        with closing(sqlite3.connect(path, isolation_level=None, factory=Stale)) as late:
            migrate(late, path, migrations())
            assert schema(other) == schema(late)


def test_statements_end_where_sqlite_says_so() -> None:
    """A semicolon inside a text or a comment ends nothing; each statement ends with its line."""
    found = statements("SELECT ';'; -- one; two\nCREATE TABLE a (\n  b\n);\n\n-- the end\n")
    assert 2 == len(found)


def test_what_a_journal_of_the_first_version_holds_is_all_there(
    connection: sqlite3.Connection, path: Path
) -> None:
    """Its runs, turns and effects are read as before: every change was a content, every recipe had one lane."""
    known = migrations()
    migrate(connection, path, known[:1])
    moment = "2026-03-02T09:00:00.000000+00:00"
    connection.execute(
        "INSERT INTO runs (id, key, recipe, recipe_hash, event, path, content, origin, state, place, queued_at)"
        " VALUES (7, x'01', 'tag', 'h', 'file', x'2f61', 'c', 'o', 'done', 1, ?)",
        (moment,),
    )
    connection.execute("INSERT INTO turns VALUES ('tag', 3)")
    connection.execute(
        "INSERT INTO effects (id, run, ordinal, kind, path, before, after, origin, before_image, after_image, mode,"
        " before_mode, made, state)"
        " VALUES (9, 7, 0, 'write', x'2f62', 'b', 'a', 'o', 'ib', 'ia', 420, 384, 2, 'applied')"
    )
    migrate(connection, path, known)
    connection.close()
    journal = Journal.open(path, FakeClock())
    (run,) = journal.runs()
    (effect,) = journal.effects(7)
    assert (7, "tag", RunState.DONE, False, False) == (run.id, run.recipe, run.state, run.dry, run.approved)
    assert (9, Deed.PUT, "b", "a", "ib", "ia", 420, 384, 2, "applied", None) == (
        effect.id, effect.deed, effect.before, effect.after, effect.before_image, effect.after_image, effect.mode,
        effect.before_mode, effect.made, effect.state, effect.source,
    )  # fmt: skip
    assert journal.enqueue(
        recipe="tag", recipe_hash="h", event=FileSettled(path=Path("/n/x"), content="x"), key="k", path=Path("/n/x"),
        content="x", origin="x", due=None, lane=Path("/n"),
    ) == 8  # fmt: skip
    assert journal.claim() is not None
    journal.close()


def test_a_journal_of_the_second_version_keeps_its_changes(
    connection: sqlite3.Connection, path: Path
) -> None:
    """A move with all that its undo needs; copies and notices have a place from now on."""
    known = migrations()
    migrate(connection, path, known[:2])
    connection.execute(
        "INSERT INTO runs (id, key, recipe, recipe_hash, event, state, place, queued_at)"
        " VALUES (7, x'01', 'file', 'h', 'asked', 'done', 1, '2026-03-02T09:00:00.000000+00:00')"
    )
    connection.execute(
        "INSERT INTO effects (id, run, ordinal, deed, kind, path, source, before, after, origin, before_image,"
        " before_mode, before_mtime_ns, made, state)"
        " VALUES (9, 7, 0, 'move', 'move', x'2f62', x'2f61', 'b', 'a', 'o', 'ib', 384, 5, 2, 'applied')"
    )
    migrate(connection, path, known)
    connection.execute("UPDATE effects SET deed = 'copy'")
    connection.execute("UPDATE effects SET deed = 'move'")
    connection.close()
    journal = Journal.open(path, FakeClock())
    (effect,) = journal.effects(7)
    assert (9, Deed.MOVE, Path("/b"), Path("/a"), "b", "a", "o", "ib", 384, 5, 2, "applied") == (
        effect.id, effect.deed, effect.path, effect.source, effect.before, effect.after, effect.origin,
        effect.before_image, effect.before_mode, effect.before_mtime_ns, effect.made, effect.state,
    )  # fmt: skip
    journal.close()
