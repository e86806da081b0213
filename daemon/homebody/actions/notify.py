"""The notify action: a notice for the person, in the recipe's own words."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field

from homebody.actions.action import Action, TemplateText, World
from homebody.actions.defang import printable
from homebody.actions.effect import Effect, Notice
from homebody.templates import compile_template

LONGEST = 500
"""Characters of a notice: what is longer is cut, and says so."""

KNOWN: Mapping[str, frozenset[str] | None] = {
    "vars": None,
    "recipe": None,
    "run": None,
    "name": None,
    "file": frozenset({"name", "stem", "suffix", "path", "folder", "size", "modified"}),
}
"""What a notice may say: nothing of it is text of a document, or was answered by a model that has read one."""


def _no_text(message: str) -> str:
    """Return *message*; raise ValueError when it would tell something of a document's text."""
    for use in compile_template(message).uses:
        attributes = KNOWN.get(use.name, frozenset())
        if attributes is not None and use.attribute not in attributes:
            raise ValueError(
                f'"{use}" may not be in a notice: it leaves the seal, so it holds the recipe\'s own words and names of'
                " files, and nothing of what is in a document or was answered"
            )
    return message


class NotifyAction(Action):
    """Tells the person something once the run is done: ``homebody notices`` lists it, and shows it on the desktop.

    ``message`` is the recipe's own text, with names of files, and never holds text of a document or an answer. A run
    that is taken back takes its notices back, too.
    """

    kind: ClassVar[str] = "notify"

    message: Annotated[TemplateText, AfterValidator(_no_text)] = Field(
        min_length=1, max_length=2000, description='What the person is told, as in "Filed {{ file.name }}".'
    )

    @classmethod
    def expand(cls, value: Any) -> Any:
        """Return the long form of a message alone."""
        return {"message": value} if isinstance(value, str) else value

    def plan(self, world: World) -> list[Effect]:
        """Return the notice, none when it would be empty. Raises TemplateError."""
        words = " ".join(printable(compile_template(self.message).render(world.values)).split())
        if not words:
            return []
        return [Notice(words=words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…")]

    def roots(self, watched: Sequence[Path], variables: Mapping[str, Any]) -> tuple[Path, ...]:  # noqa: ARG002
        """Return none: a notice is no file."""
        return ()

    def templates(self) -> Mapping[str, str]:
        """Return the one template."""
        return {"message": self.message}
