"""The name filter: files by a pattern of their name."""

import fnmatch
import unicodedata
from typing import ClassVar

from pydantic import Field, field_validator

from homebody.filters.expression import ExpressionFilter
from homebody.filters.filter import FileFacts


class NameFilter(ExpressionFilter):
    """``name: "scan*"`` or a list; ``*`` is anything, ``?`` one character; case does not matter.

    ``name: {regex: "^(?P<vendor>.+)-\\d{4}"}`` looks for a regular expression anywhere in the name; what its named
    groups hold is known to templates as ``{{ name.vendor }}``.
    """

    kind: ClassVar[str] = "name"
    listed: ClassVar[str] = "patterns"
    needs: ClassVar[str] = 'a pattern, as in "scan*", or {regex: "^scan"}'

    patterns: tuple[str, ...] = Field(
        default=(), max_length=100, description="The patterns; one must fit the whole name."
    )
    regex: str | None = Field(default=None, description="A regular expression (RE2) to be found in the name.")

    @field_validator("patterns")
    @classmethod
    def _usable(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in patterns:
            if not pattern or len(pattern) > 255:
                raise ValueError("a pattern has between 1 and 255 characters")
            if "/" in pattern:
                raise ValueError(f'"{pattern}" has a slash: a name is looked at without its folder')
        return patterns

    def names(self) -> tuple[str, ...] | None:
        """Return the patterns; what an expression lets through is not known before."""
        return tuple(_same(pattern) for pattern in self.patterns) if self.regex is None else None

    def looked_at(self, file: FileFacts) -> str:
        """Return the file's name with its accents as one character each, however the disk keeps them."""
        return unicodedata.normalize("NFC", file.path.name)

    def fits(self, text: str) -> bool:
        """Return whether one pattern fits the whole name *text*."""
        name = _same(text)
        return any(fnmatch.fnmatchcase(name, _same(pattern)) for pattern in self.patterns)


def _same(text: str) -> str:
    """Return *text* in the one form in which equal names are equal: composed, without case."""
    return unicodedata.normalize("NFC", text).casefold()
