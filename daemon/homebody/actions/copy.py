"""The copy action: a second file that holds what the one that woke the recipe holds."""

from pathlib import Path
from typing import ClassVar

from pydantic import Field

from homebody.actions.action import World
from homebody.actions.destination import FolderOrFile
from homebody.actions.effect import Copy, Effect, Put, Tags
from homebody.actions.placing import Room
from homebody.actions.second import SecondAction


class CopyAction(SecondAction):
    """Copies the file that woke the recipe to ``dest``: a folder when it ends with a slash, else a whole path.

    Mode, date and tags are those of the file. A file that holds the same there already is left as it is. When
    another has the name, ``on_conflict`` decides, as for ``move``. The actions that follow meet the file, not its copy.
    """

    kind: ClassVar[str] = "copy"
    could: ClassVar[str] = "be copied"

    dest: FolderOrFile = Field(
        max_length=4000, description="Where the copy goes: a folder with a slash at its end, or a whole path."
    )

    def made(self, world: World, room: Room, source: Path, here: str) -> list[Effect]:
        """Return the changes that bring a copy to its *room*: of a file that the recipe rewrites, its new content."""
        tags = world.tags(source)
        if not world.rewritten(source):
            return [Copy(path=room.path, source=source, after=here, before=room.before, tags=tags)]
        there = world.content(source)
        assert there is not None
        put = Put(path=room.path, content=there[0], before=room.before, kind=self.kind, mode=there[2])
        given = (
            [] if tags is None else [Tags(path=room.path, stored=tags, stored_before=None, kind=self.kind)]
        )
        return [put, *given]
