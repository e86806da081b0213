"""The copy action: a second file that holds what the one that woke the recipe holds."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field

from homebody.actions.action import Action, World
from homebody.actions.conflict import TEMPLATE, WORDS, OnConflict, RenameTemplate
from homebody.actions.destination import FolderOrFile, resolve, roots, whole
from homebody.actions.effect import Copy, Effect, Put, Tags
from homebody.actions.placing import Wish, more_roots, room_for
from homebody.errors import EffectError


class CopyAction(Action):
    """Copies the file that woke the recipe to ``dest``: a folder when it ends with a slash, else a whole path.

    Mode, date and tags are those of the file. A file that holds the same there already is left as it is. When
    another has the name, ``on_conflict`` decides, as for ``move``. The actions that follow meet the file, not its copy.
    """

    kind: ClassVar[str] = "copy"
    needs_file: ClassVar[bool] = True

    dest: FolderOrFile = Field(
        max_length=4000, description="Where the copy goes: a folder with a slash at its end, or a whole path."
    )
    on_conflict: OnConflict = Field(default="rename_new", description=WORDS)
    rename_template: RenameTemplate | None = Field(default=None, description=TEMPLATE)

    @classmethod
    def expand(cls, value: Any) -> Any:
        """Return the long form of a destination alone."""
        return {"dest": value} if isinstance(value, str) else value

    def plan(self, world: World) -> list[Effect]:
        """Return the changes, none when such a copy is there already. Raises EffectError."""
        if world.file is None:
            raise EffectError("There is no file that could be copied.")
        source = world.file.path
        here = world.sha(source)
        if here is None:
            raise EffectError("The file is no longer there.")
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
        tags = None if room.before is None else world.tags(room.path)
        bare = [] if tags is None else [Tags(path=room.path, stored=None, stored_before=tags, kind=self.kind)]
        return [*room.first, *bare, *self._copied(world, room.path, here, room.before)]

    def _copied(self, world: World, path: Path, here: str, before: str | None) -> list[Effect]:
        """Return the changes that bring a copy to *path*; of a file that the recipe writes anew, its new content."""
        assert world.file is not None
        source, tags = world.file.path, world.tags(world.file.path)
        if not world.rewritten(source):
            return [Copy(path=path, source=source, after=here, before=before, tags=tags)]
        there = world.content(source)
        assert there is not None
        put = Put(path=path, content=there[0], before=before, kind=self.kind, mode=there[2])
        given = [] if tags is None else [Tags(path=path, stored=tags, stored_before=None, kind=self.kind)]
        return [put, *given]

    def roots(self, watched: Sequence[Path], variables: Mapping[str, Any]) -> tuple[Path, ...]:
        """Return the folders that ``dest`` surely lies in, and the trash if something may go there."""
        found = roots(whole(self.dest), watched, variables)
        return (*found, *more_roots(self.on_conflict, found))

    def templates(self) -> Mapping[str, str]:
        """Return the one template."""
        return {"dest": self.dest}
