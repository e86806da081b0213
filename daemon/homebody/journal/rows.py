"""How do rows become values? Times are stored as UTC in ISO 8601, so that they sort as text."""

import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from homebody.journal.run import EffectRow, Run, RunState, Step


def stored(moment: datetime) -> str:
    """Return *moment* as the journal stores it: UTC, microseconds always written."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def moment(text: str | None) -> datetime | None:
    """Return a stored time, or None."""
    return datetime.fromisoformat(text) if text is not None else None


def run_of(row: sqlite3.Row) -> Run:
    """Return the run in *row*."""
    return Run(
        id=row["id"],
        recipe=row["recipe"],
        recipe_hash=row["recipe_hash"],
        event=row["event"],
        path=Path(row["path"]) if row["path"] is not None else None,
        content=row["content"],
        origin=row["origin"],
        due=moment(row["due"]),
        state=RunState(row["state"]),
        reason=row["reason"],
        attempt=row["attempt"],
        queued_at=datetime.fromisoformat(row["queued_at"]),
        not_before=datetime.fromisoformat(row["not_before"]),
        started_at=moment(row["started_at"]),
        finished_at=moment(row["finished_at"]),
    )


def step_of(row: sqlite3.Row) -> Step:
    """Return the step in *row*."""
    at = datetime.fromisoformat(row["at"])
    return Step(seq=row["seq"], run=row["run"], at=at, name=row["name"], detail=json.loads(row["detail"]))


def effect_of(row: sqlite3.Row) -> EffectRow:
    """Return the effect in *row*."""
    return EffectRow(
        id=row["id"],
        run=row["run"],
        ordinal=row["ordinal"],
        kind=row["kind"],
        path=Path(row["path"]),
        before=row["before"],
        after=row["after"],
        origin=row["origin"],
        before_image=row["before_image"],
        after_image=row["after_image"],
        mode=row["mode"],
        state=row["state"],
    )
