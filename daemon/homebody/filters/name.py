"""The name filter: files by a pattern of their name."""

import fnmatch
import unicodedata
from typing import Any, ClassVar

from pydantic import Field, field_validator

from homebody.filters.filter import FileFacts, Filter


class NameFilter(Filter):
    """``name: "scan*"`` or a list; ``*`` is anything, ``?`` one character; case does not matter."""

    kind: ClassVar[str] = "name"

    patterns: tuple[str, ...] = Field(min_length=1, max_length=100, description="The patterns; one must fit.")

    @field_validator("patterns")
    @classmethod
    def _usable(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in patterns:
            if not pattern or len(pattern) > 255:
                raise ValueError("a pattern has between 1 and 255 characters")
            if "/" in pattern:
                raise ValueError(f'"{pattern}" has a slash: a name is looked at without its folder')
        return patterns

    @classmethod
    def expand(cls, value: Any) -> Any:
        """Return one pattern as a list of one."""
        return {"patterns": [value] if isinstance(value, str) else value}

    def long(self) -> list[str]:
        """Return the patterns."""
        return list(self.patterns)

    def names(self) -> tuple[str, ...]:
        """Return the patterns."""
        return tuple(_same(pattern) for pattern in self.patterns)

    def holds(self, file: FileFacts) -> bool:
        """Return whether one pattern fits the whole name."""
        name = _same(file.path.name)
        return any(fnmatch.fnmatchcase(name, _same(pattern)) for pattern in self.patterns)


def _same(text: str) -> str:
    """Return *text* in the one form in which equal names are equal: composed, without case."""
    return unicodedata.normalize("NFC", text).casefold()
