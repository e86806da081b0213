"""How far may a recipe go by itself: how often on one file, and when is a person asked first?"""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictInt, ValidationInfo

from homebody.quantities import parse_duration, say_duration
from homebody.recipe.kinds import build, mistake

SHORTEST = timedelta(seconds=1)
LONGEST = timedelta(hours=1)
"""The longest time over which runs are counted: the journal lets no run wait longer."""

MOST_RUNS = 1000

_RATE = re.compile(r"\s*(\d{1,6})\s*/\s*(\S.*?)\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """So many, ``count``, within so much time, ``per``."""

    count: int
    per: timedelta

    def __str__(self) -> str:
        return f"{self.count}/{say_duration(self.per)}"


USUAL = Rate(count=30, per=timedelta(hours=1))


def _rate(value: Any) -> Rate:
    """Return the rate that a text like 3/1h means; raise a mistake for anything else."""
    if isinstance(value, Rate):
        return value
    match = _RATE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise mistake("must be how many runs in which time, as in 3/1h")
    count, per = int(match[1]), parse_duration(match[2])
    if not 1 <= count <= MOST_RUNS:
        raise mistake(f"must be between 1 and {MOST_RUNS} runs")
    if not SHORTEST <= per <= LONGEST:
        raise mistake(f"the time must be between {say_duration(SHORTEST)} and {say_duration(LONGEST)}")
    return Rate(count=count, per=per)


class Limits(BaseModel):
    """How often a recipe may run; what is over it waits, and is not lost."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    runs_per_file: Annotated[Rate, BeforeValidator(_rate)] = Field(
        default=USUAL, description="How often it may run on one file, as in 3/1h."
    )

    def long(self) -> dict[str, Any]:
        """Return the long form."""
        return {"runs_per_file": str(self.runs_per_file)}


class Approve(BaseModel):
    """A person is asked before anything is changed: for the ``first`` runs, or for all when it is None."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    first: StrictInt | None = Field(default=None, ge=1, le=10_000, description="For how many runs.")

    def long(self) -> Any:
        """Return the long form: true, or the number of runs."""
        return True if self.first is None else {"first": self.first}


def make_approve(value: Any, info: ValidationInfo) -> Approve | None:
    """Return the approval that ``false``, ``true`` or ``{first: 10}`` stands for; None is none."""
    if value is None or isinstance(value, Approve):
        return value
    if isinstance(value, bool):
        return Approve() if value else None
    if not isinstance(value, dict) or value == {} or value.get("first", 1) is None:
        raise mistake("must be true, false, or {first: 10}")
    return build(Approve, value, info.context, "approve")
