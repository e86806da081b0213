"""What does every action have: a way to say which files it would change, and where it may."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, Protocol

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationInfo

from homebody.actions.conflict import NUMBERING
from homebody.actions.defang import defanged
from homebody.actions.effect import Effect
from homebody.actions.tags import stored_tags
from homebody.template_words import one_brace
from homebody.templates import Scope, TemplateError, compile_template

FROM_OUTSIDE = ("ask", "contains")
"""The names under which templates know what a model answered, and what filters caught of a document's text."""


class OnDisk(Protocol):
    """The run's own file, as it was read."""

    @property
    def path(self) -> Path:
        """Where it is."""

    @property
    def data(self) -> bytes:
        """What it holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What an action knows: the templates' values, the run's file and text, and the files as they are.

    ``content`` returns a file's bytes, their SHA-256 and its mode, or None; what earlier actions of the same
    run have planned counts as done, so ``file`` is where they have moved it. ``tags`` returns a file's desktop
    tags as they are stored. ``roots`` are the folders that the recipe may write.
    """

    values: Mapping[str, Any]
    file: OnDisk | None
    source: str
    roots: tuple[Path, ...]
    content: Callable[[Path], tuple[bytes, str, int] | None]
    tags: Callable[[Path], bytes | None] = stored_tags
    hashed: Callable[[Path], str | None] | None = None
    rewritten: Callable[[Path], bool] = lambda _path: False

    def sha(self, path: Path) -> str | None:
        """Return the SHA-256 of what *path* holds, None for nothing; a file of any size has one.

        Raises DocumentError.
        """
        if self.hashed is not None:
            return self.hashed(path)
        there = self.content(path)
        return None if there is None else there[1]

    def safe_values(self) -> Mapping[str, Any]:
        """Return the values with addresses that the model made up put out of action."""
        known = {
            word: defanged(self.values[word], self.source) for word in FROM_OUTSIDE if word in self.values
        }
        return {**self.values, **known}


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """Where an action may make a file: the template ``dest``; *numbered* when the name may get a number.

    ``rename_template`` says how such a name is made, None for a blank and the number before the ending.
    """

    dest: str
    numbered: bool = False
    rename_template: str | None = None


class Action(BaseModel, ABC):
    """Plans changes; it never makes one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: ClassVar[str]
    """The word in the recipe."""

    needs_file: ClassVar[bool] = False
    """Whether the action changes the very file that woke the recipe."""

    needs_content: ClassVar[bool] = False
    """Whether the action looks into that file: then the file must be small enough to be read."""

    needs_text: ClassVar[bool] = False
    """Whether the action wants the file's text, as the reader gives it."""

    alone: ClassVar[bool] = False
    """Whether the word says everything, as in ``- trash``."""

    last: ClassVar[bool] = False
    """Whether nothing more can be done to that file afterwards."""

    takes_away: ClassVar[bool] = False
    """Whether that file is afterwards no longer where it was."""

    @classmethod
    def expand(cls, value: Any) -> Any:
        """Return the fields that *value*, as the recipe has it, stands for."""
        return value

    def long(self) -> dict[str, Any]:
        """Return the action's fields as the recipe's long form has them."""
        return {name: _plain(value) for name, value in self if value is not None and value != {}}

    @abstractmethod
    def plan(self, world: World) -> list[Effect]:
        """Return the changes, none when everything is as it should be; raise EffectError or TemplateError."""

    @abstractmethod
    def roots(self, watched: Sequence[Path], variables: Mapping[str, Any]) -> tuple[Path, ...]:
        """Return the folders that the action may write; raise RecipeError when they cannot be known."""

    @abstractmethod
    def templates(self) -> Mapping[str, str]:
        """Return the action's templates by the field they stand in."""

    def outputs(self, watched: Sequence[Path] = ()) -> tuple[Output, ...]:  # noqa: ARG002 - some need to know
        """Return where the action of a recipe on *watched* may make files: by its field ``dest``, if it has one.

        A ``dest`` that ends in a slash stands for the file's own name there. An action that only changes the
        file that woke the recipe makes none.
        """
        dest = self.templates().get("dest")
        if dest is None:
            return ()
        name = "{{ file.name }}" if dest.rstrip().endswith("/") else ""
        # By the name of the field, so that no action with a `dest` can forget to say it.
        numbered = getattr(self, "on_conflict", None) in NUMBERING
        template = getattr(self, "rename_template", None) if numbered else None
        return (Output(dest=dest.strip() + name, numbered=numbered, rename_template=template),)


def _plain(value: Any) -> Any:
    """Return *value* with tuples as lists, as YAML has them."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def scope_of(info: ValidationInfo) -> Scope | None:
    """Return what the recipe's templates know, when a recipe is being loaded."""
    return getattr(info.context, "scope", None)


class TemplateMistakeError(ValueError):
    """A field's template is wrong; ``line`` counts from its first line."""

    def __init__(self, words: str, line: int) -> None:
        super().__init__(words)
        self.line = line


def check_template(text: str, info: ValidationInfo) -> str:
    """Return *text*; raise ValueError when it is no template, or reads what the recipe does not have."""
    try:
        template = compile_template(text)
    except TemplateError as error:
        raise TemplateMistakeError(str(error), error.line) from error
    if (single := one_brace(text)) is not None:
        raise TemplateMistakeError(
            f"a template has two braces on each side: {{{{ {single} }}}}", _line(text, single)
        )
    scope = scope_of(info)
    if scope is not None and (problems := template.problems(scope)):
        raise TemplateMistakeError("; ".join(map(str, problems)), problems[0].line)
    return text


def _line(text: str, word: str) -> int:
    """Return the line of *text* in which *word* stands first."""
    return text[: text.index(word)].count("\n") + 1


TemplateText = Annotated[str, AfterValidator(check_template)]
"""A field of a recipe that is a template."""
