"""The move action: the file that woke the recipe, into another folder."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field

from homebody.actions.action import Action, World
from homebody.actions.conflict import TEMPLATE, WORDS, OnConflict, RenameTemplate
from homebody.actions.destination import FolderOrFile, resolve, roots, whole
from homebody.actions.effect import Effect, Move
from homebody.actions.placing import Wish, bared, more_roots, room_for
from homebody.errors import EffectError
from homebody.paths import real


class MoveAction(Action):
    """Moves the file that woke the recipe to ``dest``: a folder when it ends with a slash, else its whole new path.

    Folders that are missing are made. When something is there already, ``on_conflict`` decides: ``rename_new``
    (beside it, as "bill 2.pdf", or as ``rename_template`` says), ``skip`` (the file stays where it is), ``deduplicate``
    (it stays when both hold the same), ``overwrite`` (the old content goes to the vault, for undo), ``trash`` (the old
    file goes to the desktop's trash), ``rename_existing`` (the old file gets the other name). The actions that follow
    meet the file in its new place.
    """

    kind: ClassVar[str] = "move"
    needs_file: ClassVar[bool] = True
    takes_away: ClassVar[bool] = True

    dest: FolderOrFile = Field(
        max_length=4000, description="Where it goes: a folder with a slash at its end, or a whole path."
    )
    on_conflict: OnConflict = Field(default="rename_new", description=WORDS)
    rename_template: RenameTemplate | None = Field(default=None, description=TEMPLATE)

    @classmethod
    def expand(cls, value: Any) -> Any:
        """Return the long form of a destination alone."""
        return {"dest": value} if isinstance(value, str) else value

    def plan(self, world: World) -> list[Effect]:
        """Return the one change, or none when the file is there already or is to stay."""
        own = "" if world.file is None else world.file.path.name
        return moved(
            world, resolve(whole(self.dest), world, own), self.on_conflict, self.rename_template, self.kind
        )

    def roots(self, watched: Sequence[Path], variables: Mapping[str, Any]) -> tuple[Path, ...]:
        """Return the folders that ``dest`` surely lies in, and the watched ones: a file leaves them."""
        found = roots(whole(self.dest), watched, variables)
        return (*found, *(real(folder) for folder in watched), *more_roots(self.on_conflict, found))

    def templates(self) -> Mapping[str, str]:
        """Return the one template."""
        return {"dest": self.dest}


def moved(world: World, path: Path, on_conflict: OnConflict, template: str | None, kind: str) -> list[Effect]:
    """Return the changes that bring the run's file to *path*, or to a name beside it."""
    if world.file is None:
        raise EffectError("There is no file that could be moved.")
    source = world.file.path
    here = world.sha(source)
    if here is None:
        raise EffectError("The file is no longer there.")
    wish = Wish(sha256=here, on_conflict=on_conflict, template=template, kind=kind, own=source)
    room = room_for(world, path, wish)
    if room is None:
        return []
    move = Move(path=room.path, source=source, after=here, before=room.before, kind=kind)
    return [*room.first, *bared(world, room, kind), move]
