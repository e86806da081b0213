"""The hard_link action: a second name for the file that woke the recipe."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field

from homebody.actions.action import World
from homebody.actions.destination import FolderOrFile
from homebody.actions.effect import Copy, Effect
from homebody.actions.placing import Room
from homebody.actions.second import SecondAction
from homebody.errors import EffectError
from homebody.paths import real


class HardLinkAction(SecondAction):
    """Gives the file that woke the recipe a second name, ``dest``: a folder when it ends with a slash, else a path.

    Both are one file: it takes no room twice, and whoever changes it in place changes it under both names. That works
    within one disk. A file that holds the same there already is left as it is; when another has the name,
    ``on_conflict`` decides, as for ``move``. Actions that change the file's content come after it, and leave the second
    name with what the file held.
    """

    kind: ClassVar[str] = "hard_link"
    could: ClassVar[str] = "get a second name"

    dest: FolderOrFile = Field(
        max_length=4000, description="The second name: a folder with a slash at its end, or a whole path."
    )

    def check(self, world: World, source: Path) -> None:
        """Raise EffectError when the recipe writes the file anew before: the name would be one of the old file."""
        if world.rewritten(source):
            raise EffectError("The file is changed before it gets a second name: put `hard_link` first.")

    def made(self, world: World, room: Room, source: Path, here: str) -> list[Effect]:
        """Return the one change that gives the file its second name."""
        name = Copy(
            path=room.path, source=source, after=here, before=room.before, kind=self.kind, tags=world.tags(source),
            linked=True,
        )  # fmt: skip
        return [name]

    def roots(self, watched: Sequence[Path], variables: Mapping[str, Any]) -> tuple[Path, ...]:
        """Return the folders that ``dest`` surely lies in, and the watched ones: the kernel asks for both."""
        return (*super().roots(watched, variables), *(real(folder) for folder in watched))
