"""What does every filter have: a way to choose files by what is known before the model is asked."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict


class Stage(IntEnum):
    """How close a filter has to look; those that look less come first."""

    LOOK = 0
    """The name, the place, the size and the times tell: the file is not opened."""
    INSIDE = 1
    """Its first bytes tell, or its tags."""
    TEXT = 2
    """Its text tells, which the reader has to get: when its run's turn comes, not before."""
    OTHERS = 3
    """The other files tell: when its run's turn comes, and once more just before something is changed."""


class Closer:
    """What a closer look at a file tells; each thing is looked up when it is first asked for.

    This one knows nothing: whoever has the file at hand says more. All may raise DocumentError.
    """

    def born(self) -> datetime | None:
        """Return when the file was made, None where the file system does not say."""
        return None

    def head(self) -> bytes:
        """Return its first bytes, as many as tell its kind."""
        return b""

    def matter(self) -> Mapping[str, Any]:
        """Return the keys and values of its front matter; none when it has no front matter that can be read."""
        return {}

    def tags(self) -> Collection[str]:
        """Return its tags, those of the desktop and those in its front matter."""
        return ()

    def text(self) -> str:
        """Return its text."""
        return ""

    def original(self) -> Path | None:
        """Return another watched file that holds the same and is to be kept, None when there is none."""
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """What is known of a file without opening it, and a way to know more; ``depth`` counts the folders between."""

    path: Path
    size: int
    modified: datetime
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    depth: int = 0
    closer: Closer = field(default_factory=Closer)


class Filter(BaseModel, ABC):
    """Chooses files; a filter written ``not x`` chooses the others."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: ClassVar[str]
    """The word in the recipe."""

    alone: ClassVar[bool] = False
    """Whether the word alone says everything: ``- empty``."""

    shorthands: ClassVar[tuple[Mapping[str, Any], ...]] = ()
    """What a recipe may have in place of the fields' own values, in the words of JSON Schema, for editors."""

    negated: bool = False

    @classmethod
    @abstractmethod
    def expand(cls, value: Any) -> Any:
        """Return the fields that *value*, as the recipe has it, stands for."""

    @abstractmethod
    def long(self) -> Any:
        """Return the filter's value as the recipe's long form has it."""

    @abstractmethod
    def holds(self, file: FileFacts) -> bool:
        """Return whether the filter's own condition holds for *file*. Raises DocumentError."""

    def seen(self, file: FileFacts) -> str | None:  # noqa: ARG002 - most filters say it all by themselves
        """Return in words what the filter saw of *file*, for a person who asks why; None when its name says it."""
        return None

    def names(self) -> tuple[str, ...] | None:
        """Return patterns of which one fits exactly the names for which ``holds`` is true, whatever their case.

        None when it is not the name that decides.
        """
        return None

    def groups(self) -> tuple[str, ...]:
        """Return the names under which templates find what the filter caught: ``{{ name.GROUP }}``."""
        return ()

    def caught(self, file: FileFacts) -> Mapping[str, str | None]:  # noqa: ARG002 - most filters catch nothing
        """Return what was caught of *file*, by group; None for a group that caught nothing. Raises DocumentError."""
        return {}

    @property
    def stage(self) -> Stage:
        """How close the filter has to look."""
        return Stage.LOOK

    @property
    def wavers(self) -> bool:
        """Whether the answer can change though nobody changes the file: then it is asked again at every rescan."""
        return False

    def together(self) -> "tuple[Filter, ...]":
        """Return filters that choose, all together, what this one chooses: itself, or the members of a group."""
        return (self,)

    def every(self) -> "tuple[Filter, ...]":
        """Return this filter and, of a group, all that is in it at any depth."""
        return (self,)

    def turned(self) -> "Filter":
        """Return the filter that chooses the others."""
        return self.model_copy(update={"negated": not self.negated})

    def matches(self, file: FileFacts) -> bool:
        """Return whether *file* is chosen. Raises DocumentError."""
        return self.holds(file) is not self.negated

    def judged(self, file: FileFacts, upto: Stage) -> bool | None:
        """Return whether *file* is chosen, None when that takes a closer look than *upto*. Raises DocumentError."""
        return self.matches(file) if self.stage <= upto else None

    @property
    def word(self) -> str:
        """The filter as the recipe names it: ``size`` or ``not size``."""
        return f"not {self.kind}" if self.negated else self.kind
