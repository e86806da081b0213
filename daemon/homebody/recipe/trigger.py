"""What wakes a recipe: a file in a watched folder, or a time that comes."""

import os
import re
from collections.abc import Mapping
from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    ValidationInfo,
    model_validator,
)

from homebody.quantities import parse_duration, parse_size, say_duration
from homebody.recipe.cron import read_cron
from homebody.recipe.kinds import build, misplaced, mistake, part_of, unknown_at
from homebody.templates import Scope, TemplateError, compile_template, meant

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONG_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?")


def folder(text: Any, info: ValidationInfo) -> Path:
    """Return the folder that *text* names to the recipe that is being loaded. Raises as ``folder_of`` does."""
    return (
        text
        if isinstance(text, Path)
        else folder_of(text, info.context.scope if info.context else Scope(names={}))
    )


def folder_of(text: Any, scope: Scope) -> Path:
    """Return the folder that *text* names, ``~`` and ``{{ vars.NAME }}`` filled in; raise a mistake for none."""
    if not isinstance(text, str) or not text.strip():
        raise mistake("must be a folder, as in ~/Notes")
    path = Path(os.path.expanduser(filled(text, scope)))  # noqa: PTH111 - it leaves what it does not know
    if not path.is_absolute():
        raise mistake(f'"{text}" is not a whole path; begin it with ~/ or /')
    if ".." in path.parts:
        raise mistake("`..` is not for folders: name the folder itself")
    if path == Path("/"):
        raise mistake("the whole disk cannot be given to a recipe; name a folder")
    return path


def filled(text: str, scope: Scope) -> str:
    """Return *text* with ``vars`` filled in, the only thing that is known before a run."""
    only = Scope(names={"vars": frozenset(scope.vars)}, vars=scope.vars)
    try:
        template = compile_template(text)
        if problems := template.problems(only):
            raise mistake("; ".join(map(str, problems)))
        return template.render({"vars": scope.vars}).strip()
    except TemplateError as error:
        raise mistake(str(error)) from error


def duration(value: Any) -> timedelta | None:
    """Return the time that a text like 5s means; a number alone has no unit and is a mistake."""
    if value is None or isinstance(value, timedelta):
        return value
    if not isinstance(value, str):
        raise mistake("must be a time with its unit, as in 5s, 10m, 2h or 1d")
    return parse_duration(value)


def size(value: Any) -> int:
    """Return the bytes that a text like 50 MB means."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise mistake("must be a size, as in 50 MB")
    return value if isinstance(value, int) else parse_size(value)


def seconds(value: Any) -> float | None:
    """Return a settling time in seconds, between a twentieth of a second and an hour."""
    found = None if value is None else duration(value)
    if found is None:
        return None
    settling = found.total_seconds()
    if not 0.05 <= settling <= 3600:
        raise mistake("must be between 50ms and 1h")
    return settling


def _time(value: Any) -> time | None:
    if value is None or isinstance(value, time):
        return value
    match = _TIME.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise mistake('must be a time of day in quotes, as in "07:30"')
    return time(int(match[1]), int(match[2]), int(match[3] or 0))


def _days(value: Any) -> tuple[str, ...] | None:
    """Return days by their first three letters, in the week's order."""
    if value is None:
        return None
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list | tuple) or not names:
        raise mistake("must be a list of days, as in [mon, fri]")
    short = dict(zip(LONG_DAYS, DAYS, strict=True))
    found = set()
    for name in names:
        word = name.casefold() if isinstance(name, str) else str(name)
        if short.get(word, word) not in DAYS:
            near = meant(word, DAYS)
            hint = near if "did you mean" in near else f"; the days are {', '.join(DAYS)}"
            raise mistake(f'"{name}" is not a day{hint}')
        found.add(short.get(word, word))
    return tuple(day for day in DAYS if day in found)


def cron_line(value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise mistake('must be five fields in quotes, as in "30 7 * * 1-5"')
    return read_cron(value)


def _times(value: Any) -> Any:
    """Return the shorthands "18:00", "2h" and "30 7 * * 1-5" as what they stand for."""
    if not isinstance(value, str):
        return value
    if _TIME.fullmatch(value.strip()):
        return {"at": value.strip()}
    return {"cron": value} if len(value.split()) == 5 else {"every": value}


Folder = Annotated[Path, BeforeValidator(folder)]
Duration = Annotated[timedelta, BeforeValidator(duration)]
Size = Annotated[int, BeforeValidator(size)]


class Watch(BaseModel):
    """A file in one of the folders has come or changed, and has lain still."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    watch: Annotated[
        tuple[Folder, ...],
        BeforeValidator(lambda value: value if isinstance(value, list | tuple) else [value]),
    ] = Field(min_length=1, max_length=50, description="The folder to watch, or a list of them.")
    recursive: StrictBool = Field(default=False, description="Whether the folders below are watched, too.")
    settle: Annotated[float | None, BeforeValidator(seconds)] = Field(
        default=None, description="How long a file must lie still, as in 5s."
    )
    existing: Literal["skip", "process"] = Field(
        default="skip", description="What happens with files that were there before the recipe."
    )

    @property
    def folders(self) -> tuple[Path, ...]:
        """The watched folders."""
        return self.watch

    def long(self) -> dict[str, Any]:
        """Return the long form."""
        said = {
            "watch": [str(path) for path in self.watch],
            "recursive": self.recursive,
            "settle": None if self.settle is None else say_duration(timedelta(seconds=self.settle)),
            "existing": self.existing,
        }
        return {key: value for key, value in said.items() if value is not None}


class Times(BaseModel):
    """When: ``every`` so long, ``at`` a time on all or some ``days``, or as a ``cron`` line says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    every: Duration | None = Field(default=None, description="As in 2h.")
    at: Annotated[time | None, BeforeValidator(_time)] = Field(
        default=None, description='As in "18:00", in quotes.'
    )
    days: Annotated[tuple[str, ...] | None, BeforeValidator(_days)] = Field(
        default=None, description="As in [mon, fri]; every day if not given."
    )
    cron: Annotated[str | None, BeforeValidator(cron_line)] = Field(
        default=None, description='As in "30 7 * * 1-5".'
    )

    @model_validator(mode="after")
    def _one(self) -> "Times":
        given = [name for name in ("every", "at", "cron") if getattr(self, name) is not None]
        if len(given) != 1:
            said = "none of them" if not given else " and ".join(given)
            raise ValueError(f"needs exactly one of every, at and cron, and has {said}")
        if self.days is not None and self.at is None:
            raise misplaced("days", '`days` belongs to `at`, as in {at: "07:30", days: [mon, fri]}')
        if self.every is not None and not timedelta(seconds=1) <= self.every <= timedelta(days=366):
            raise misplaced("every", "must be between 1s and 52w")
        return self


class Schedule(BaseModel):
    """A time has come."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schedule: Annotated[Times, part_of(Times, "schedule", _times)] = Field(description="When.")
    catch_up: Literal["once", "skip"] = Field(
        default="once", description="What happens after times that were missed, asleep or switched off."
    )

    @property
    def every(self) -> timedelta | None:
        """The pause between two times."""
        return self.schedule.every

    @property
    def at(self) -> time | None:
        """The time of day."""
        return self.schedule.at

    @property
    def days(self) -> tuple[str, ...] | None:
        """The days of the week for ``at``, by three letters; None for all."""
        return self.schedule.days

    @property
    def cron(self) -> str | None:
        """Five fields of crontab(5), the days of the week by name."""
        return self.schedule.cron

    def long(self) -> dict[str, Any]:
        """Return the long form."""
        said = {
            "every": None if self.every is None else say_duration(self.every),
            "at": None if self.at is None else self.at.strftime("%H:%M:%S").removesuffix(":00"),
            "days": None if self.days is None else list(self.days),
            "cron": self.cron,
        }
        times = {key: value for key, value in said.items() if value is not None}
        return {"schedule": times, "catch_up": self.catch_up}


def make_trigger(value: Any, info: ValidationInfo) -> Watch | Schedule:
    """Return the trigger that a list's item names."""
    kinds: dict[str, type[Watch] | type[Schedule]] = {"watch": Watch, "schedule": Schedule}
    if isinstance(value, str) and value.split(" ")[0] in kinds:
        raise mistake("a colon is missing, as in `- watch: ~/Notes`")
    if not isinstance(value, Mapping) or not value:
        raise mistake("must be `watch: FOLDER` or `schedule: TIME`")
    named = [word for word in kinds if word in value]
    if len(named) > 1:
        second = max(named, key=list(value).index)
        raise misplaced(second, "watch and schedule stand in one item; begin each with a dash of its own")
    if not named:
        raise unknown_at(next(iter(value)), list(kinds), "trigger")
    return build(kinds[named[0]], value, info.context, named[0])
