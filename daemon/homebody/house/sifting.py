"""Do the filters of a recipe choose the file of a run, now that its turn has come? And what did they catch of it?

Only filters that had to wait for this are asked: those that look at the text, or at the other files. What the
look at a file told when it came is not asked again.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from homebody.documents.file import Snapshot
from homebody.filters import Group, Stage
from homebody.filters.filter import Closer, FileFacts
from homebody.house.facts import FILTERED, as_written, facts_of
from homebody.house.outcome import Skip
from homebody.house.watched import wishes
from homebody.recipe.schema import Recipe
from homebody.triggers.settle import Signature


def facts_for(recipe: Recipe, file: Snapshot, closer: Closer, now: datetime) -> FileFacts:
    """Return what the filters of *recipe* know of the file of a run."""
    folder = next((one.folder for one in wishes([recipe], 0.0) if one.covers(file.path)), file.path.parent)
    signature = Signature(file.size, file.mtime_ns, 0)
    return facts_of(file.path, signature, folder=folder, now=now, closer=closer)


def sift(recipe: Recipe, facts: FileFacts, *, least: Stage = Stage.TEXT) -> None:
    """Raise Skip when a filter that looks at least as closely as *least* leaves the file out.

    The key is given back: a recipe that is edited looks at the file again. Raises DocumentError.
    """
    for chosen in recipe.filters_in_order:
        if chosen.stage >= least and not chosen.matches(facts):
            seen = chosen.seen(facts)
            words = f"{FILTERED}`{as_written(chosen)}`" + (f" ({seen})" if seen else "")
            raise Skip(words, release=True)


def caught(recipe: Recipe, facts: FileFacts) -> Mapping[str, dict[str, Any]]:
    """Return what the named groups of the filters hold, by the filter's word. Raises DocumentError."""
    found: dict[str, dict[str, Any]] = {}
    for one in (inner for chosen in recipe.filters for inner in chosen.every()):
        if one.groups() and not isinstance(one, Group):
            known = found.setdefault(one.kind, {})
            known.update(
                {
                    name: value
                    for name, value in one.caught(facts).items()
                    if value is not None or name not in known
                }
            )
    return found
