"""What does a person ask for: a recipe on these files, or on all that it has not had yet?

A request is queued like everything else. It is a new run even on a file that was done before; only the filters
of the recipe are heeded, unless the person says otherwise.
"""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from homebody.documents.file import identify
from homebody.errors import DocumentError, UsageError
from homebody.events import Asked
from homebody.filters import Stage
from homebody.house.facts import facts_of
from homebody.house.watched import Watched, wishes
from homebody.journal.run import BACKFILL, Run, RunState
from homebody.journal.store import Journal, Origin
from homebody.recipe.schema import Recipe
from homebody.triggers.rescan import Candidate, FolderError, look, scan
from homebody.triggers.settle import is_temporary

DRY_RUNS_LIVE = timedelta(days=1)
"""How long a dry run can be applied."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A file that a request is about: where it is, what it holds, whose content that goes back to, and its lane.

    ``forced``: no filter may leave it out.
    """

    path: Path
    content: str
    origin: str
    lane: Path
    forced: bool = False


@dataclass(slots=True, kw_only=True)
class Backlog:
    """The files of a recipe's folders: those that it never had, those done by an older version of it, the rest."""

    never: list[Wanted] = field(default_factory=list)
    stale: list[Wanted] = field(default_factory=list)
    done: int = 0
    under_way: int = 0
    failed: int = 0
    filtered: int = 0
    ours: int = 0


def file_of(journal: Journal, recipe: Recipe, path: Path, *, force: bool = False) -> Wanted:
    """Return the file at *path* as *recipe* would take it.

    Raises UsageError when it may not: outside the recipe's folders (homebody can read no others), not a
    document, or filtered out; *force* passes over the filters.
    """
    path = path.parent.resolve() / path.name
    watched = next((one for one in wishes([recipe], 0.0) if one.covers(path)), None)
    if watched is None:
        folders = ", ".join(str(folder) for folder in recipe.watched) or "none"
        raise UsageError(
            f"{path} is in none of the folders of {recipe.name}.",
            hint=f"homebody may read only what its recipes name. Its folders: {folders}.",
        )
    found = look(path)
    if found is None:
        raise UsageError(f"{path} is not there, or is hidden.")
    if not force and (which := filtered_by(watched, found, journal.now())) is not None:
        raise UsageError(
            f"{recipe.name} leaves {path.name} out by its filter {which}.",
            hint="With --force the filters do not count.",
        )
    try:
        return replace(wanted(journal, watched, found), forced=force)
    except DocumentError as error:
        raise UsageError(f"{path}: {error}.", hint=error.hint) from error


def wanted(journal: Journal, watched: Watched, found: Candidate) -> Wanted:
    """Return a candidate as a request takes it. Raises DocumentError when it cannot be read."""
    content = journal.known_content(found.path, found.signature)
    if content is None:
        content = identify(found.path, limit=watched.recipe.limit)
    origin = journal.origin(found.path, content)
    return Wanted(
        path=found.path,
        content=content,
        origin=content if origin is Origin.OURS else str(origin),
        lane=watched.folder,
    )


def filtered_by(watched: Watched, found: Candidate, now: datetime) -> str | None:
    """Return the word of the first filter that leaves the file out, None when none does or its run has to tell."""
    facts = facts_of(found.path, found.signature, folder=watched.folder, now=now)
    try:
        filters = watched.recipe.filters_in_order
        return next((one.word for one in filters if one.judged(facts, Stage.INSIDE) is False), None)
    except DocumentError:
        return None


def request(journal: Journal, recipe: Recipe, file: Wanted | None, *, dry: bool = False) -> int:
    """Queue a run that a person asked for, and return its number; without a *file*, as its schedule would."""
    lane = None if file is None else file.lane
    number = _queue(journal, recipe, file, f"asked {secrets.token_hex(8)}", dry=dry, lane=lane)
    assert number is not None, "every request has a key of its own"
    return number


def backfill(journal: Journal, recipe: Recipe, files: Sequence[Wanted]) -> list[int]:
    """Queue *files* behind each other, each once for this version of the recipe; return the runs' numbers."""
    found = (_queue(journal, recipe, file, f"backfill {recipe.hash}", lane=BACKFILL) for file in files)
    return [number for number in found if number is not None]


def _queue(
    journal: Journal, recipe: Recipe, file: Wanted | None, why: str, *, lane: Path | None, dry: bool = False
) -> int | None:
    about = "" if file is None else f"\n{file.origin}\n{file.path}"
    return journal.enqueue(
        recipe=recipe.name,
        recipe_hash=recipe.hash,
        event=Asked(recipe=recipe.name, path=None if file is None else file.path),
        key=f"{recipe.name}\n{why}{about}",
        path=None if file is None else file.path,
        content=None if file is None else file.content,
        origin=None if file is None else file.origin,
        due=None,
        lane=lane,
        dry=dry,
        forced=file is not None and file.forced,
    )


def backlog(journal: Journal, recipe: Recipe) -> Backlog:
    """Return what lies in the recipe's folders and what became of it; nothing is changed.

    What homebody wrote itself is no document of a recipe. Raises UsageError for a recipe that watches nothing.
    """
    if not recipe.watched:
        raise UsageError(
            f"{recipe.name} watches no folder.", hint=f"`homebody run {recipe.name}` runs it now."
        )
    found = Backlog()
    for watched, candidate in _candidates(recipe):
        if filtered_by(watched, candidate, journal.now()) is not None:
            found.filtered += 1
            continue
        try:
            file = wanted(journal, watched, candidate)
        except DocumentError:
            continue
        if journal.origin(file.path, file.content) is Origin.OURS:
            found.ours += 1
            continue
        _sort_in(found, file, journal.last_of(recipe.name, file.origin), recipe.hash)
    return found


def _sort_in(found: Backlog, file: Wanted, run: Run | None, recipe_hash: str) -> None:
    """Put *file* where it belongs by the newest run on it."""
    if run is None:
        found.never.append(file)
        return
    match run.state:
        case RunState.DONE if run.recipe_hash != recipe_hash:
            found.stale.append(file)
        case RunState.DONE | RunState.UNDONE:
            found.done += 1
        case RunState.FAILED | RunState.QUARANTINED:
            found.failed += 1
        case _:
            found.under_way += 1


def _candidates(recipe: Recipe) -> Iterator[tuple[Watched, Candidate]]:
    """Yield every plain file that the recipe could be about, each once."""
    seen: set[Path] = set()
    for watched in wishes([recipe], 0.0):
        try:
            for candidate in scan(watched.folder, watched.recursive):
                plain = candidate.kind == "file" and not is_temporary(candidate.path.name)
                if plain and candidate.path not in seen:
                    seen.add(candidate.path)
                    yield watched, candidate
        except FolderError:
            continue


def last_dry_runs(journal: Journal, recipe: str | None, now: datetime) -> list[Run]:
    """Return the runs of the last dry run, of *recipe* if given, that still wait; the oldest first."""
    waiting = [
        run
        for run in journal.in_state(RunState.WAITING)
        if run.dry and (recipe is None or run.recipe == recipe) and not _too_old(run, now)
    ]
    if not waiting:
        return []
    newest = waiting[-1]
    return [run for run in waiting if run.recipe == newest.recipe]


def drop_dry_runs(journal: Journal, recipe: str) -> None:
    """Let the dry runs of *recipe* go that wait: a newer one takes their place."""
    for run in journal.in_state(RunState.WAITING):
        if run.dry and run.recipe == recipe:
            journal.finish(run.id, RunState.SKIPPED, "a newer dry run took its place")


def expire(journal: Journal, now: datetime) -> int:
    """Let dry runs go that nobody has applied within a day, and return how many."""
    over = [run for run in journal.in_state(RunState.WAITING) if run.dry and _too_old(run, now)]
    for run in over:
        journal.finish(run.id, RunState.SKIPPED, "the dry run was not applied within a day")
    return len(over)


def _too_old(run: Run, now: datetime) -> bool:
    return run.finished_at is not None and now - run.finished_at > DRY_RUNS_LIVE
