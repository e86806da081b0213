"""What can still be read of a damaged journal, and may it be believed?

Reading goes around what is broken: a table with numbers is read range by range, one without from both ends. What
was read is believed only when it makes a run, a step or an effect; the rules of what is kept are pure.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from homebody.journal.database import BROKEN, queries
from homebody.journal.rows import effect_of, run_of, step_of
from homebody.journal.run import EffectState, RunState

NUMBERED = {"runs": "id", "steps": "seq", "effects": "id", "notices": "number"}
"""The tables whose rows have numbers, and the column that holds them."""

KEYED = {
    "cursors": ("recipe",),
    "enrolments": ("recipe", "folder"),
    "baseline": ("recipe", "path"),
    "kept": ("run", "name", "ordinal"),
    "meta": ("name",),
}
"""The other tables that are saved, and what their rows are ordered by; turns and files come back by themselves."""

OPEN = frozenset({RunState.QUEUED, RunState.RUNNING, RunState.WAITING, RunState.UNDOING})
"""States in which something is still to be done."""

MOST_FAILURES = 20_000
"""After so many ranges that cannot be read, the rest of a table is given up."""

BEYOND = 1 << 20
"""How far the numbers are looked for when it cannot be read how high they go."""

Values = dict[str, Any]


BELIEVABLE = 1 << 40
"""A number above that was never given."""


def sql(name: str) -> str:
    """Return a statement of salvage.sql."""
    return statements()[name]


@cache
def statements() -> Mapping[str, str]:
    """Return the statements of salvage.sql, by name."""
    return queries("salvage.sql")


@dataclass
class Source:
    """An open database to save rows from, and which of its tables turned out to have holes."""

    connection: sqlite3.Connection
    from_copy: bool
    holes: set[str] = field(default_factory=set)

    def rows(self, table: str) -> Iterator[Values]:
        """Yield the rows of *table* that can be read and believed; what cannot is noted in ``holes``."""
        found = self._numbered(table) if table in NUMBERED else self._keyed(table)
        for row in found:
            values = dict(row)
            if believable(table, values):
                yield values
            else:
                self.holes.add(table)

    def highest(self, table: str) -> int:
        """Return the highest number that *table* ever gave, or 0 when that cannot be read."""
        with suppress(*BROKEN, TypeError, ValueError, IndexError):
            found = int(self.connection.execute(sql("highest"), {"table": table}).fetchall()[0][0])
            return found if found < BELIEVABLE else 0
        return 0

    def pairs(self, name: str) -> Iterator[sqlite3.Row]:
        """Yield the rows of a query on an index until it breaks."""
        with suppress(*BROKEN):
            yield from self.connection.execute(sql(name))

    def _numbered(self, table: str) -> Iterator[sqlite3.Row]:
        column = NUMBERED[table]
        query = f"SELECT * FROM {table} WHERE {column} BETWEEN ? AND ? ORDER BY {column}"  # noqa: S608 - our own names
        ranges = [(1, max(self.highest(table), self._last(table)) or BEYOND)]
        failures = 0
        while ranges and failures < MOST_FAILURES:
            low, high = ranges.pop()
            try:
                for row in self.connection.execute(query, (low, high)):
                    low = row[column] + 1
                    yield row
            except BROKEN:
                self.holes.add(table)
                failures += 1
                if low < high:
                    middle = (low + high) // 2
                    ranges += [(middle + 1, high), (low, middle)]

    def _last(self, table: str) -> int:
        column = NUMBERED[table]
        with suppress(*BROKEN, TypeError):
            return int(self.connection.execute(f"SELECT max({column}) FROM {table}").fetchone()[0] or 0)  # noqa: S608
        return 0

    def _keyed(self, table: str) -> Iterator[sqlite3.Row]:
        for direction in ("ASC", "DESC"):
            order = ", ".join(f"{column} {direction}" for column in KEYED[table])
            try:
                yield from self.connection.execute(f"SELECT * FROM {table} ORDER BY {order}")  # noqa: S608
            except BROKEN:
                self.holes.add(table)
            else:
                return


def believable(table: str, values: Values) -> bool:
    """Return whether the *values* of a row can be what the journal once wrote there."""
    if table == "effects":
        values.setdefault("deed", "put")  # the first version knew no other
    try:
        return CHECKS[table](values)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
        return False


def sound(connection: sqlite3.Connection) -> bool:
    """Return whether every open run, and all that it may have changed, can be read and believed.

    Garbage in a text is no damage to SQLite, and would stop the loop each time that it meets it.
    """
    try:
        runs = [dict(row) for row in connection.execute(sql("open_runs"))]
        effects = [dict(row) for row in connection.execute(sql("open_effects"))]
    except BROKEN:
        return False
    return all(believable("runs", row) for row in runs) and all(believable("effects", row) for row in effects)


def _run(values: Mapping[str, Any]) -> bool:
    run = run_of({"dry": 0, "approved": 0, **values})
    numbers = (run.id, run.attempt, run.interruptions, values["place"])
    times = (run.queued_at, run.due, run.not_before, run.started_at, run.finished_at)
    return (
        all(isinstance(number, int) for number in numbers)
        and all(moment is None or moment.tzinfo is not None for moment in times)
        and isinstance(values["key"], bytes)
    )


def _step(values: Mapping[str, Any]) -> bool:
    step = step_of(values)
    return isinstance(step.seq, int) and step.at.tzinfo is not None and isinstance(step.detail, dict)


def _effect(values: Mapping[str, Any]) -> bool:
    effect = effect_of({"source": None, **values})
    images = (effect.before, effect.after, effect.origin, effect.before_image, effect.after_image)
    EffectState(effect.state)
    return (
        isinstance(values["path"], bytes)
        and all(text is None or isinstance(text, str) for text in images)
        and all(isinstance(number, int) for number in (effect.id, effect.run, effect.ordinal, effect.made))
    )


def _cursor(values: Mapping[str, Any]) -> bool:
    return isinstance(values["recipe"], str) and datetime.fromisoformat(values["at"]).tzinfo is not None


def _folder(values: Mapping[str, Any]) -> bool:
    return isinstance(values["recipe"], str) and isinstance(values["folder"], bytes)


def _file(values: Mapping[str, Any]) -> bool:
    return all(
        isinstance(values[name], kind)
        for name, kind in (("recipe", str), ("path", bytes), ("signature", str))
    )


def _kept(values: Mapping[str, Any]) -> bool:
    return all(isinstance(values[name], str) for name in ("name", "image", "at"))


def _note(values: Mapping[str, Any]) -> bool:
    return isinstance(values["name"], str) and isinstance(values["value"], str)


def _notice(values: Mapping[str, Any]) -> bool:
    moment = datetime.fromisoformat(values["at"])
    numbers, texts = (values["number"], values["run"]), (values["recipe"], values["image"])
    return (
        all(isinstance(number, int) for number in numbers)
        and all(isinstance(text, str) for text in texts)
        and moment.tzinfo is not None
    )


CHECKS: Mapping[str, Callable[[Mapping[str, Any]], bool]] = {
    "runs": _run,
    "steps": _step,
    "effects": _effect,
    "cursors": _cursor,
    "enrolments": _folder,
    "baseline": _file,
    "kept": _kept,
    "meta": _note,
    "notices": _notice,
}


def keeps_run(values: Mapping[str, Any], *, from_copy: bool, effects_whole: bool) -> bool:
    """Return whether a run may be taken over as it is; if not, the first look decides anew about its file.

    An open run of the copy may have been done since. One of the damaged journal goes on only when all that it
    has changed is known, or when it never began: else it could be done twice.
    """
    if RunState(values["state"]) not in OPEN:
        return True
    if from_copy:
        return False
    return effects_whole or (values["state"] == RunState.QUEUED and values["attempt"] == 0)


def plan_is_whole(planned: int | None, states: Mapping[int, str]) -> bool:
    """Return whether all effects of a run are there, by their ordinals: only then can it be undone as a whole.

    *planned* is how many the last plan had, None when that is not known any more.
    """
    live = [ordinal for ordinal, state in states.items() if state != EffectState.ABANDONED]
    return planned is not None and len(live) >= planned and sorted(states) == list(range(len(states)))
