"""Which changes does a recipe make, given what was read and answered?

The planner only looks: it reads files through ``World.content`` and returns effects. A dry run is the
planner without what follows it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from homebody.actions.action import World
from homebody.actions.apply import content_sha
from homebody.actions.effect import Effect, Move
from homebody.documents.file import Snapshot
from homebody.errors import EffectError
from homebody.house.merged import merged
from homebody.house.overlay import Overlay
from homebody.journal.run import Run
from homebody.recipe.schema import Recipe
from homebody.templates import compile_template

__all__ = ["file_values", "merged", "plan", "unchanged", "values_of", "wanted"]


def values_of(
    run: Run,
    recipe: Recipe,
    file: Snapshot | None,
    documents: Sequence[Mapping[str, Any]],
    moment: datetime,
) -> dict[str, Any]:
    """Return what the recipe's templates know at *moment*, but for the answer of the model."""
    now = moment.astimezone()
    values: dict[str, Any] = {
        "vars": dict(recipe.vars),
        "recipe": {"name": recipe.name, "description": recipe.description},
        "run": {"id": run.id, "time": now.strftime("%H:%M"), "date": now.date()},
    }
    values["run"] |= {"tokens_read": 0, "tokens_total": 0}
    if file is not None:
        modified = datetime.fromtimestamp(file.mtime_ns / 1e9, UTC).astimezone()
        values["file"] = file_values(file.path, file.size, modified)
    if recipe.select is not None:
        values["documents"] = list(documents)
    return values


def file_values(path: Path, size: int, modified: datetime) -> dict[str, Any]:
    """Return what templates know as ``file``."""
    return {**names_of(path), "size": size, "modified": modified}


def names_of(path: Path) -> dict[str, Any]:
    """Return what templates know of a file's name and place."""
    return {
        "name": path.name,
        "stem": path.stem,
        "suffix": path.suffix,
        "path": str(path),
        "folder": str(path.parent),
    }


def wanted(recipe: Recipe, values: Mapping[str, Any]) -> bool:
    """Return whether the recipe's ``when`` holds; a recipe without one always acts."""
    if recipe.when is None:
        return True
    return bool(compile_template(recipe.when).evaluate(values))


def plan(
    recipe: Recipe,
    values: Mapping[str, Any],
    file: Snapshot | None,
    source: str,
    roots: Sequence[Path],
    *,
    overlay: Overlay | None = None,
) -> list[Effect]:
    """Return the effects of the recipe's actions, in order, those that change nothing left out.

    The files are as they are on the disk, or as *overlay* has them.

    Raises EffectError, RecipeError or DocumentError; then nothing was changed.
    """
    overlay = Overlay(file) if overlay is None else overlay
    world = World(
        values=values,
        file=file,
        source=source,
        roots=tuple(roots),
        content=overlay.content,
        tags=overlay.tags,
        hashed=overlay.sha,
        rewritten=overlay.rewritten,
    )
    effects: list[Effect] = []
    for action in recipe.actions:
        for effect in action.plan(world):
            if not isinstance(effect, Move) and effect.before == effect.after:
                continue
            effects.append(effect)
            overlay.add(effect)
            if file is None or world.file is None:
                continue
            if isinstance(effect, Move) and effect.source == world.file.path:
                world = followed(world, replace(file, path=effect.path))
    return effects


def followed(world: World, file: Snapshot) -> World:
    """Return the world as the next action sees it after the run's file got the path of *file*."""
    known = {**world.values["file"], **names_of(file.path)}
    return replace(world, file=file, values={**world.values, "file": known})


def unchanged(file: Snapshot) -> bool:
    """Return whether *file* still holds what was read; a file that is gone or cannot be read does not."""
    try:
        return content_sha(file.path) == file.sha256
    except EffectError:
        return False
