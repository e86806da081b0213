"""The write action: a text into a file of its own."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Protocol

from pydantic import Field

from homebody.actions.action import Action, TemplateText, World
from homebody.actions.conflict import TEMPLATE, WORDS, OnConflict, RenameTemplate
from homebody.actions.content import filled
from homebody.actions.destination import Destination, resolve, roots
from homebody.actions.effect import Effect, Put, sha
from homebody.actions.placing import Wish, more_roots, room_for


class Writes(Protocol):
    """An action that writes a text into a file of its own."""

    kind: ClassVar[str]

    @property
    def on_conflict(self) -> OnConflict:
        """What becomes of a file that is there already."""

    @property
    def rename_template(self) -> str | None:
        """How another name is made."""


def written(action: Writes, path: Path, text: str, world: World) -> list[Effect]:
    """Return the changes by which *text* comes to lie at *path*, none when it does already or is not to."""
    content = (text if text.endswith("\n") or not text else text + "\n").encode()
    wish = Wish(
        sha256=str(sha(content)),
        on_conflict=action.on_conflict,
        template=action.rename_template,
        kind=action.kind,
        made=True,
    )
    room = room_for(world, path, wish)
    if room is None:
        return []
    put = Put(path=room.path, content=content, before=room.before, kind=action.kind, mode=room.mode)
    return [*room.first, put]


class WriteAction(Action):
    """Writes ``content`` to the file ``dest``; a text without a line break at its end gets one.

    When ``dest`` is there already with another content, ``on_conflict`` decides: ``rename_new`` and ``deduplicate``
    (write beside it, as "notes 2.md", or as ``rename_template`` says), ``skip`` (leave it), ``overwrite`` (the old
    content goes to the vault, for undo), ``trash`` (the old file goes to the desktop's trash), ``rename_existing`` (the
    old file gets the other name).
    """

    kind: ClassVar[str] = "write"

    dest: Destination = Field(max_length=4000, description="The file to write, beginning with a folder.")
    content: TemplateText = Field(description="What it holds.")
    on_conflict: OnConflict = Field(default="rename_new", description=WORDS)
    rename_template: RenameTemplate | None = Field(default=None, description=TEMPLATE)

    def plan(self, world: World) -> list[Effect]:
        """Return the one change, or none when the file holds the content already or is to be left."""
        path = resolve(self.dest, world)
        return written(self, path, filled(self.content, world, path), world)

    def roots(self, watched: Sequence[Path], variables: Mapping[str, Any]) -> tuple[Path, ...]:
        """Return the folders that ``dest`` surely lies in, and the trash if something may go there."""
        found = roots(self.dest, watched, variables)
        return (*found, *more_roots(self.on_conflict, found))

    def templates(self) -> Mapping[str, str]:
        """Return the two templates."""
        return {"dest": self.dest, "content": self.content}
