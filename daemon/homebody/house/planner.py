"""Which changes does a recipe make, given what was read and answered?

The planner only looks: it reads files through ``World.content`` and returns effects. A dry run is the
planner without what follows it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from homebody.actions.action import World
from homebody.actions.effect import Effect
from homebody.documents.file import Snapshot, take
from homebody.errors import DocumentError
from homebody.recipe.schema import Recipe
from homebody.templates import compile_template


class Overlay:
    """The files as they will be after the effects planned so far."""

    def __init__(self) -> None:
        self._planned: dict[Path, Effect] = {}

    def content(self, path: Path) -> tuple[bytes, str, int] | None:
        """Return a file's bytes, their SHA-256 and its mode, or None when there is none.

        Raises DocumentError for what is there and cannot be read: a folder, a link, a pipe.
        """
        planned = self._planned.get(path)
        if planned is not None:
            return planned.content, planned.after, planned.mode or 0o644
        if not path.exists() and not path.is_symlink():
            return None
        snapshot = take(path)
        return snapshot.data, snapshot.sha256, snapshot.mode

    def add(self, effect: Effect) -> None:
        """Let later actions see *effect* as done."""
        self._planned[effect.path] = effect


def file_values(path: Path, size: int, modified: datetime) -> dict[str, Any]:
    """Return what templates know as ``file``."""
    return {
        "name": path.name,
        "stem": path.stem,
        "suffix": path.suffix,
        "path": str(path),
        "folder": str(path.parent),
        "size": size,
        "modified": modified,
    }


def wanted(recipe: Recipe, values: Mapping[str, Any]) -> bool:
    """Return whether the recipe's ``when`` holds; a recipe without one always acts."""
    if recipe.when is None:
        return True
    return bool(compile_template(recipe.when).evaluate(values))


def plan(
    recipe: Recipe, values: Mapping[str, Any], file: Snapshot | None, source: str, roots: Sequence[Path]
) -> list[Effect]:
    """Return the effects of the recipe's actions, in order, those that change nothing left out.

    Raises EffectError, RecipeError or DocumentError; then nothing was changed.
    """
    overlay = Overlay()
    world = World(values=values, file=file, source=source, roots=tuple(roots), content=overlay.content)
    effects: list[Effect] = []
    for action in recipe.actions:
        for effect in action.plan(world):
            if effect.before != effect.after:
                effects.append(effect)
                overlay.add(effect)
    return effects


def merged(effects: Sequence[Effect]) -> list[Effect]:
    """Return *effects* with several changes of one file made into one, so that each file is written once."""
    by_path: dict[Path, Effect] = {}
    for effect in effects:
        earlier = by_path.get(effect.path)
        by_path[effect.path] = effect if earlier is None else effect.following(earlier)
    return list(by_path.values())


def unchanged(file: Snapshot) -> bool:
    """Return whether *file* still holds what was read; a file that is gone or cannot be read does not."""
    try:
        return take(file.path).sha256 == file.sha256
    except DocumentError:
        return False
