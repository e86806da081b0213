"""The duplicate filter: files of which another one holds just the same."""

from typing import Any, ClassVar

from pydantic import Field, field_validator

from homebody.filters.filter import FileFacts, Filter, Stage


class DuplicateFilter(Filter):
    """``- duplicate``: another file in the recipe's folders holds the same bytes and was there first.

    Just before anything is changed the other one is read again, so that of equal files one always stays. Files
    without a byte are no duplicates.
    """

    kind: ClassVar[str] = "duplicate"
    alone: ClassVar[bool] = True

    wanted: bool = Field(
        default=True, strict=True, description="Always true; write `not duplicate` for the others."
    )

    @field_validator("wanted")
    @classmethod
    def _only_true(cls, wanted: bool) -> bool:
        if not wanted:
            raise ValueError("write `not duplicate` for the others")
        return wanted

    @classmethod
    def expand(cls, value: Any) -> Any:
        """Return that duplicates are wanted."""
        return {"wanted": True if value is None else value}

    def long(self) -> bool:
        """Return true."""
        return True

    @property
    def stage(self) -> Stage:
        """The other files tell."""
        return Stage.OTHERS

    def holds(self, file: FileFacts) -> bool:
        """Return whether there is another file that was there first."""
        return file.size > 0 and file.closer.original() is not None

    def seen(self, file: FileFacts) -> str:
        """Return which file holds the same."""
        original = file.closer.original() if file.size else None
        return "no other file there holds the same" if original is None else f"{original} holds the same"
