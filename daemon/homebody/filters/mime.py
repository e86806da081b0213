"""The mime filter: files by what they are, whatever they are called."""

import fnmatch
import re
from typing import Any, ClassVar

from pydantic import Field, field_validator

from homebody.filters.filter import FileFacts, Filter, Stage
from homebody.filters.magic import kind_of

_TYPE = re.compile(r"(?:\*|[a-z]+)/(?:\*|[a-z0-9][a-z0-9.+_-]*\*?)")


class MimeFilter(Filter):
    """``mime: application/pdf`` or ``mime: [image/*, video/*]``: told from the first bytes, not from the name."""

    kind: ClassVar[str] = "mime"

    types: tuple[str, ...] = Field(min_length=1, max_length=100, description="Media types; * is anything.")

    @field_validator("types")
    @classmethod
    def _plain(cls, types: tuple[str, ...]) -> tuple[str, ...]:
        plain = tuple(one.strip().lower() for one in types)
        for one in plain:
            if not _TYPE.fullmatch(one):
                raise ValueError(f'"{one}" is not a media type; write it like application/pdf or image/*')
        return tuple(dict.fromkeys(plain))

    @classmethod
    def expand(cls, value: Any) -> Any:
        """Return one type as a list of one."""
        return {"types": [value] if isinstance(value, str) else value}

    def long(self) -> list[str]:
        """Return the types."""
        return list(self.types)

    @property
    def stage(self) -> Stage:
        """The first bytes tell."""
        return Stage.INSIDE

    def holds(self, file: FileFacts) -> bool:
        """Return whether the file is of one of the types."""
        kind = kind_of(file.closer.head())
        return any(fnmatch.fnmatchcase(kind, one) for one in self.types)

    def seen(self, file: FileFacts) -> str:
        """Return what the file is."""
        return f"it is {kind_of(file.closer.head())}"
