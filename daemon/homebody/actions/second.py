"""How does a file get a second place, as a copy or by a second name, while it stays where it is?"""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field

from homebody.actions.action import Action, World
from homebody.actions.conflict import TEMPLATE, WORDS, OnConflict, RenameTemplate
from homebody.actions.destination import FolderOrFile, resolve, roots, whole
from homebody.actions.effect import Effect
from homebody.actions.placing import Room, Wish, bared, more_roots, room_for
from homebody.errors import EffectError


class SecondAction(Action):
    """What `copy` and `hard_link` have in common: ``dest`` holds what the file holds, and ``on_conflict`` decides."""

    needs_file: ClassVar[bool] = True

    could: ClassVar[str]
    """What there is no file for when there is none: ``be copied``."""

    dest: FolderOrFile = Field(max_length=4000)
    on_conflict: OnConflict = Field(default="rename_new", description=WORDS)
    rename_template: RenameTemplate | None = Field(default=None, description=TEMPLATE)

    @classmethod
    def expand(cls, value: Any) -> Any:
        """Return the long form of a destination alone."""
        return {"dest": value} if isinstance(value, str) else value

    def plan(self, world: World) -> list[Effect]:
        """Return the changes, none when a file that holds the same is there already. Raises EffectError."""
        if world.file is None:
            raise EffectError(f"There is no file that could {self.could}.")
        source = world.file.path
        here = world.sha(source)
        if here is None:
            raise EffectError("The file is no longer there.")
        self.check(world, source)
        wish = Wish(
            sha256=here,
            on_conflict=self.on_conflict,
            template=self.rename_template,
            kind=self.kind,
            own=source,
            made=True,
        )
        room = room_for(world, resolve(whole(self.dest), world, source.name), wish)
        if room is None:
            return []
        return [*room.first, *bared(world, room, self.kind), *self.made(world, room, source, here)]

    def check(self, world: World, source: Path) -> None:
        """Raise EffectError when the file cannot get a second place as it is planned by now."""

    @abstractmethod
    def made(self, world: World, room: Room, source: Path, here: str) -> list[Effect]:
        """Return the changes that bring what *source* holds, of the SHA-256 *here*, to its *room*."""

    def roots(self, watched: Sequence[Path], variables: Mapping[str, Any]) -> tuple[Path, ...]:
        """Return the folders that ``dest`` surely lies in, and the trash if something may go there."""
        found = roots(whole(self.dest), watched, variables)
        return (*found, *more_roots(self.on_conflict, found))

    def templates(self) -> Mapping[str, str]:
        """Return the one template."""
        return {"dest": self.dest}
