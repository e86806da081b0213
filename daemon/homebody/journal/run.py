"""What is a run, which states can it have, and is a failed one tried again? Values and pure decisions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

FIRST_PAUSE_SECONDS = 2
LONGEST_PAUSE_SECONDS = 3600


class RunState(StrEnum):
    """Where a run stands; DESIGN section 3."""

    QUEUED = "queued"
    """Waits for its turn."""
    RUNNING = "running"
    """Is being carried out; found at a start, it was interrupted."""
    DONE = "done"
    """Came to its end; its effects are applied."""
    SKIPPED = "skipped"
    """There was nothing to do, and the reason says why."""
    FAILED = "failed"
    """Could not be done, and will not be tried again by itself."""
    QUARANTINED = "quarantined"
    """Failed as often as its recipe allows; its file was left where it is."""
    WAITING = "waiting"
    """Waits for a person's approval."""
    UNDOING = "undoing"
    """An undo has begun; found at a start, it is finished."""
    UNDONE = "undone"
    """Was done and was taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One recipe on one event."""

    id: int
    recipe: str
    recipe_hash: str
    event: str
    path: Path | None
    content: str | None
    origin: str | None
    due: datetime | None
    state: RunState
    reason: str | None
    attempt: int
    queued_at: datetime
    not_before: datetime
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that happened to a run; ``detail`` holds counts and timings, never contents."""

    seq: int
    run: int
    at: datetime
    name: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectRow:
    """One change as the journal keeps it: hashes, and the vault's ids of what was there and what comes.

    ``state`` is ``intended``, ``applied``, ``abandoned`` or ``undone``.
    """

    id: int | None
    run: int
    ordinal: int
    kind: str
    path: Path
    before: str | None
    after: str
    origin: str | None
    before_image: str | None
    after_image: str
    mode: int | None
    state: str


@dataclass(frozen=True, slots=True)
class Retry:
    """Try again, not before ``at``."""

    at: datetime


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Do not try again."""


def decide(attempt: int, retries: int, now: datetime) -> Retry | GiveUp:
    """Return whether a run that failed on its *attempt*-th try gets another one.

    *retries* is how many tries the recipe allows after the first. The pause is 2 s and grows fourfold, to at
    most an hour, so that a poison file never keeps the others waiting.
    """
    if attempt > retries:
        return GiveUp()
    pause = min(FIRST_PAUSE_SECONDS * 4 ** max(0, attempt - 1), LONGEST_PAUSE_SECONDS)
    return Retry(at=now + timedelta(seconds=pause))
