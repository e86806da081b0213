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
from homebody.actions.effect import Effect, Move, Put, Tags
from homebody.actions.tags import stored_tags
from homebody.documents.file import Snapshot, take
from homebody.errors import EffectError
from homebody.journal.run import Run
from homebody.recipe.schema import Recipe
from homebody.templates import compile_template


class Overlay:
    """The files as they will be after the effects planned so far; *file*, the run's own, is as it was read."""

    def __init__(self, file: Snapshot | None = None) -> None:
        self._content: dict[Path, tuple[bytes, str, int] | None] = {}
        self._not_held: dict[Path, Snapshot] = {}
        if file is not None and file.held:
            self._content[file.path] = file.data, file.sha256, file.mode
        elif file is not None:
            self._not_held[file.path] = file
        self._tags: dict[Path, bytes | None] = {}

    def content(self, path: Path) -> tuple[bytes, str, int] | None:
        """Return a file's bytes, their SHA-256 and its mode, or None when there is none.

        Raises DocumentError for what is there and cannot be read: a folder, a link, a pipe.
        """
        if path in self._content:
            return self._content[path]
        if path in self._not_held:
            path = self._not_held[path].path
        if not path.exists() and not path.is_symlink():
            return None
        snapshot = take(path)
        return snapshot.data, snapshot.sha256, snapshot.mode

    def sha(self, path: Path) -> str | None:
        """Return the SHA-256 of what a file holds, None when there is none; the run's own may be of any size.

        Raises DocumentError as ``content`` does.
        """
        if path in self._not_held:
            return self._not_held[path].sha256
        there = self.content(path)
        return None if there is None else there[1]

    def tags(self, path: Path) -> bytes | None:
        """Return a file's desktop tags as they are stored, None for none. Raises EffectError."""
        return self._tags[path] if path in self._tags else stored_tags(path)

    def add(self, effect: Effect) -> None:
        """Let later actions see *effect* as done."""
        match effect:
            case Put():
                if effect.before is None:
                    self._tags[effect.path] = None
                self._not_held.pop(effect.path, None)
                self._content[effect.path] = effect.content, effect.after, effect.mode or 0o644
            case Move():
                self._tags[effect.path] = self.tags(effect.source)
                if effect.source in self._not_held:
                    self._not_held[effect.path] = self._not_held.pop(effect.source)
                    self._content.pop(effect.path, None)
                else:
                    self._content[effect.path] = self.content(effect.source)
                self._content[effect.source] = None
            case Tags():
                self._tags[effect.path] = effect.stored


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
    recipe: Recipe, values: Mapping[str, Any], file: Snapshot | None, source: str, roots: Sequence[Path]
) -> list[Effect]:
    """Return the effects of the recipe's actions, in order, those that change nothing left out.

    Raises EffectError, RecipeError or DocumentError; then nothing was changed.
    """
    overlay = Overlay(file)
    world = World(
        values=values,
        file=file,
        source=source,
        roots=tuple(roots),
        content=overlay.content,
        tags=overlay.tags,
        hashed=overlay.sha,
    )
    effects: list[Effect] = []
    for action in recipe.actions:
        for effect in action.plan(world):
            if not isinstance(effect, Move) and effect.before == effect.after:
                continue
            effects.append(effect)
            overlay.add(effect)
            if isinstance(effect, Move) and file is not None and world.file is not None:
                world = followed(world, replace(file, path=effect.path))
    return effects


def followed(world: World, file: Snapshot) -> World:
    """Return the world as the next action sees it after the run's file got the path of *file*."""
    known = {**world.values["file"], **names_of(file.path)}
    return replace(world, file=file, values={**world.values, "file": known})


def merged(effects: Sequence[Effect]) -> list[Effect]:
    """Return *effects* with each file moved once, written once and tagged once, in this order.

    What was planned for a file before it got another name is done under its last one: a crash in between
    then leaves it at one of two places, never on the way. A file that ends where it began is not moved. The
    tags of a file that is to be replaced are taken from it before, and what keeps a name for a file comes first.
    """
    moves: dict[Path, Move] = {}
    began: dict[Path, Path] = {}  # the name that a file has in the plan so far, and the one that it has now
    puts: dict[Path, Put] = {}
    tags: dict[Path, Tags] = {}
    bared: dict[Path, Tags] = {}  # the tags of the file that a move replaces, by where the moved file began
    for effect in effects:
        match effect:
            case Put():
                earlier = puts.get(effect.path)
                puts[effect.path] = effect if earlier is None else effect.following(earlier)
            case Tags():
                first = tags.get(effect.path)
                tags[effect.path] = (
                    effect if first is None else replace(effect, stored_before=first.stored_before)
                )
            case Move():
                start = began.pop(effect.source, effect.source)
                began[effect.path] = start
                replaced = puts.pop(effect.path, None)
                bared.pop(start, None)
                if (gone := tags.pop(effect.path, None)) is not None:
                    bared[start] = gone
                written, tagged = puts.pop(effect.source, None), tags.pop(effect.source, None)
                if written is not None:
                    puts[effect.path] = replace(written, path=effect.path)
                if tagged is not None:
                    tags[effect.path] = replace(tagged, path=effect.path)
                earlier_move = moves.get(start)
                after = effect.after if written is None else written.before
                moves[start] = replace(
                    effect,
                    source=start,
                    after=earlier_move.after if earlier_move is not None else str(after),
                    before=effect.before if replaced is None else replaced.before,
                )
    written_anew = [change for change in puts.values() if change.before != change.after]
    return [
        *(change for change in written_anew if change.ahead),
        *(tag for start, tag in bared.items() if moves[start].path != start and tag.before != tag.after),
        *(move for move in moves.values() if move.path != move.source),
        *(change for change in written_anew if not change.ahead),
        *(change for change in tags.values() if change.before != change.after),
    ]


def unchanged(file: Snapshot) -> bool:
    """Return whether *file* still holds what was read; a file that is gone or cannot be read does not."""
    try:
        return content_sha(file.path) == file.sha256
    except EffectError:
        return False
