"""What is a run, which states can it have, and is a failed one tried again? Values and pure decisions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

FIRST_PAUSE_SECONDS = 2
LONGEST_PAUSE_SECONDS = 3600

BACKFILL = Path("/backfill")
"""The lane of what was there before a recipe: new files do not wait behind it."""


class RunState(StrEnum):
    """Where a run stands (DESIGN section 3)."""

    QUEUED = "queued"
    """Waits for its turn."""
    RUNNING = "running"
    """Is being carried out; found at a start, it was interrupted."""
    DONE = "done"
    """Came to its end; what it changed can be undone."""
    SKIPPED = "skipped"
    """Had nothing to do, and the reason says why."""
    FAILED = "failed"
    """Could not be done, and is not tried again by itself."""
    QUARANTINED = "quarantined"
    """Failed as often as its recipe allows; its file was left where it is."""
    WAITING = "waiting"
    """Waits for a person's approval."""
    UNDOING = "undoing"
    """Is being taken back; found at a start, the undo is finished."""
    UNDONE = "undone"
    """Was taken back."""


NEXT: Mapping[RunState, frozenset[RunState]] = {
    RunState.QUEUED: frozenset({RunState.RUNNING, RunState.SKIPPED}),
    RunState.RUNNING: frozenset(
        {
            RunState.QUEUED,
            RunState.DONE,
            RunState.SKIPPED,
            RunState.FAILED,
            RunState.QUARANTINED,
            RunState.WAITING,
        }
    ),
    RunState.DONE: frozenset({RunState.UNDOING}),
    RunState.SKIPPED: frozenset({RunState.QUEUED}),
    RunState.FAILED: frozenset({RunState.QUEUED, RunState.UNDOING}),
    RunState.QUARANTINED: frozenset({RunState.QUEUED, RunState.UNDOING}),
    RunState.WAITING: frozenset({RunState.QUEUED, RunState.SKIPPED}),
    RunState.UNDOING: frozenset({RunState.UNDONE, RunState.DONE, RunState.FAILED, RunState.QUARANTINED}),
    RunState.UNDONE: frozenset(),
}
"""What may follow each state; an undo that cannot be finished gives the run back the state it had."""


def may_follow(old: RunState, new: RunState) -> bool:
    """Return whether a run in state *old* may go over to *new*."""
    return new in NEXT[old]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One recipe on one event.

    ``attempt`` counts its starts, ``interruptions`` those of them that homebody itself broke off. A ``dry`` run
    only shows what it would do, and waits; ``approved`` says that a person has agreed to its plan.
    """

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
    interruptions: int = 0
    queued_at: datetime
    not_before: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    dry: bool = False
    approved: bool = False

    @property
    def tries(self) -> int:
        """Starts that count when a recipe's retries are counted: those that came to an end of their own."""
        return self.attempt - self.interruptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that happened to a run; ``detail`` holds counts and timings, never contents."""

    seq: int
    run: int
    at: datetime
    name: str
    detail: Mapping[str, Any]


class EffectState(StrEnum):
    """Where one change of a run stands."""

    INTENDED = "intended"
    """Is written down; found at a start, the file tells whether it was made."""
    APPLIED = "applied"
    """Was made."""
    REVERSING = "reversing"
    """Was made, and is being taken back because its plan could not be finished."""
    ABANDONED = "abandoned"
    """Was not made, or was taken back because its plan could not be finished."""
    KEPT = "kept"
    """Was made and should have been taken back, but somebody had changed the file by then."""
    UNDONE = "undone"
    """Was made, and was taken back by an undo."""


class Deed(StrEnum):
    """Which of the few things that can be done to a file an effect does; its kind is the action that wants it."""

    PUT = "put"
    """The file at ``path`` gets another content."""
    MOVE = "move"
    """The file at ``source`` gets the name ``path``; ``before`` is what had that name until then, if anything."""
    COPY = "copy"
    """The file at ``path`` becomes a copy of that at ``source``, with its mode, times and tags."""
    LINK = "link"
    """The file at ``source`` gets ``path`` as a second name."""
    TAGS = "tags"
    """The file at ``path`` gets other tags of the desktop; ``before`` and ``after`` are hashes of the attribute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectRow:
    """One change as the journal keeps it: hashes, and the vault's ids of what was there and what comes.

    ``mode`` are the permission bits to write with, ``before_mode`` those that an undo gives back, with
    the time of the last change in ``before_mtime_ns``, and
    ``made`` is how many folders above the file are not there before it. ``state`` is one of EffectState.
    A hash or an image is None where there is nothing.
    """

    id: int | None
    run: int
    ordinal: int
    kind: str
    path: Path
    before: str | None
    after: str | None
    origin: str | None
    before_image: str | None
    after_image: str | None
    mode: int | None
    before_mode: int | None = None
    before_mtime_ns: int | None = None
    made: int = 0
    state: str
    deed: Deed = Deed.PUT
    source: Path | None = None


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
    seconds = LONGEST_PAUSE_SECONDS
    if attempt < 8:  # from there on the pause is the longest one anyway, and the power would only grow
        seconds = min(FIRST_PAUSE_SECONDS * 4 ** max(0, attempt - 1), LONGEST_PAUSE_SECONDS)
    return Retry(at=now + timedelta(seconds=seconds))
