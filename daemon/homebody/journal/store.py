"""The journal itself: the only file that runs SQL (with migrate.py).

SQLite in WAL mode with full synchronous writes: what was committed is there after a power cut
(sqlite.org/pragma.html#pragma_synchronous). One connection, one lock: the daemon's threads take turns.
"""

import contextlib
import json
import re
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from enum import Enum
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

from homebody.clock import Clock
from homebody.errors import DiskFullError, JournalError
from homebody.events import Asked, Event, FileSettled
from homebody.journal.migrate import migrate
from homebody.journal.rows import effect_of, run_of, step_of, stored
from homebody.journal.run import EffectRow, Run, RunState, Step


class Origin(Enum):
    """Where a file's content comes from, if not from a person."""

    OURS = "ours"
    """homebody made this file, and it is still as it was made."""


class Signature(Protocol):
    """What tells that a file is probably unchanged, without reading it."""

    @property
    def size(self) -> int:
        """Bytes."""

    @property
    def mtime_ns(self) -> int:
        """Time of the last change, in nanoseconds."""

    @property
    def inode(self) -> int:
        """The file's number in its file system."""


class Journal:
    """Every run, step and effect, in one SQLite file. Its methods may be called from any thread."""

    def __init__(self, connection: sqlite3.Connection, clock: Clock, damaged: Path | None) -> None:
        self._connection = connection
        self._clock = clock
        self._lock = threading.RLock()
        self._queries = queries()
        self.damaged = damaged
        """Where a journal that was found damaged has been set aside, if so."""

    @classmethod
    def open(cls, path: Path, clock: Clock) -> "Journal":
        """Return the journal at *path*, made, migrated or replaced as needed.

        A damaged one is set aside under a name with the time in it and a new one is begun: nothing is lost
        that could still be read by hand. Raises JournalError when it cannot be opened at all.
        """
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        damaged = None
        try:
            connection = connect(path)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError) or not path.exists():
                raise JournalError(
                    f"The journal {path} cannot be opened: {error}.", hint="Is the disk full, or the folder not yours?"
                ) from error
            damaged = set_aside(path, clock.now())
            connection = connect(path)
        path.chmod(0o600)
        return cls(connection, clock, damaged)

    def close(self) -> None:
        """Close the file; what was committed stays."""
        with self._lock:
            self._connection.close()

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Yield the connection inside one transaction that is committed as a whole or not at all."""
        with self._lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    yield self._connection
                    self._connection.execute("COMMIT")
                except BaseException:
                    if self._connection.in_transaction:
                        self._connection.execute("ROLLBACK")
                    raise
            except sqlite3.OperationalError as error:
                if "full" in str(error):
                    raise DiskFullError("The disk is full: the journal cannot be written.") from error
                raise JournalError(f"The journal cannot be written: {error}.") from error

    def _ask(self, name: str, **values: Any) -> list[sqlite3.Row]:
        with self._lock:
            return self._connection.execute(self._queries[name], values).fetchall()

    def _now(self) -> str:
        return stored(self._clock.now())

    def _do(self, name: str, **values: Any) -> list[sqlite3.Row]:
        with self._writing() as connection:
            return connection.execute(self._queries[name], {"now": self._now(), **values}).fetchall()

    # events and runs

    def enqueue(
        self,
        *,
        recipe: str,
        recipe_hash: str,
        event: Event,
        key: str,
        path: Path | None,
        content: str | None,
        origin: str | None,
        due: datetime | None,
    ) -> int | None:
        """Queue a run in one transaction and return its number, or None when *key* had its run already."""
        kind = "file" if isinstance(event, FileSettled) else "asked" if isinstance(event, Asked) else "schedule"
        rows = self._do(
            "enqueue",
            recipe=recipe,
            recipe_hash=recipe_hash,
            event=kind,
            key=key,
            path=str(path) if path is not None else None,
            content=content,
            origin=origin,
            due=stored(due) if due is not None else None,
        )
        return int(rows[0]["id"]) if rows else None

    def claim(self) -> Run | None:
        """Return the next run, now running, or None when nothing is due; recipes take turns."""
        with self._lock:
            if not self._ask("queued_recipes", now=self._now()):
                return None
            rows = self._do("claim")
        return run_of(rows[0]) if rows else None

    def step(self, run: int, name: str, **detail: int | float | str | bool | None) -> None:
        """Note that something happened to *run*; *detail* holds counts and timings, never contents."""
        self._do("step", run=run, name=name, detail=json.dumps(detail, separators=(",", ":")))

    def finish(self, run: int, state: RunState, reason: str | None) -> None:
        """Bring *run* to its end."""
        with self._writing():
            self._within("finish", id=run, state=state.value, reason=reason)
            self._within("step", run=run, name="finished", detail=json.dumps({"state": state.value}))

    def retry(self, run: int, reason: str, at: datetime) -> None:
        """Queue *run* again, not before *at*."""
        self._do("retry", id=run, reason=reason, at=stored(at))

    def hand_back(self, run: int, reason: str, *, counted: bool = True) -> None:
        """Queue a running *run* again at once; a try that homebody itself broke off is not *counted*."""
        self._do("hand_back", id=run, reason=reason, counted=int(counted))

    def set_state(self, run: int, state: RunState) -> None:
        """Set the state of *run* without ending it: an undo begins."""
        self._do("finish", id=run, state=state.value, reason=None)

    def _within(self, name: str, **values: Any) -> list[sqlite3.Row]:
        """Run a query inside the transaction that is open."""
        return self._connection.execute(self._queries[name], {"now": self._now(), **values}).fetchall()

    def in_state(self, state: RunState) -> list[Run]:
        """Return every run in *state*, oldest first."""
        return [run_of(row) for row in self._ask("in_state", state=state.value)]

    def run(self, number: int) -> Run:
        """Return one run; raises JournalError when there is none of that number."""
        rows = self._ask("run", id=number)
        if not rows:
            raise JournalError(f"There is no run {number}.", hint="`homebody history` lists them.")
        return run_of(rows[0])

    def runs(
        self,
        *,
        limit: int = 100,
        after: int | None = None,
        recipe: str | None = None,
        path: Path | None = None,
        state: RunState | None = None,
    ) -> list[Run]:
        """Return runs, newest first."""
        rows = self._ask(
            "runs",
            limit=limit,
            after=after,
            recipe=recipe,
            path=str(path) if path is not None else None,
            state=state.value if state is not None else None,
        )
        return [run_of(row) for row in rows]

    def counts(self) -> dict[RunState, int]:
        """Return how many runs are in each state."""
        return {RunState(row["state"]): int(row["number"]) for row in self._ask("counts")}

    def steps(self, run: int) -> list[Step]:
        """Return what happened to *run*, in order."""
        return [step_of(row) for row in self._ask("steps", run=run)]

    def changes(self, after: int) -> list[Step]:
        """Return the next steps of any run after step *after*, at most a thousand."""
        return [step_of(row) for row in self._ask("changes", after=after)]

    # effects

    def plan(self, run: int, effects: Sequence[EffectRow]) -> list[int]:
        """Write the whole plan of *run* down as intended, in one transaction, and return the effects' numbers.

        What an earlier try intended and did not do is replaced.
        """
        with self._writing():
            self._within("drop_intended", run=run)
            return [int(self._within("intend", **effect_values(effect))[0]["id"]) for effect in effects]

    def effects(self, run: int) -> list[EffectRow]:
        """Return the effects of *run* in the order in which they were planned."""
        return [effect_of(row) for row in self._ask("effects", run=run)]

    def mark(self, effect: int, state: str) -> None:
        """Set the state of an effect: applied, abandoned or undone."""
        self._do("mark", id=effect, state=state)

    def origin(self, path: Path, content: str) -> Origin | str:
        """Return the person's content that *content* at *path* goes back to, or OURS for a file that we made.

        A content that we did not write is its own origin: own writes are known by path and hash, never by
        timing.
        """
        rows = self._ask("our_write", path=str(path), content=content)
        if not rows:
            return content
        return Origin.OURS if rows[0]["origin"] is None else str(rows[0]["origin"])

    def renamed_from(self, recipe: str, path: Path, origin: str) -> Path | None:
        """Return where *recipe* met *origin* before, if that path is gone: then *path* is its new name."""
        for row in self._ask("was_here", recipe=recipe, origin=origin, path=str(path)):
            earlier = Path(row["path"])
            if not earlier.exists():
                return earlier
        return None

    # schedules, baselines and what is known of files

    def cursor(self, recipe: str) -> datetime | None:
        """Return the moment up to which the schedule of *recipe* has been served."""
        rows = self._ask("cursor", recipe=recipe)
        return datetime.fromisoformat(rows[0]["at"]) if rows else None

    def set_cursor(self, recipe: str, at: datetime) -> None:
        """Move the cursor of *recipe* forward to *at*; it never goes back."""
        self._do("set_cursor", recipe=recipe, at=stored(at))

    def enrolled(self, recipe: str, folder: Path) -> bool:
        """Return whether *recipe* has looked at *folder* for the first time already."""
        return bool(self._ask("enrolled", recipe=recipe, folder=str(folder)))

    def enrol(self, recipe: str, folder: Path, baseline: Iterable[tuple[Path, str]]) -> None:
        """Note which files, by signature, were in *folder* before *recipe*."""
        with self._writing() as connection:
            rows = [{"recipe": recipe, "path": str(path), "signature": signature} for path, signature in baseline]
            connection.executemany(self._queries["baseline"], rows)
            self._within("enrol", recipe=recipe, folder=str(folder))

    def was_there_before(self, recipe: str, path: Path, signature: str) -> bool:
        """Return whether the file was there, just so, when *recipe* first looked."""
        return bool(self._ask("was_there_before", recipe=recipe, path=str(path), signature=signature))

    def known_content(self, path: Path, signature: Signature) -> str | None:
        """Return the content key of an unchanged file that was taken in before."""
        rows = self._ask("known_content", path=str(path), **signature_values(signature))
        return str(rows[0]["content"]) if rows else None

    def remember_content(self, path: Path, signature: Signature, content: str) -> None:
        """Remember what a file holds, so that the next rescan need not read it."""
        self._do("remember_content", path=str(path), content=content, **signature_values(signature))


def connect(path: Path) -> sqlite3.Connection:
    """Return an open, checked and migrated connection. Raises sqlite3.DatabaseError, JournalError."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise sqlite3.DatabaseError(verdict)
        migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def set_aside(path: Path, now: datetime) -> Path:
    """Rename a damaged journal and its companions, and return its new name."""
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%S")
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    for suffix in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + suffix).rename(aside.with_name(aside.name + suffix))
    return aside


def queries() -> Mapping[str, str]:
    """Return the named queries of queries.sql."""
    text = (files("homebody.journal") / "queries.sql").read_text("utf-8")
    parts = re.split(r"^-- name: (\w+)\n", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], (part.strip() for part in parts[2::2]), strict=True))


def effect_values(effect: EffectRow) -> dict[str, Any]:
    """Return the columns of an effect that is to be intended; its place is given by the query."""
    return {
        "run": effect.run,
        "kind": effect.kind,
        "path": str(effect.path),
        "before": effect.before,
        "after": effect.after,
        "origin": effect.origin,
        "before_image": effect.before_image,
        "after_image": effect.after_image,
        "mode": effect.mode,
    }


def signature_values(signature: Signature) -> dict[str, int]:
    """Return a signature's columns."""
    return {"size": signature.size, "mtime_ns": signature.mtime_ns, "inode": signature.inode}
