"""The trash action: the file that woke the recipe goes to where the desktop keeps what was thrown away."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from homebody.actions.action import Action, Output, World
from homebody.actions.effect import Effect
from homebody.actions.trashes import thrown_away, trash_outputs, trashes
from homebody.errors import EffectError
from homebody.paths import real


class TrashAction(Action):
    """Puts the file that woke the recipe into the desktop's trash, from where a person can bring it back.

    On Linux that is the trash of freedesktop.org: in the home folder, or at the top of the disk that the file lies
    on; on macOS ``~/.Trash``. homebody never empties it. Nothing can be done to the file after that.
    """

    kind: ClassVar[str] = "trash"
    needs_file: ClassVar[bool] = True
    takes_away: ClassVar[bool] = True
    alone: ClassVar[bool] = True
    last: ClassVar[bool] = True

    def plan(self, world: World) -> list[Effect]:
        """Return the note for the desktop and the move. Raises EffectError."""
        if world.file is None:
            raise EffectError("There is no file that could be thrown away.")
        here = world.sha(world.file.path)
        if here is None:
            raise EffectError("The file is no longer there.")
        return thrown_away(world, world.file.path, here, self.kind)

    def roots(self, watched: Sequence[Path], variables: Mapping[str, Any]) -> tuple[Path, ...]:  # noqa: ARG002
        """Return the trash, that of each other disk on which a watched folder lies, and the watched folders."""
        folders = [real(folder) for folder in watched]
        return (*(trash.folder for trash in trashes(folders)), *folders)

    def outputs(self, watched: Sequence[Path] = ()) -> tuple[Output, ...]:
        """Return the places in the trash of each disk."""
        return trash_outputs(watched)

    def templates(self) -> Mapping[str, str]:
        """Return none."""
        return {}
