"""The extract_text action: what is said or written in a document, into a text file of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field

from homebody.actions.action import Action, World
from homebody.actions.conflict import TEMPLATE, WORDS, OnConflict, RenameTemplate
from homebody.actions.content import filled
from homebody.actions.destination import Destination, resolve, roots
from homebody.actions.effect import Effect
from homebody.actions.placing import more_roots
from homebody.actions.write import written

TEXT = "{{ document }}"


class ExtractTextAction(Action):
    """Writes the whole text of the run's file to ``dest``: what is read in a scan, and what is said in a recording.

    It is the text that the model would get, and no model is asked. When ``dest`` is there already with another content,
    ``on_conflict`` decides as for ``write``.
    """

    kind: ClassVar[str] = "extract_text"
    needs_file: ClassVar[bool] = True
    needs_text: ClassVar[bool] = True

    dest: Destination = Field(max_length=4000, description="The text file to write, beginning with a folder.")
    on_conflict: OnConflict = Field(default="rename_new", description=WORDS)
    rename_template: RenameTemplate | None = Field(default=None, description=TEMPLATE)

    @classmethod
    def expand(cls, value: Any) -> Any:
        """Return the long form of a destination alone."""
        return {"dest": value} if isinstance(value, str) else value

    def plan(self, world: World) -> list[Effect]:
        """Return the one change, or none when the file holds the text already or is to be left."""
        path = resolve(self.dest, world)
        # Filled in like any other value: in a page and in a table it is only words.
        with_text = replace(world, values={**world.values, "document": world.source})
        return written(self, path, filled(TEXT, with_text, path), world)

    def roots(self, watched: Sequence[Path], variables: Mapping[str, Any]) -> tuple[Path, ...]:
        """Return the folders that ``dest`` surely lies in, and the trash if something may go there."""
        found = roots(self.dest, watched, variables)
        return (*found, *more_roots(self.on_conflict, found))

    def templates(self) -> Mapping[str, str]:
        """Return the destination."""
        return {"dest": self.dest}
