"""The move action: the file that woke the recipe, into another folder."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field

from homebody.actions.action import Action, World
from homebody.actions.conflict import OnConflict, names
from homebody.actions.destination import FolderOrFile, resolve, roots, whole
from homebody.actions.effect import Effect, Move, Tags
from homebody.errors import DocumentError, EffectError
from homebody.paths import real


class MoveAction(Action):
    """Moves the file that woke the recipe to ``dest``: a folder when it ends with a slash, else its whole new path.

    Folders that are missing are made. When something is there already, ``on_conflict`` decides: ``rename_new``
    (beside it, as "bill 2.pdf"), ``skip`` (the file stays where it is), ``overwrite`` (the old content goes to
    the vault, for undo). The actions that follow meet the file in its new place.
    """

    kind: ClassVar[str] = "move"
    needs_file: ClassVar[bool] = True
    takes_away: ClassVar[bool] = True

    dest: FolderOrFile = Field(
        max_length=4000, description="Where it goes: a folder with a slash at its end, or a whole path."
    )
    on_conflict: OnConflict = Field(
        default="rename_new", description="What happens when a file of that name is there already."
    )

    @classmethod
    def expand(cls, value: Any) -> Any:
        """Return the long form of a destination alone."""
        return {"dest": value} if isinstance(value, str) else value

    def plan(self, world: World) -> list[Effect]:
        """Return the one change, or none when the file is there already or is to stay."""
        own = "" if world.file is None else world.file.path.name
        return moved(world, resolve(whole(self.dest), world, own), self.on_conflict, self.kind)

    def roots(self, watched: Sequence[Path], variables: Mapping[str, Any]) -> tuple[Path, ...]:
        """Return the folders that ``dest`` surely lies in, and the watched ones: a file leaves them."""
        return (*roots(whole(self.dest), watched, variables), *(real(folder) for folder in watched))

    def templates(self) -> Mapping[str, str]:
        """Return the one template."""
        return {"dest": self.dest}


def moved(world: World, path: Path, on_conflict: OnConflict, kind: str) -> list[Effect]:
    """Return the change that brings the run's file to *path*, or to a name beside it."""
    if world.file is None:
        raise EffectError("There is no file that could be moved.")
    source = world.file.path
    here = world.sha(source)
    if here is None:
        raise EffectError("The file is no longer there.")
    for wanted in names(path):
        if wanted == source:
            return []
        try:
            there = world.content(wanted)
        except DocumentError:  # a folder, a link, a file too large to be kept for undo
            if on_conflict == "overwrite":
                raise
            if on_conflict == "skip":
                return []
            continue
        if there is None:
            return [Move(path=wanted, source=source, after=here, kind=kind)]
        if on_conflict == "skip":
            return []
        if on_conflict == "overwrite":
            # Its tags go first, as a change of their own: so an undo brings them back with the file.
            tags = world.tags(wanted)
            bare = [] if tags is None else [Tags(path=wanted, stored=None, stored_before=tags, kind=kind)]
            return [*bare, Move(path=wanted, source=source, after=here, before=there[1], kind=kind)]
    return []
