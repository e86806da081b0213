"""What do filters have in common that look for one of several texts, or for a regular expression?"""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from pydantic import Field, field_validator, model_validator

from homebody.filters.filter import FileFacts, Filter
from homebody.regexes import compiled, found, groups_of


class ExpressionFilter(Filter):
    """Looks in a text of the file, its name for one, for one of the texts in its field ``listed``, or for ``regex``.

    What the expression's named groups hold is known to templates under the filter's own word.
    """

    listed: ClassVar[str]
    """The field that holds the texts."""

    needs: ClassVar[str]
    """What to write when there are neither texts nor an expression, or both."""

    regex: str | None = Field(default=None)

    @field_validator("regex")
    @classmethod
    def _expression(cls, regex: str | None) -> str | None:
        if regex is not None:
            compiled(regex)
        return regex

    @model_validator(mode="after")
    def _one(self) -> Self:
        if bool(self.texts()) is (self.regex is not None):
            raise ValueError(f"needs {self.needs}")
        return self

    @classmethod
    def expand(cls, value: Any) -> Any:
        """Return one text as a list of one."""
        if isinstance(value, Mapping):
            return {cls.listed: (), **value}
        return {cls.listed: [value] if isinstance(value, str) else value}

    def texts(self) -> tuple[str, ...]:
        """Return the texts of which one is enough."""
        texts: tuple[str, ...] = getattr(self, self.listed)
        return texts

    def long(self) -> Any:
        """Return the texts, or the expression."""
        return list(self.texts()) if self.regex is None else {"regex": self.regex}

    def groups(self) -> tuple[str, ...]:
        """Return the names of the expression's groups."""
        return () if self.regex is None else groups_of(self.regex)

    def caught(self, file: FileFacts) -> Mapping[str, str | None]:
        """Return what the groups hold. Raises DocumentError."""
        empty: Mapping[str, str | None] = dict.fromkeys(self.groups())
        return empty if not empty or self.regex is None else found(self.regex, self.looked_at(file)) or empty

    def holds(self, file: FileFacts) -> bool:
        """Return whether one of the texts fits, or the expression is found. Raises DocumentError."""
        text = self.looked_at(file)
        return self.fits(text) if self.regex is None else found(self.regex, text) is not None

    @abstractmethod
    def looked_at(self, file: FileFacts) -> str:
        """Return the text in which the expression is looked for. Raises DocumentError."""

    @abstractmethod
    def fits(self, text: str) -> bool:
        """Return whether one of the texts fits *text*."""
