"""The extension filter: files by the ending of their name."""

import glob
from typing import Any, ClassVar

from pydantic import Field, field_validator

from homebody.filters.filter import FileFacts, Filter


class ExtensionFilter(Filter):
    """``extension: md`` or ``extension: [pdf, docx]``: case does not matter."""

    kind: ClassVar[str] = "extension"

    extensions: tuple[str, ...] = Field(
        min_length=1, max_length=100, description="The endings, without the dot."
    )

    @field_validator("extensions")
    @classmethod
    def _plain(cls, endings: tuple[str, ...]) -> tuple[str, ...]:
        plain = tuple(ending.strip().removeprefix(".").casefold() for ending in endings)
        for ending in plain:
            if not ending or "/" in ending or "*" in ending:
                raise ValueError(f'"{ending}" is not an extension; write it like md or tar.gz')
            if "," in ending:
                raise ValueError(f'"{ending}" is several; write them in brackets: [{ending}]')
        return tuple(dict.fromkeys(plain))

    @classmethod
    def expand(cls, value: Any) -> Any:
        """Return one ending as a list of one."""
        return {"extensions": [value] if isinstance(value, str) else value}

    def long(self) -> list[str]:
        """Return the endings."""
        return list(self.extensions)

    def names(self) -> tuple[str, ...]:
        """Return a pattern for each extension."""
        return tuple(f"?*.{glob.escape(ending)}" for ending in self.extensions)

    def holds(self, file: FileFacts) -> bool:
        """Return whether the name ends in one of the extensions, with something before the dot."""
        name = file.path.name.casefold()
        return any(name.endswith(f".{ending}") and name != f".{ending}" for ending in self.extensions)
