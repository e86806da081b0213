"""The write action: a text into a file of its own."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field

from homebody.actions.action import Action, TemplateText, World
from homebody.actions.conflict import OnConflict, names
from homebody.actions.content import filled
from homebody.actions.destination import Destination, resolve, roots
from homebody.actions.effect import Effect, Put


class WriteAction(Action):
    """Writes ``content`` to the file ``dest``; a text without a line break at its end gets one.

    When ``dest`` is there already with another content, ``on_conflict`` decides: ``rename_new`` (write beside
    it, as "notes 2.md"), ``skip`` (leave it), ``overwrite`` (the old content goes to the vault, for undo).
    """

    kind: ClassVar[str] = "write"

    dest: Destination = Field(max_length=4000, description="The file to write, beginning with a folder.")
    content: TemplateText = Field(description="What it holds.")
    on_conflict: OnConflict = Field(
        default="rename_new", description="What happens when the file is there already."
    )

    def plan(self, world: World) -> list[Effect]:
        """Return the one change, or none when the file holds the content already or is to be left."""
        path = resolve(self.dest, world)
        text = filled(self.content, world, path)
        content = (text if text.endswith("\n") or not text else text + "\n").encode()
        for wanted in names(path):
            there = world.content(wanted)
            if there is None:
                return [Put(path=wanted, content=content, before=None, kind=self.kind)]
            data, before, mode = there
            if data == content or self.on_conflict == "skip":
                return []
            if self.on_conflict == "overwrite":
                return [Put(path=wanted, content=content, before=before, kind=self.kind, mode=mode)]
        return []

    def roots(self, watched: Sequence[Path], variables: Mapping[str, Any]) -> tuple[Path, ...]:
        """Return the folders that ``dest`` surely lies in."""
        return roots(self.dest, watched, variables)

    def templates(self) -> Mapping[str, str]:
        """Return the two templates."""
        return {"dest": self.dest, "content": self.content}
