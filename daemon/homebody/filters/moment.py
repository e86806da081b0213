"""The filters created and modified: files by a moment, as an age or as a day of the calendar."""

from abc import abstractmethod
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field, model_validator

from homebody.filters.age import in_words, say_span, span
from homebody.filters.filter import FileFacts, Filter

KEYS = ("older_than", "newer_than", "after", "before")


def _span(value: Any) -> timedelta | None:
    if value is None or isinstance(value, timedelta):
        return value
    if not isinstance(value, str):
        raise ValueError("must be a time with its unit, as in 30d")  # noqa: TRY004 - pydantic wants a ValueError
    return span(value)


def _day(value: Any) -> date | None:
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value.strip())
    except (AttributeError, ValueError):
        raise ValueError("must be a date as YYYY-MM-DD") from None


Span = Annotated[timedelta | None, BeforeValidator(_span)]
Day = Annotated[date | None, BeforeValidator(_day)]


class MomentFilter(Filter):
    """``{older_than: 30d}``, ``{newer_than: 1d}``, ``{after: 2026-01-01}``, ``{before: 2026-02-01}``, or several."""

    older_than: Span = Field(default=None, description="Longer ago than this, as in 30d.")
    newer_than: Span = Field(default=None, description="Not so long ago, as in 1d.")
    after: Day = Field(default=None, description="On this day or later: YYYY-MM-DD.")
    before: Day = Field(default=None, description="Before this day: YYYY-MM-DD.")

    @model_validator(mode="after")
    def _something(self) -> "MomentFilter":
        if not self._said():
            raise ValueError(f"needs one of {', '.join(KEYS)}, as in {{older_than: 30d}}")
        return self

    @classmethod
    def expand(cls, value: Any) -> Any:
        """Return the conditions as they are; anything else has none of them, which is said."""
        return dict(value) if isinstance(value, Mapping) else {}

    def _said(self) -> dict[str, Any]:
        return {key: value for key in KEYS if (value := getattr(self, key)) is not None}

    def long(self) -> dict[str, str]:
        """Return the conditions."""
        return {
            key: say_span(value) if isinstance(value, timedelta) else value.isoformat()
            for key, value in self._said().items()
        }

    @abstractmethod
    def moment(self, file: FileFacts) -> datetime | None:
        """Return the moment that counts, None where it is not known. Raises DocumentError."""

    @property
    def wavers(self) -> bool:
        """Ages grow; days of the calendar do not."""
        return self.older_than is not None or self.newer_than is not None

    def holds(self, file: FileFacts) -> bool:
        """Return whether every condition holds; none does where the moment is not known."""
        moment = self.moment(file)
        if moment is None:
            return False
        age, day = file.now - moment, moment.astimezone().date()
        return (
            (self.older_than is None or age > self.older_than)
            and (self.newer_than is None or age < self.newer_than)
            and (self.after is None or day >= self.after)
            and (self.before is None or day < self.before)
        )

    def seen(self, file: FileFacts) -> str:
        """Return when that was."""
        moment = self.moment(file)
        if moment is None:
            return "its file system does not say when it was made"
        ago = f", {in_words(file.now - moment)} ago" if self.wavers and moment <= file.now else ""
        return f"it was {self.kind} on {moment.astimezone():%Y-%m-%d}{ago}"


class ModifiedFilter(MomentFilter):
    """When the content was last changed."""

    kind: ClassVar[str] = "modified"

    def moment(self, file: FileFacts) -> datetime:
        """Return when the file was last changed."""
        return file.modified


class CreatedFilter(MomentFilter):
    """When the file was made on its disk; where the file system does not say, no file is chosen."""

    kind: ClassVar[str] = "created"

    def moment(self, file: FileFacts) -> datetime | None:
        """Return when the file was made."""
        return file.closer.born()
