"""How does a damaged journal become a whole one again, from what can be read of it and from its copy?

The damaged file is newer, so that it goes first, row by row; the copy fills the holes. The new journal is made
beside the old one and takes its place only when it is whole and on the disk; the damaged one is kept under
another name. That it was rebuilt is noted in it, so that the first look at the folders is a careful one.
"""

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from homebody.errors import DiskFullError, JournalError
from homebody.journal.copying import copy_of
from homebody.journal.database import BROKEN, Database, check, connect, open_database, set_aside, translated
from homebody.journal.merge import REBUILT, save
from homebody.journal.migrate import migrations
from homebody.journal.rows import stored
from homebody.journal.salvage import Source, sound, sql
from homebody.journal.vault import FULL, sync
from homebody.journal.wal import torn

INTERIOR = 5
"""The kind of a page that points to others (a table's interior page)."""

DEEPEST = 3
"""How many pages one after the other point on; the schema of a journal needs one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """Where the damaged journal lies now, if there was one, and how many runs were saved from where."""

    damaged: Path | None
    saved: int
    from_copy: int


def open_whole(path: Path, now: datetime, *, lived: bool) -> tuple[Database, Rebuilt | None]:
    """Return the journal at *path*, made when there is none, and what was saved if it had to be rebuilt.

    It is rebuilt when it is damaged, when it is gone or older than its copy, and when a crash broke off the last
    rebuilding. A log that was overwritten is no reason, but asks for a careful first look; so does a journal that
    is not there although homebody has *lived* here. Raises JournalError or DiskFullError when none can be opened
    or made.
    """
    found: list[Rebuilt] = []
    with translated("rebuilt"):
        try:
            if beside(path, "rebuilt").exists():
                found.append(finished(path, now))
            elif behind(path) and (usable_copy(path) or (lived and gone(path))):
                found.append(rebuild(path, now))
            broken = torn(path.with_name(path.name + "-wal"))
            database = open_database(path, sound, lambda: found.append(rebuild(path, now)))
        except OSError as error:
            raise (DiskFullError if error.errno in FULL else JournalError)(
                f"The journal cannot be rebuilt: {error.strerror}. Nothing was changed."
            ) from error
    if broken and not found:
        with database.writing():
            database.do("set_meta", word=REBUILT, value=stored(now))
    return database, found[-1] if found else None


def behind(path: Path) -> bool:
    """Return whether the journal at *path* is gone, or knows less than its copy: it is not the one copied then."""
    return gone(path) or highest_run(path, "mode=ro") < highest_run(copy_of(path), "mode=ro&immutable=1")


def gone(path: Path) -> bool:
    """Return whether there is no journal, or nothing in it."""
    return not path.exists() or path.stat().st_size == 0


def highest_run(path: Path, how: str) -> int:
    """Return the highest number that a run of the journal at *path* ever had, 0 when that cannot be read."""
    with (
        contextlib.suppress(*BROKEN),
        contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True)) as found,
    ):
        return Source(found, from_copy=False).highest("runs")
    return 0


def rebuild(path: Path, now: datetime) -> Rebuilt:
    """Put a whole journal in the place of the one at *path*, which is damaged or gone, and return what was saved.

    A crash on the way leaves everything as it was, or is made good by ``finish``. Raises sqlite3.Error when the
    new one cannot be written, as on a full disk; then everything is as it was.
    """
    fresh, scratch, spare = (beside(path, word) for word in ("rebuilding", "salvage", "salvage-copy"))
    clear(fresh, scratch, spare)
    try:
        with contextlib.ExitStack() as stack:
            target = stack.enter_context(contextlib.closing(connect(fresh)))
            target.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # its first page may be asked for
            sources = list(open_sources(stack, path, scratch, spare, fresh))
            saved, from_copy = save(target, sources, now)
            check(target)
        put_on_disk(fresh, beside(path, "rebuilt"))
    finally:
        clear(fresh, scratch, spare)
    return Rebuilt(damaged=finish(path, now), saved=saved, from_copy=from_copy)


def finished(path: Path, now: datetime) -> Rebuilt:
    """Finish a rebuilding that a crash broke off, and return what had been saved."""
    damaged = finish(path, now)
    with contextlib.closing(sqlite3.connect(path)) as found:
        saved = len(found.execute(sql("known_runs")).fetchall())
    return Rebuilt(damaged=damaged, saved=saved, from_copy=0)


def finish(path: Path, now: datetime) -> Path | None:
    """Put a rebuilt journal that lies ready in the place of the damaged one; return that one's new name."""
    ready = beside(path, "rebuilt")
    if not ready.exists():
        return None
    there = path.exists()
    aside = set_aside(path, now)
    ready.rename(path)
    sync(path.parent)
    return aside if there else None


def beside(path: Path, word: str) -> Path:
    """Return the name of a file beside the journal."""
    return path.with_name(f"{path.name}.{word}")


def clear(*paths: Path) -> None:
    """Remove databases that are half made, with their companions."""
    for path in paths:
        for suffix in ("", "-wal", "-shm", "-journal"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)


def put_on_disk(path: Path, name: Path) -> None:
    """Give a closed database its *name*, once all of it is on the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
    path.rename(name)
    sync(name.parent)


def open_sources(
    stack: contextlib.ExitStack, path: Path, scratch: Path, spare: Path, fresh: Path
) -> Iterator[Source]:
    """Yield what can be read from: the damaged journal first, then its copy, both as copies that may be changed."""
    if path.exists():
        for suffix in ("", "-wal"):
            with contextlib.suppress(FileNotFoundError):
                shutil.copyfile(path.with_name(path.name + suffix), scratch.with_name(scratch.name + suffix))
        with contextlib.suppress(*BROKEN):
            yield Source(
                stack.enter_context(contextlib.closing(opened(scratch, (copy_of(path), fresh)))),
                from_copy=False,
            )
    if usable_copy(path):
        shutil.copyfile(copy_of(path), spare)
        yield Source(stack.enter_context(contextlib.closing(connect(spare))), from_copy=True)


def usable_copy(path: Path) -> bool:
    """Return whether the journal at *path* has a copy that is whole and of a version that we know."""
    copy = copy_of(path)
    if not copy.is_file():
        return False
    address = f"{copy.absolute().as_uri()}?mode=ro&immutable=1"
    with contextlib.suppress(*BROKEN), contextlib.closing(sqlite3.connect(address, uri=True)) as found:
        check(found)
        (version,) = found.execute("PRAGMA user_version").fetchone()
        return 0 < int(version) <= len(migrations())
    return False


def opened(scratch: Path, donors: Sequence[Path]) -> sqlite3.Connection:
    """Return the damaged database at *scratch*; raise sqlite3.Error when not even its tables are known.

    Its first pages say where the tables begin. When they are broken, those of each of *donors* are tried in their
    place: tables do not move, and rows that are not what they should be are not believed.
    """
    with contextlib.suppress(*BROKEN):
        return looked_into(scratch)
    for donor in donors:
        if donor.is_file() and graft(scratch, donor.read_bytes()):
            with contextlib.suppress(*BROKEN):
                return looked_into(scratch)
    raise sqlite3.DatabaseError("nothing of it can be read")


def graft(scratch: Path, donor: bytes) -> bool:
    """Give *scratch* the first page of *donor* and the rest of its schema; return whether that could be done."""
    size = int.from_bytes(donor[16:18], "big")
    total = scratch.stat().st_size
    if size < 512 or total < 2 * size:
        return False
    for suffix in ("-wal", "-shm"):  # the log went with the old first page
        scratch.with_name(scratch.name + suffix).unlink(missing_ok=True)
    with scratch.open("r+b") as file:
        for number in schema_pages(donor, size):
            if number * size <= min(total, len(donor)):
                file.seek((number - 1) * size)
                file.write(donor[(number - 1) * size : number * size])
        file.seek(18)
        file.write(b"\x01\x01")
        file.seek(28)
        file.write((total // size).to_bytes(4, "big"))
    return True


def schema_pages(data: bytes, size: int, number: int = 1, depth: int = 0) -> Iterator[int]:
    """Yield the pages that hold the schema of the database *data*: the first, and those it points to.

    The format: sqlite.org/fileformat2.html#b_tree_pages.
    """
    yield number
    page = data[(number - 1) * size : number * size]
    head = 100 if number == 1 else 0
    if depth > DEEPEST or len(page) < size or page[head] != INTERIOR:
        return
    cells = int.from_bytes(page[head + 3 : head + 5], "big")
    places = [int.from_bytes(page[at : at + 2], "big") for at in range(head + 12, head + 12 + 2 * cells, 2)]
    for place in (head + 8, *places):
        yield from schema_pages(data, size, int.from_bytes(page[place : place + 4], "big"), depth + 1)


def looked_into(path: Path) -> sqlite3.Connection:
    """Return the database at *path*, its tables known. Raises sqlite3.Error."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.row_factory = sqlite3.Row
    known = 0
    try:
        connection.execute("PRAGMA cell_size_check = ON")
        connection.execute(
            "PRAGMA writable_schema = ON"
        )  # else a file that was cut short is refused as a whole
        (known,) = connection.execute(sql("has_tables")).fetchone()
    finally:
        if not known:
            connection.close()
    if not known:
        raise sqlite3.DatabaseError("there are no tables")
    return connection
