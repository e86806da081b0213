"""Where does a file go when its name may be taken, and what has to be done first so that there is room for it?"""

import itertools
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from homebody.actions.action import Output, World
from homebody.actions.conflict import OnConflict, names
from homebody.actions.effect import Effect, Move, Tags
from homebody.actions.trashes import thrown_away, trash_outputs, trashes
from homebody.errors import DocumentError, EffectError


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What an action wants of a place: what the file holds, by its SHA-256, and what is done when the name is taken.

    ``made``: the file is made, so that one of the same content there is it already; else it is moved from ``own``.
    """

    sha256: str
    on_conflict: OnConflict
    template: str | None
    kind: str
    own: Path | None = None
    made: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A place for a file: its path, and the SHA-256 and mode of what it overwrites there, None for nothing.

    ``first`` are the changes that make room.
    """

    path: Path
    before: str | None = None
    mode: int | None = None
    first: tuple[Effect, ...] = ()


def room_for(world: World, path: Path, wish: Wish) -> Room | None:  # noqa: PLR0911 - one for each word
    """Return where the file goes that wants *path*, None when it is there already or is not to go there.

    Raises EffectError, TemplateError, and DocumentError for a folder or a link that is in the way.
    """
    for wanted in names(path, wish.template):
        if wanted == wish.own:
            return None
        try:
            there = world.sha(wanted)
        except DocumentError:  # a folder or a link
            if wish.on_conflict in ("overwrite", "trash", "rename_existing"):
                raise
            if wish.on_conflict == "skip":
                return None
            continue
        if there is None:
            return Room(path=wanted)
        if there == wish.sha256 and (wish.made or wish.on_conflict == "deduplicate"):
            return None
        match wish.on_conflict:
            case "skip":
                return None
            case "overwrite":
                content = world.content(wanted)  # it is kept for undo, so it must not be too large for that
                return Room(path=wanted, before=there, mode=None if content is None else content[2])
            case "trash":
                return Room(path=wanted, first=tuple(thrown_away(world, wanted, there, "trash")))
            case "rename_existing":
                free = _free(world, wanted, wish.template)
                move = Move(path=free, source=wanted, after=there, kind=wish.kind)
                return Room(path=wanted, first=(move,))
    return None


def bared(world: World, room: Room, kind: str) -> list[Effect]:
    """Return the change that takes the tags off what is overwritten in *room*: so an undo brings them back with it."""
    tags = None if room.before is None else world.tags(room.path)
    return [] if tags is None else [Tags(path=room.path, stored=None, stored_before=tags, kind=kind)]


def _free(world: World, path: Path, template: str | None) -> Path:
    """Return the next name of *path* that nothing has, neither now nor in what is planned."""
    for candidate in itertools.islice(names(path, template), 1, None):
        if not os.path.lexists(candidate) and world.sha(candidate) is None:
            return candidate
    raise EffectError("There is no free name: nothing was changed.")


def more_roots(on_conflict: OnConflict, folders: Sequence[Path]) -> tuple[Path, ...]:
    """Return the folders that are written beside *folders* when a name is taken: with ``trash`` the trash."""
    return tuple(trash.folder for trash in trashes(folders)) if on_conflict == "trash" else ()


def more_outputs(on_conflict: OnConflict, folders: Sequence[Path]) -> tuple[Output, ...]:
    """Return what is made when a name in *folders* is taken: with ``trash`` something in the trash."""
    return trash_outputs(folders) if on_conflict == "trash" else ()
