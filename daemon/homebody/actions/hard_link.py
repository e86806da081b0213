"""The hard_link action: a second name for the file that woke the recipe."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field

from homebody.actions.action import Action, World
from homebody.actions.conflict import TEMPLATE, WORDS, OnConflict, RenameTemplate
from homebody.actions.destination import FolderOrFile, resolve, roots, whole
from homebody.actions.effect import Copy, Effect, Tags
from homebody.actions.placing import Wish, more_roots, room_for
from homebody.errors import EffectError
from homebody.paths import real


class HardLinkAction(Action):
    """Gives the file that woke the recipe a second name, ``dest``: a folder when it ends with a slash, else a path.

    Both are one file: it takes no room twice, and whoever changes it in place changes it under both names. That works
    within one disk. A file that holds the same there already is left as it is; when another has the name,
    ``on_conflict`` decides, as for ``move``. Actions that change the file's content come after it, and leave the second
    name with what the file held.
    """

    kind: ClassVar[str] = "hard_link"
    needs_file: ClassVar[bool] = True

    dest: FolderOrFile = Field(
        max_length=4000, description="The second name: a folder with a slash at its end, or a whole path."
    )
    on_conflict: OnConflict = Field(default="rename_new", description=WORDS)
    rename_template: RenameTemplate | None = Field(default=None, description=TEMPLATE)

    @classmethod
    def expand(cls, value: Any) -> Any:
        """Return the long form of a destination alone."""
        return {"dest": value} if isinstance(value, str) else value

    def plan(self, world: World) -> list[Effect]:
        """Return the changes, none when such a file is there already. Raises EffectError."""
        if world.file is None:
            raise EffectError("There is no file that could get a second name.")
        source = world.file.path
        here = world.sha(source)
        if here is None:
            raise EffectError("The file is no longer there.")
        if world.rewritten(source):
            raise EffectError("The file is changed before it gets a second name: put `hard_link` first.")
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
        name = Copy(
            path=room.path, source=source, after=here, before=room.before, kind=self.kind, tags=world.tags(source),
            linked=True,
        )  # fmt: skip
        return [*room.first, *bare, name]

    def roots(self, watched: Sequence[Path], variables: Mapping[str, Any]) -> tuple[Path, ...]:
        """Return the folders that ``dest`` surely lies in, and the watched ones: the kernel asks for both."""
        found = roots(whole(self.dest), watched, variables)
        return (*found, *(real(folder) for folder in watched), *more_roots(self.on_conflict, found))

    def templates(self) -> Mapping[str, str]:
        """Return the one template."""
        return {"dest": self.dest}
