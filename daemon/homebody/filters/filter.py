"""What does every filter have: a way to choose files by what is known before they are read."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """What is known of a file without reading it."""

    path: Path
    size: int
    modified: datetime


class Filter(BaseModel, ABC):
    """Chooses files; a filter written ``not x`` chooses the others."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: ClassVar[str]
    """The word in the recipe."""

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
        """Return whether the filter's own condition holds for *file*."""

    def names(self) -> tuple[str, ...] | None:
        """Return patterns of which one fits exactly the names for which ``holds`` is true, whatever their case.

        None when it is not the name that decides.
        """
        return None

    def matches(self, file: FileFacts) -> bool:
        """Return whether *file* is chosen."""
        return self.holds(file) is not self.negated

    @property
    def word(self) -> str:
        """The filter as the recipe names it: ``size`` or ``not size``."""
        return f"not {self.kind}" if self.negated else self.kind
