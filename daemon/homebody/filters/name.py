"""The name filter: files by a pattern of their name."""

import fnmatch
import unicodedata
from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field, field_validator, model_validator

from homebody.filters.filter import FileFacts, Filter
from homebody.regexes import compiled, found, groups_of


class NameFilter(Filter):
    """``name: "scan*"`` or a list; ``*`` is anything, ``?`` one character; case does not matter.

    ``name: {regex: "^(?P<vendor>.+)-\\d{4}"}`` looks for a regular expression anywhere in the name; what its named
    groups hold is known to templates as ``{{ name.vendor }}``.
    """

    kind: ClassVar[str] = "name"

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

    @field_validator("regex")
    @classmethod
    def _expression(cls, regex: str | None) -> str | None:
        if regex is not None:
            compiled(regex)
        return regex

    @model_validator(mode="after")
    def _one(self) -> "NameFilter":
        if bool(self.patterns) is (self.regex is not None):
            raise ValueError('needs a pattern, as in "scan*", or {regex: "^scan"}')
        return self

    @classmethod
    def expand(cls, value: Any) -> Any:
        """Return one pattern as a list of one."""
        if isinstance(value, Mapping):
            return {"patterns": (), **value}
        return {"patterns": [value] if isinstance(value, str) else value}

    def long(self) -> Any:
        """Return the patterns, or the expression."""
        return list(self.patterns) if self.regex is None else {"regex": self.regex}

    def names(self) -> tuple[str, ...] | None:
        """Return the patterns; what an expression lets through is not known before."""
        return tuple(_same(pattern) for pattern in self.patterns) if self.regex is None else None

    def groups(self) -> tuple[str, ...]:
        """Return the names of the expression's groups."""
        return () if self.regex is None else groups_of(self.regex)

    def caught(self, file: FileFacts) -> Mapping[str, str | None]:
        """Return what the groups hold of the name."""
        empty: Mapping[str, str | None] = dict.fromkeys(self.groups())
        return empty if self.regex is None else found(self.regex, _composed(file.path.name)) or empty

    def holds(self, file: FileFacts) -> bool:
        """Return whether one pattern fits the whole name, or the expression is found in it."""
        if self.regex is not None:
            return found(self.regex, _composed(file.path.name)) is not None
        name = _same(file.path.name)
        return any(fnmatch.fnmatchcase(name, _same(pattern)) for pattern in self.patterns)


def _composed(text: str) -> str:
    """Return *text* with its accents as one character each, however the disk keeps them."""
    return unicodedata.normalize("NFC", text)


def _same(text: str) -> str:
    """Return *text* in the one form in which equal names are equal: composed, without case."""
    return _composed(text).casefold()
