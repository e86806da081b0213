"""The tag action: the desktop's tags of the file that woke the recipe."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field, model_validator

from homebody.actions.action import Action, TemplateText, World
from homebody.actions.defang import printable
from homebody.actions.effect import Effect, Tags
from homebody.actions.tags import joined, merged, plain_tag, split
from homebody.errors import EffectError
from homebody.paths import real
from homebody.templates import compile_template


def _listed(value: Any) -> Any:
    """Return one text as a list of one."""
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else value


Words = Annotated[tuple[TemplateText, ...], BeforeValidator(_listed)]


class TagAction(Action):
    """Adds desktop tags to the file that woke the recipe, and removes others: what file managers show and search.

    ``add`` and ``remove`` are a tag, a list of tags, or a template of a list such as ``{{ ask.tags }}``. Tags
    that a person gave stay. The file's content and its date stay as they are. For the tags of a Markdown note
    as Obsidian has them, use ``front_matter: {add: {tags: ...}}``.
    """

    kind: ClassVar[str] = "tag"
    needs_file: ClassVar[bool] = True

    add: Words = Field(default=(), max_length=50, description="Tags to add.")
    remove: Words = Field(default=(), max_length=50, description="Tags to take away.")

    @classmethod
    def expand(cls, value: Any) -> Any:
        """Return the long form of tags alone."""
        return {"add": value} if isinstance(value, str | list) else value

    @model_validator(mode="after")
    def _something(self) -> "TagAction":
        if not self.add and not self.remove:
            raise ValueError("has neither `add` nor `remove`: it would do nothing")
        return self

    def plan(self, world: World) -> list[Effect]:
        """Return the one change, or none when the tags are as they should be. Raises EffectError."""
        if world.file is None:
            raise EffectError("There is no file that could be tagged.")
        there = world.tags(world.file.path)
        wanted = merged(split(there), self._filled(self.add, world), self._filled(self.remove, world))
        if wanted == split(there):
            return []
        return [Tags(path=world.file.path, stored=joined(wanted), stored_before=there)]

    @staticmethod
    def _filled(words: Sequence[str], world: World) -> list[str]:
        """Return the tags that *words* stand for; a template of a list gives several."""
        values, found = world.safe_values(), []
        for word in words:
            value = compile_template(word).evaluate(values)
            items = value if isinstance(value, list | tuple) else [] if value is None else [value]
            found += [tag for item in items if (tag := plain_tag(printable(str(item))))]
        return found

    def roots(self, watched: Sequence[Path], variables: Mapping[str, Any]) -> tuple[Path, ...]:  # noqa: ARG002
        """Return the watched folders: the file that woke the recipe is in one of them."""
        return tuple(real(folder) for folder in watched)

    def templates(self) -> Mapping[str, str]:
        """Return every tag that is a template."""
        return {
            f"{field}[{number}]": word
            for field, words in (("add", self.add), ("remove", self.remove))
            for number, word in enumerate(words)
        }
