"""The filters depth and empty: files by how deep they lie, and those that hold nothing."""

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from pydantic import Field, field_validator

from homebody.filters.filter import FileFacts, Filter

_CONDITION = re.compile(r"(<=|>=|==|=|<|>|)\s*(\d{1,3})")
_COMPARE: dict[str, Callable[[int, int], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
}


class DepthFilter(Filter):
    """``depth: 0`` or ``depth: "<= 2"``: how many folders lie between the watched folder and the file.

    A file in the watched folder itself has depth 0; deeper ones come with ``recursive: true`` only.
    """

    kind: ClassVar[str] = "depth"
    shorthands: ClassVar[tuple[Mapping[str, Any], ...]] = ({"type": "integer", "minimum": 0},)

    conditions: tuple[str, ...] = Field(min_length=1, max_length=10, description='Like "<= 2".')

    @field_validator("conditions")
    @classmethod
    def _readable(cls, conditions: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(f"{sign} {count}" for sign, count in map(_parse, conditions))

    @classmethod
    def expand(cls, value: Any) -> Any:
        """Return a number, or conditions on one line, as a list."""
        if isinstance(value, int) and not isinstance(value, bool):
            return {"conditions": [f"= {value}"]}
        return {"conditions": value.split(",") if isinstance(value, str) else value}

    def long(self) -> list[str]:
        """Return the conditions."""
        return list(self.conditions)

    def holds(self, file: FileFacts) -> bool:
        """Return whether every condition holds."""
        return all(_COMPARE[sign](file.depth, count) for sign, count in map(_parse, self.conditions))

    def seen(self, file: FileFacts) -> str:
        """Return how deep the file lies."""
        return f"its depth is {file.depth}"


class EmptyFilter(Filter):
    """``- empty``: files without a single byte. Only a recipe with this filter takes them."""

    kind: ClassVar[str] = "empty"
    alone: ClassVar[bool] = True

    wanted: bool = Field(
        default=True, strict=True, description="Always true; write `not empty` for the others."
    )

    @field_validator("wanted")
    @classmethod
    def _only_true(cls, wanted: bool) -> bool:
        if not wanted:
            raise ValueError("write `not empty` for the others")
        return wanted

    @classmethod
    def expand(cls, value: Any) -> Any:
        """Return that empty files are wanted."""
        return {"wanted": True if value is None else value}

    def long(self) -> bool:
        """Return true."""
        return True

    def holds(self, file: FileFacts) -> bool:
        """Return whether the file has no bytes."""
        return file.size == 0


def _parse(condition: str) -> tuple[str, int]:
    """Return the sign and the number of *condition*; raise ValueError for what is none."""
    match = _CONDITION.fullmatch(condition.strip())
    if match is None:
        raise ValueError(f'"{condition}" is not a condition on a depth; write it like 0 or "<= 2"')
    return (match[1] or "=").replace("==", "="), int(match[2])
