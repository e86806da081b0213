"""The rename action: another name for the file that woke the recipe, in the folder where it lies."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field

from homebody.actions.acting import harmless
from homebody.actions.action import FROM_OUTSIDE, Action, TemplateText, World
from homebody.actions.conflict import TEMPLATE, WORDS, OnConflict, RenameTemplate
from homebody.actions.effect import Effect
from homebody.actions.move import moved
from homebody.actions.placing import more_roots
from homebody.errors import EffectError
from homebody.filenames import safe_component, safe_words
from homebody.paths import real
from homebody.templates import compile_template

_ENDING = re.compile(r"(\{\{\s*file\.(suffix|name)\s*\}\}|\.[^\W_]{1,14})$")
_OF_THE_FILE = re.compile(r"\{\{\s*file\.(suffix|name)\s*\}\}$")


def _has_an_ending(name: str) -> str:
    """Return *name*; raise ValueError when the file would lose its ending, or get a folder."""
    plain = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", name, flags=re.DOTALL)
    if "/" in plain:
        raise ValueError("a name has no slash; `move` puts a file into another folder")
    if not _ENDING.search(name.strip()):
        raise ValueError("the file would lose its ending; put {{ file.suffix }} at the end")
    return name


class RenameAction(Action):
    """Gives the file that woke the recipe the name ``name``, in the folder where it lies.

    What cannot stand in a file's name is replaced, and a name that is too long is cut before its ending.
    ``on_conflict`` is as for ``move``. The actions that follow meet the file under its new name.
    """

    kind: ClassVar[str] = "rename"
    needs_file: ClassVar[bool] = True
    takes_away: ClassVar[bool] = True

    name: Annotated[TemplateText, AfterValidator(_has_an_ending)] = Field(
        max_length=1000, description='The new name, as in "{{ ask.title }}{{ file.suffix }}".'
    )
    on_conflict: OnConflict = Field(default="rename_new", description=WORDS)
    rename_template: RenameTemplate | None = Field(default=None, description=TEMPLATE)

    @classmethod
    def expand(cls, value: Any) -> Any:
        """Return the long form of a name alone."""
        return {"name": value} if isinstance(value, str) else value

    def plan(self, world: World) -> list[Effect]:
        """Return the one change, or none when the file has that name already. Raises EffectError."""
        if world.file is None:
            raise EffectError("There is no file that could be renamed.")
        values = {name: _word(item) if name in FROM_OUTSIDE else item for name, item in world.values.items()}
        text = " ".join(compile_template(self.name).render(values).split())
        name = safe_component(text.replace("/", "-").lstrip("."))
        if not world.file.path.suffix and _OF_THE_FILE.search(self.name.strip()):
            name = name.replace(".", "-")  # else a slot would give an ending to a file that has none
        name = harmless(name, own=world.file.path.name)
        return moved(
            world, world.file.path.with_name(name), self.on_conflict, self.rename_template, self.kind
        )

    def roots(self, watched: Sequence[Path], variables: Mapping[str, Any]) -> tuple[Path, ...]:  # noqa: ARG002
        """Return the watched folders, for the file is in one of them, and the trash if something may go there."""
        folders = tuple(real(folder) for folder in watched)
        return (*folders, *more_roots(self.on_conflict, folders))

    def templates(self) -> Mapping[str, str]:
        """Return the one template."""
        return {"name": self.name}


def _word(value: Any) -> Any:
    """Return a slot's value fit to be a part of a name."""
    if isinstance(value, Mapping):
        return {key: _word(item) for key, item in value.items()}
    return safe_words(value) if isinstance(value, str) else value
