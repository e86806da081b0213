"""What does a recipe read: its file, or the documents that a schedule takes up?"""

import re
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    WithJsonSchema,
    field_validator,
)

from homebody.filters import Filter
from homebody.filters.marks import TaggedFilter
from homebody.filters.moment import ModifiedFilter
from homebody.quantities import say_duration, say_size
from homebody.recipe.kinds import below
from homebody.recipe.trigger import Duration, Folder, Size

LARGEST_FILE, MOST_FILE = 50_000_000, 250_000_000
"""Bytes of the largest file that is read unless a recipe says more, and the most that one may say."""
MOST_DOCUMENTS = 1000

PAGES = re.compile(r"([1-9][0-9]{0,5})(?:-([1-9][0-9]{0,5})?)?")
"""One page, the first and the last, or the first alone with a dash behind it."""


def _pages(value: Any) -> Any:
    """Return the first and the last page that *value* names, None for the end."""
    found = None if isinstance(value, bool) else PAGES.fullmatch(str(value).replace(" ", ""))
    if value is None or found is None:
        raise ValueError("must be a page or several: 2, 1-3, or 2- for all from the second on")
    first = int(found[1])
    last = int(found[2]) if found[2] else None if "-" in found[0] else first
    if last is not None and last < first:
        raise ValueError(f"ends before it begins: write {last}-{first}")
    return first, last


class Read(BaseModel):
    """How the text is got: what happens when it does not fit the model's context, or there is none."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    overflow: Literal["summarize", "join", "head", "head_tail", "fail"] = Field(
        default="summarize",
        description="What is done with a text that does not fit; it is never cut silently.",
    )
    empty: Literal["skip"] = Field(default="skip", description="What happens with a file that has no text.")
    limit: Size = Field(default=LARGEST_FILE, description="The largest file that is read, as in 50 MB.")
    pages: Annotated[
        tuple[int, int | None] | None,
        BeforeValidator(_pages),
        WithJsonSchema(
            {"type": ["string", "integer"], "pattern": r"^[1-9][0-9]*\s*(-\s*([1-9][0-9]*)?)?$", "minimum": 1}
        ),
    ] = Field(
        default=None,
        description="Which pages are read of what has pages (PDF, TIFF): 2, 1-3, or 2- for all from the second on.",
    )

    @field_validator("limit")
    @classmethod
    def _sensible(cls, limit: int) -> int:
        if not 1 <= limit <= MOST_FILE:
            raise ValueError(f"must be between 1 B and {say_size(MOST_FILE)}")
        return limit

    def long(self) -> dict[str, Any]:
        """Return the long form."""
        said = {"overflow": self.overflow, "empty": self.empty, "limit": say_size(self.limit)}
        if self.pages is not None:
            first, last = self.pages
            said["pages"] = str(first) if first == last else f"{first}-{last or ''}"
        return said


def _tags(value: Any) -> Any:
    """Return tags as the filter takes them, one alone as a list of one."""
    if value == ():
        return value
    return below("tagged", lambda: TaggedFilter.model_validate(TaggedFilter.expand(value))).tags


class Select(BaseModel):
    """Which documents a scheduled recipe takes up, the newest when there are many; ``filters`` choose among them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    folder: Folder = Field(description="Where they are.")
    recursive: StrictBool = Field(default=False, description="Whether the folders below are looked at, too.")
    name: str = Field(
        default="*", min_length=1, max_length=255, description='A pattern, as in "*.summary.md".'
    )
    newer_than: Duration | None = Field(default=None, description="How old they may be, as in 1d.")
    older_than: Duration | None = Field(default=None, description="How old they must be, as in 1w.")
    tagged: Annotated[tuple[str, ...], BeforeValidator(_tags)] = Field(
        default=(), max_length=100, description="A tag, or several of which one is enough."
    )
    limit: StrictInt = Field(default=100, ge=1, le=MOST_DOCUMENTS, description="The most documents.")

    @field_validator("name")
    @classmethod
    def _without_folder(cls, name: str) -> str:
        if "/" in name:
            raise ValueError("has a slash: a name is looked at without its folder")
        return name

    @field_validator("newer_than", "older_than")
    @classmethod
    def _some_time(cls, age: timedelta | None) -> timedelta | None:
        if age is not None and not timedelta(0) < age <= timedelta(days=36_600):
            raise ValueError("must be more than nothing, and less than a hundred years")
        return age

    @cached_property
    def own_filters(self) -> tuple[Filter, ...]:
        """What age and tags ask for, as filters."""
        ages = {
            key: value for key in ("newer_than", "older_than") if (value := getattr(self, key)) is not None
        }
        made: list[Filter] = [ModifiedFilter(**ages)] if ages else []
        return (*made, *([TaggedFilter(tags=self.tagged)] if self.tagged else []))

    def long(self) -> dict[str, Any]:
        """Return the long form."""
        said: dict[str, Any] = {
            "folder": str(self.folder),
            "recursive": self.recursive,
            "name": self.name,
            "newer_than": None if self.newer_than is None else say_duration(self.newer_than),
            "older_than": None if self.older_than is None else say_duration(self.older_than),
            "tagged": list(self.tagged) or None,
            "limit": self.limit,
        }
        return {key: value for key, value in said.items() if value is not None}


def folders(select: Select | None) -> tuple[Path, ...]:
    """Return the folder that *select* looks at, as a tuple of one or none."""
    return () if select is None else (select.folder,)
