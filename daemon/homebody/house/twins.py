"""Is a file a duplicate, and of which other one? Of equal files one always stays.

The judgement falls while nobody else changes anything. A file whose own judgement has fallen, or never comes, stays;
of two that are both to be judged, the younger one is the duplicate.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from homebody.documents.file import identify
from homebody.errors import DocumentError
from homebody.house.watched import Watched, wishes
from homebody.journal.run import RunState
from homebody.journal.store import Journal
from homebody.recipe.schema import Recipe
from homebody.triggers.birth import born
from homebody.triggers.rescan import Candidate, look

PENDING = (RunState.QUEUED, RunState.RUNNING, RunState.WAITING)


def original(journal: Journal, recipe: Recipe, path: Path, content: str) -> Path | None:
    """Return a file in the recipe's folders that holds *content*, too, and is to be kept; *path* is then a duplicate.

    Each such file is read again before it is believed. Raises JournalError.
    """
    mine = look(path)
    if mine is None or mine.kind != "file":
        return None
    watched = wishes([recipe], 0.0)
    for other in _alike(journal, recipe, watched, mine, content):
        if _stays(journal, recipe, mine, other) and _holds(recipe, other.path, content):
            return other.path
    return None


def _alike(
    journal: Journal, recipe: Recipe, watched: list[Watched], mine: Candidate, content: str
) -> Iterator[Candidate]:
    """Yield the other files that may hold the same: known by content, or left alone with that many bytes."""
    size = mine.signature.size
    for path in dict.fromkeys([*journal.holding(content), *journal.left_alone_with(recipe.name, size)]):
        if path != mine.path and any(one.covers(path) for one in watched):
            found = look(path)
            if found is not None and found.kind == "file" and found.signature.size == size:
                yield found


def _stays(journal: Journal, recipe: Recipe, mine: Candidate, other: Candidate) -> bool:
    """Return whether *other* is the one to be kept of the two."""
    if other.signature.inode == mine.signature.inode and other.path.stat().st_dev == mine.path.stat().st_dev:
        return False  # one file under two names: nothing is there twice
    last = journal.runs(limit=1, recipe=recipe.name, path=other.path)
    if not last or last[0].state not in PENDING:
        return True
    return _age(other) < _age(mine)


def _holds(recipe: Recipe, path: Path, content: str) -> bool:
    try:
        return identify(path, limit=recipe.limit) == content
    except DocumentError:
        return False


def _age(found: Candidate) -> tuple[datetime, int, str]:
    """Return by what the older of two files is found: when it came here, else the shorter name ("a", not "a (1)")."""
    modified = datetime.fromtimestamp(found.signature.mtime_ns / 1e9, UTC)
    return max(born(found.path) or modified, modified), len(found.path.name), str(found.path)
