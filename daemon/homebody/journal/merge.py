"""What goes into a rebuilt journal, when the damaged one and its copy both know something?

The damaged one is newer, so that it goes first, row by row, and the copy fills the holes. What is open goes on only
where it cannot be done twice, and what has ended stays ended, even if only an index still knows of it.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import datetime

from homebody.journal.rows import stored
from homebody.journal.run import RunState
from homebody.journal.salvage import NUMBERED, OPEN, Source, Values, keeps_run, plan_is_whole, sql

REBUILT = "rebuilt"
"""Under which name the journal notes when it was rebuilt, until the first careful look is over."""

LOST = "its record was lost with the damaged journal; it had come to an end, and can no longer be undone"
HALF = "it had come to an end; a part of its record was lost with the damaged journal, so it can no longer be undone"
OWN = "what the damaged journal still knew of files that homebody wrote, of runs whose record was lost"
LONG_AGO = "1970-01-01T00:00:00.000000+00:00"


def save(target: sqlite3.Connection, sources: list[Source], now: datetime) -> tuple[int, int]:
    """Fill *target* from *sources*, and return how many runs were saved, and how many of them from the copy."""
    target.execute("PRAGMA foreign_keys = OFF")
    target.execute("BEGIN IMMEDIATE")
    for source in sources:
        for table in ("effects", "steps", "kept", "notices", "meta"):
            insert(target, table, source.rows(table))
    save_lookouts(target, sources)
    counts = [save_runs(target, source) for source in sources]
    save_highest(target, sources)
    if any("effects" in source.holes and not source.from_copy for source in sources):
        give_up_halves(target)
    for source in sources:
        if not source.from_copy and source.holes & {"runs", "effects"}:
            save_from_indexes(target, source)
    save_orphans(target, now)
    for name in ("drop_stray_steps", "drop_stray_kept", "drop_stray_notices", "make_turns"):
        target.execute(sql(name))
    target.execute(sql("rebuilt"), {"word": REBUILT, "now": stored(now)})
    target.execute("COMMIT")
    target.execute("PRAGMA foreign_keys = ON")
    return sum(counts), sum(count for count, source in zip(counts, sources, strict=True) if source.from_copy)


def insert(target: sqlite3.Connection, table: str, rows: Iterable[Values]) -> int:
    """Insert those *rows* that *table* has not and does not refuse, and return how many that were."""
    columns = {row["name"] for row in target.execute(f"PRAGMA table_info({table})")}
    before = target.total_changes
    for values in rows:
        names = [name for name in values if name in columns]
        places = ", ".join(f":{name}" for name in names)
        target.execute(f"INSERT OR IGNORE INTO {table} ({', '.join(names)}) VALUES ({places})", values)  # noqa: S608
    return target.total_changes - before


def save_runs(target: sqlite3.Connection, source: Source) -> int:
    """Insert the runs of *source* that may be taken over, and return how many that were."""
    effects_whole = "effects" not in source.holes

    def taken() -> Iterator[Values]:
        for values in source.rows("runs"):
            if keeps_run(values, from_copy=source.from_copy, effects_whole=effects_whole):
                if source.from_copy:
                    values["place"] = -values["id"]  # only the queue asks for it, and may have used it again
                yield values

    return insert(target, "runs", taken())


def save_lookouts(target: sqlite3.Connection, sources: list[Source]) -> None:
    """Save what recipes know of their folders and clocks.

    A cursor of the copy is too old: what was done since would be done again. A first look at a folder counts only
    with the whole list of what was there: in the copy it is whole, as both were written at once.
    """
    for source in sources:
        insert(target, "baseline", source.rows("baseline"))
        if source.from_copy or "baseline" not in source.holes:
            insert(target, "enrolments", source.rows("enrolments"))
        if not source.from_copy:
            insert(target, "cursors", source.rows("cursors"))


def save_highest(target: sqlite3.Connection, sources: list[Source]) -> None:
    """Let no number be given twice that the damaged journal has given, as far as anything tells."""
    for table in NUMBERED:
        highest = max((source.highest(table) for source in sources), default=0)
        if table == "runs":
            highest = max(highest, target.execute(sql("mentioned")).fetchone()["highest"])
        for name in ("raise_highest", "begin_highest"):
            target.execute(sql(name), {"table": table, "highest": highest})


def give_up_halves(target: sqlite3.Connection) -> None:
    """Let no run be undone of which an effect may be lost: it is undone whole or not at all."""
    if not target.execute(sql("missing_effects")).fetchone()["missing"]:
        return
    for run in target.execute(sql("undoable")).fetchall():
        rows = target.execute(sql("effect_states"), {"run": run["id"]})
        states = {row["ordinal"]: row["state"] for row in rows}
        plans = target.execute(sql("last_plan"), {"run": run["id"]}).fetchall()
        planned = json.loads(plans[0]["detail"]).get("effects") if plans else None
        if not plan_is_whole(planned, states) and (states or planned or run["reason"] is None):
            target.execute(sql("cannot_be_undone"), {"run": run["id"], "reason": HALF})


def save_from_indexes(target: sqlite3.Connection, source: Source) -> None:
    """Save what the indexes still know of lost rows: that a run had come to an end, and what we wrote.

    Without that, a file would be taken up again, or one of our own files for a person's.
    """
    states = {row["id"]: row["state"] for row in source.pairs("states_in_index")}
    known = {row["id"] for row in target.execute(sql("known_runs"))}
    lost = (row for row in source.pairs("keys_in_index") if row["id"] not in known)
    insert(
        target, "runs", (lost_run(row["id"], row["key"]) for row in lost if states.get(row["id"]) in ENDED)
    )
    known = {row["id"] for row in target.execute(sql("known_effects"))}
    gone = (row for row in source.pairs("writes_in_index") if row["id"] not in known)
    insert(target, "effects", (lost_write(row["id"], row["path"], row["after"]) for row in gone))


ENDED = frozenset(state.value for state in set(RunState) - OPEN)


def lost_run(number: int, key: bytes) -> Values:
    """Return a run of which only number and key are known; the key holds recipe, origin and path."""
    recipe, _, rest = key.partition(b"\n")
    origin, _, path = rest.partition(b"\n")
    name = origin.decode("utf-8", "backslashreplace")
    file = {"path": path, "content": name, "origin": name} if path else {}
    return {"id": number, "key": key, "recipe": recipe.decode("utf-8", "backslashreplace"), "recipe_hash": "",
            "event": "file" if path else "schedule", "state": "skipped", "reason": LOST, "place": -number,
            "queued_at": LONG_AGO, **file}  # fmt: skip


def lost_write(number: int, path: bytes, content: str) -> Values:
    """Return an effect of which only the file and what we wrote there are known; it has no run yet."""
    return {"id": number, "run": 0, "ordinal": number, "deed": "put", "kind": "lost", "path": path,
            "after": content, "state": "kept"}  # fmt: skip


def save_orphans(target: sqlite3.Connection, now: datetime) -> None:
    """Give effects without a run a run of their own that cannot be undone: they tell which files are ours."""
    found = target.execute(sql("orphans")).fetchall()
    if not found:
        return
    moment = stored(now)
    home = target.execute(sql("make_home"), {"key": f"lost\n{moment}".encode(), "reason": OWN, "now": moment})
    for ordinal, effect in enumerate(found):
        state = effect["state"] if effect["state"] in ("abandoned", "undone") else "kept"
        values = {"run": home.lastrowid, "ordinal": ordinal, "state": state, "id": effect["id"]}
        target.execute(sql("take_home"), values)
