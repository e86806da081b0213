"""The size filter: files by how large they are."""

import operator
import re
from collections.abc import Callable
from typing import Any, ClassVar

from pydantic import Field, field_validator

from homebody.filters.filter import FileFacts, Filter
from homebody.quantities import parse_size, rounded, say_size

_CONDITION = re.compile(r"(<=|>=|==|=|<|>)\s*(.+)")
_COMPARE: dict[str, Callable[[int, int], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
}


class SizeFilter(Filter):
    """``size: "< 30 MB"`` or ``size: ["> 1 KB", "< 30 MB"]``: all of them must hold."""

    kind: ClassVar[str] = "size"

    conditions: tuple[str, ...] = Field(min_length=1, max_length=10, description='Like "< 30 MB".')

    @field_validator("conditions")
    @classmethod
    def _readable(cls, conditions: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(f"{sign} {say_size(size)}" for sign, size in map(_parse, conditions))

    @classmethod
    def expand(cls, value: Any) -> Any:
        """Return conditions on one line as a list."""
        return {"conditions": value.split(",") if isinstance(value, str) else value}

    def long(self) -> list[str]:
        """Return the conditions."""
        return list(self.conditions)

    def holds(self, file: FileFacts) -> bool:
        """Return whether every condition holds."""
        return all(_COMPARE[sign](file.size, size) for sign, size in map(_parse, self.conditions))

    def seen(self, file: FileFacts) -> str:
        """Return how large the file is."""
        return f"it has {rounded(file.size) if file.size >= 1000 else say_size(file.size)}"


def _parse(condition: str) -> tuple[str, int]:
    """Return the sign and the bytes of *condition*; raise ValueError for what is none."""
    match = _CONDITION.fullmatch(condition.strip())
    if match is None:
        raise ValueError(f'"{condition}" is not a condition on a size; write it like "< 30 MB" or "> 1 KB"')
    return match[1].replace("==", "="), parse_size(match[2])
