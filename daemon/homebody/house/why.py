"""Why did, or does, nothing happen to a file? For each recipe one verdict, from facts. Pure.

The questions are asked in the order in which the intake asks them; the first that has an answer is the verdict.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fnmatch import fnmatch
from pathlib import Path
from typing import Literal

from homebody.house.facts import FILTERED, facts_at, leaves_out, left_out, was_left_out
from homebody.house.state_words import pauses, say_seconds, standing
from homebody.house.watched import Watched
from homebody.journal.again import CAN_BE_TRIED_AGAIN
from homebody.journal.run import Run, RunState
from homebody.recipe.schema import Recipe
from homebody.triggers.settle import is_temporary


class Why(StrEnum):
    """What a recipe has to say of a file; a run's state where there is a run on what the file holds."""

    OFF = "off"
    ABSENT = "absent"
    SCHEDULED = "scheduled"
    NOT_WATCHED = "not watched"
    GONE = "gone"
    FOLDER = "folder"
    HIDDEN = "hidden"
    TEMPORARY = "temporary"
    FILTERED = "filtered"
    UNREADABLE = "unreadable"
    OURS = "ours"
    SETTLING = "settling"
    EXISTING = "existing"
    RENAMED = "renamed"
    NEW = "new"
    QUEUED = "queued"
    PAUSING = "pausing"
    RUNNING = "running"
    WAITING = "waiting"
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"
    QUARANTINED = "quarantined"
    UNDOING = "undoing"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """What is at a path now, as far as it may be looked at, and what the journal knows of it."""

    path: Path
    kind: Literal["file", "link", "special", "folder", "gone"]
    size: int = 0
    modified: datetime | None = None
    unreadable: str | None = None
    """Why its content cannot be had."""
    cure: str | None = None
    """What to do about that."""
    ours: bool = False
    """What it holds was made by homebody, and nobody changed it since."""
    writer: int | None = None
    """The run that gave it what it holds."""
    moved: tuple[Path, int] | None = None
    """Where homebody moved a file of that name last, and by which run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One recipe and one file: everything that the verdict hangs on."""

    file: File
    recipe: Recipe
    now: datetime
    serving: bool
    """Whether a daemon is running."""
    folders: tuple[Path, ...] = ()
    watched: Watched | None = None
    """The wish of the recipe that covers the path."""
    absent: str | None = None
    """Why the daemon does not have the recipe."""
    trouble: str | None = None
    """Why the folder cannot be looked at as it should."""
    run: Run | None = None
    """The newest run of the recipe on what the file holds, or on the name where there is nothing now."""
    changed: bool = False
    """Whether that run changed something."""
    put_off: int | None = None
    """The run for whose end what the file holds now has to wait."""
    ahead: int | None = None
    before: bool = False
    renamed_from: Path | None = None
    settling: tuple[float, float] | None = None
    """For how long it has lain still, and for how long it must."""
    rescan: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one recipe has to say of the file, the run that it speaks of, and what a person can do."""

    recipe: str
    verdict: Why
    words: str
    run: int | None = None
    hint: str | None = None


Said = tuple[Why, str, str | None] | None
"""A verdict, its words and a hint; None when the question does not decide."""


def verdict(case: Case) -> Verdict:
    """Return what the recipe of *case* has to say of its file."""
    for question in QUESTIONS:
        said = question(case)
        if said is not None:
            word, words, hint = said
            speaks_of = (
                case.run.id if case.run is not None and word in (*BY_STATE.values(), Why.FILTERED) else None
            )
            if word is Why.OURS:
                speaks_of = case.file.writer
            return Verdict(recipe=case.recipe.name, verdict=word, words=words, run=speaks_of, hint=hint)
    raise AssertionError("the last question always has an answer")


BY_STATE = {state: Why(state.value) for state in RunState} | {None: Why.PAUSING}


def _absent(case: Case) -> Said:
    if case.absent is None:
        return None
    return Why.ABSENT, case.absent, None


def _off(case: Case) -> Said:
    if case.recipe.enabled:
        return None
    return Why.OFF, "switched off in the recipe (enabled: false)", None


def _scheduled(case: Case) -> Said:
    if case.recipe.watched:
        return None
    select = case.recipe.select
    if select is None:
        return Why.SCHEDULED, "runs by the clock, and takes up no files", None
    folder = select.folder.resolve()
    below = case.file.path.parent == folder or (select.recursive and folder in case.file.path.parents)
    fits = below and fnmatch(case.file.path.name, select.name)
    age = case.now - case.file.modified if case.file.modified is not None else timedelta()
    what = f"runs by the clock, and takes up `{select.name}` in {select.folder}"
    if fits and select.newer_than is not None and age > select.newer_than:
        return Why.SCHEDULED, f"{what}; this one is too old for it by now", None
    if fits and case.file.modified is not None:
        facts = facts_at(case.file.path, case.file.size, case.file.modified, folder, case.now)
        refused = [one for one in (*select.own_filters, *case.recipe.filters) if leaves_out(one, facts)]
        if refused:
            return Why.SCHEDULED, f"{what}; this one is left out by {left_out(refused[0], facts)}", None
    return Why.SCHEDULED, f"{what}; this one {'is' if fits else 'is not'} among them", None


def _not_watched(case: Case) -> Said:
    if case.watched is not None:
        return None
    return Why.NOT_WATCHED, f"not watched: it watches {', '.join(map(str, case.folders))}", None


def _gone(case: Case) -> Said:
    if case.file.kind != "gone":
        return None
    if case.file.moved is not None:
        where, run = case.file.moved
        return Why.GONE, f"homebody moved it to {where} (run {run})", f"`homebody undo {run}` takes it back."
    if case.run is not None:
        return Why.GONE, f"the file is gone; run {case.run.id} on it: {standing(case.run, case.now)}", None
    return Why.GONE, "there is no such file", None


def _folder(case: Case) -> Said:
    if case.file.kind != "folder":
        return None
    return Why.FOLDER, "it is a folder; recipes take up files", None


def _hidden(case: Case) -> Said:
    assert case.watched is not None
    inside = case.file.path.relative_to(case.watched.folder)
    hidden = next((part for part in inside.parts if part.startswith(".")), None)
    if hidden is None:
        return None
    return Why.HIDDEN, f"hidden by its name: `{hidden}` begins with a dot", None


def _temporary(case: Case) -> Said:
    if not is_temporary(case.file.path.name):
        return None
    return Why.TEMPORARY, "temporary by its name: programs call unfinished work so", None


def _unreadable(case: Case) -> Said:
    if case.file.unreadable is None:
        return None
    run = f"; run {case.run.id}: {standing(case.run, case.now)}" if case.run is not None else ""
    return Why.UNREADABLE, f"unreadable: {case.file.unreadable}{run}", case.file.cure


def _left_out_when_read(case: Case) -> Said:
    run = case.run
    if run is None or not was_left_out(run) or run.recipe_hash != case.recipe.hash:
        return None
    hint = f"`homebody run --force {case.recipe.name} PATH` does it all the same."
    return Why.FILTERED, f"{run.reason} when it was read, in run {run.id}", hint


def _had_its_run(case: Case) -> Said:
    run = case.run
    if run is None or was_left_out(run):  # by an older version: this one looks at the file again
        return None
    word = BY_STATE[None if pauses(run, case.now) else run.state]
    words = f"run {run.id}: {standing(run, case.now, ahead=case.ahead)}"
    if run.state is RunState.DONE and run.recipe_hash != case.recipe.hash:
        hint = f"Editing a recipe never reprocesses the past: `homebody backfill {case.recipe.name} --stale` does."
        return word, f"{words}, with an older version of the recipe", hint
    if run.state is RunState.QUEUED and not case.serving:
        return word, words, "homebody is not running: `homebody serve` goes on with it."
    if run.state is RunState.DONE:
        if (moved := case.file.moved) is not None and moved[1] == run.id:
            words += f". It put the file to {moved[0]}; here is the same again, as it was"
            return word, words, f"`homebody run {case.recipe.name} PATH` does it once more."
        back = f"`homebody undo {run.id}` takes it back." if case.changed else None
        return word, f"{words}, with this version of the recipe", back
    retry = f"`homebody retry {run.id}` tries it again." if run.state in CAN_BE_TRIED_AGAIN else None
    return word, words, retry


def _ours(case: Case) -> Said:
    if not case.file.ours:
        return None
    by = f", in run {case.file.writer}" if case.file.writer is not None else ""
    return Why.OURS, f"written by homebody itself{by}: its own files wake no recipe", None


def _filtered(case: Case) -> Said:
    file = case.file
    assert file.modified is not None
    assert case.watched is not None
    facts = facts_at(file.path, file.size, file.modified, case.watched.folder, case.now)
    refused = [chosen for chosen in case.recipe.filters if leaves_out(chosen, facts)]
    if not refused:
        return None
    later = f" Looked at again within {say_seconds(case.rescan)}." if case.rescan else ""
    hint = f"It is taken up when that has changed.{later}" if any(one.wavers for one in refused) else None
    return Why.FILTERED, FILTERED + " and ".join(left_out(one, facts) for one in refused), hint


def _settling(case: Case) -> Said:
    if case.settling is None:
        return None
    lain, must = case.settling
    left = say_seconds(must - lain)
    return Why.SETTLING, f"waits to settle: must lie still for {say_seconds(must)}, {left} to go", None


def _existing(case: Case) -> Said:
    if not case.before:
        return None
    words = "was there before the recipe, and is left alone (existing: skip)"
    now = f"`homebody run {case.recipe.name} PATH` does it now, `homebody backfill {case.recipe.name}` all like it"
    return Why.EXISTING, words, f"It is taken up when it changes; {now}."


def _renamed(case: Case) -> Said:
    if case.renamed_from is None:
        return None
    return Why.RENAMED, f"known already: it had the name {case.renamed_from}", None


def _new(case: Case) -> Said:
    if case.trouble is not None:
        return Why.NEW, f"not taken up yet: {case.trouble}", None
    if case.put_off is not None:
        return Why.NEW, f"waits for the end of run {case.put_off} on what it held before (mode: single)", None
    if not case.serving:
        return Why.NEW, "not taken up yet", "homebody is not running: `homebody serve` takes it up."
    return Why.NEW, f"not noticed yet; every folder is looked at within {say_seconds(case.rescan)}", None


QUESTIONS: Sequence[Callable[[Case], Said]] = (
    _absent, _off, _scheduled, _not_watched, _gone, _folder, _hidden, _temporary, _unreadable,
    _left_out_when_read, _had_its_run, _ours, _filtered, _settling, _existing, _renamed, _new,
)  # fmt: skip
