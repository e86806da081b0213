"""How do values become rows, and rows values?

Times are stored as UTC in ISO 8601, so that they sort as text. File names are stored as the bytes that they
are; words that come from outside are stored so that any of them can be written down.
"""

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from homebody.journal.run import Deed, EffectRow, Run, RunState, Step


class Row(Protocol):
    """A row of a result: its columns, by name."""

    def __getitem__(self, column: str) -> Any:
        """Return the value in *column*."""


def stored(moment: datetime) -> str:
    """Return *moment* as the journal stores it: UTC, microseconds always written."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def moment(text: str | None) -> datetime | None:
    """Return a stored time, or None."""
    return datetime.fromisoformat(text) if text is not None else None


def name_bytes(path: Path | None) -> bytes | None:
    """Return a file's name as the bytes that the file system has."""
    return os.fsencode(path) if path is not None else None


def path_of(name: bytes) -> Path:
    """Return the path that a stored name stands for."""
    return Path(os.fsdecode(name))


def words(text: str | None) -> str | None:
    """Return *text* with what UTF-8 cannot hold spelled out, so that it can always be stored."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8") if text is not None else None


def detail_text(detail: Mapping[str, Any]) -> str:
    """Return a step's detail as JSON."""
    return json.dumps(detail, separators=(",", ":"))


def run_of(row: Row) -> Run:
    """Return the run in *row*."""
    return Run(
        id=row["id"],
        recipe=row["recipe"],
        recipe_hash=row["recipe_hash"],
        event=row["event"],
        path=path_of(row["path"]) if row["path"] is not None else None,
        content=row["content"],
        origin=row["origin"],
        due=moment(row["due"]),
        state=RunState(row["state"]),
        reason=row["reason"],
        attempt=row["attempt"],
        interruptions=row["interruptions"],
        queued_at=datetime.fromisoformat(row["queued_at"]),
        not_before=moment(row["not_before"]),
        started_at=moment(row["started_at"]),
        finished_at=moment(row["finished_at"]),
        dry=bool(row["dry"]),
        approved=bool(row["approved"]),
    )


def step_of(row: Row) -> Step:
    """Return the step in *row*."""
    at = datetime.fromisoformat(row["at"])
    return Step(seq=row["seq"], run=row["run"], at=at, name=row["name"], detail=json.loads(row["detail"]))


def effect_of(row: Row) -> EffectRow:
    """Return the effect in *row*."""
    return EffectRow(
        id=row["id"],
        run=row["run"],
        ordinal=row["ordinal"],
        kind=row["kind"],
        path=path_of(row["path"]),
        before=row["before"],
        after=row["after"],
        origin=row["origin"],
        before_image=row["before_image"],
        after_image=row["after_image"],
        mode=row["mode"],
        before_mode=row["before_mode"],
        before_mtime_ns=row["before_mtime_ns"],
        made=row["made"],
        state=row["state"],
        deed=Deed(row["deed"]),
        source=path_of(row["source"]) if row["source"] is not None else None,
    )


def effect_values(effect: EffectRow) -> dict[str, Any]:
    """Return the columns of an effect that is to be intended; the journal gives its place."""
    return {
        "run": effect.run,
        "kind": effect.kind,
        "path": name_bytes(effect.path),
        "before": effect.before,
        "after": effect.after,
        "origin": effect.origin,
        "before_image": effect.before_image,
        "after_image": effect.after_image,
        "mode": effect.mode,
        "before_mode": effect.before_mode,
        "before_mtime_ns": effect.before_mtime_ns,
        "made": effect.made,
        "deed": effect.deed.value,
        "source": name_bytes(effect.source),
    }
