"""What is a recipe?

A recipe is a value: everything in it was checked when it was loaded, and nothing in it changes afterwards.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
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
    ValidationInfo,
    field_validator,
    model_validator,
)

from homebody.actions import Action
from homebody.filters import Filter, Stage
from homebody.paths import real
from homebody.recipe.asking import Ask, check_condition, make_asks, not_joined
from homebody.recipe.choosing import Choosing
from homebody.recipe.kinds import make_action, make_filter, misplaced, mistake, part_of, plainly
from homebody.recipe.limits import Approve, Limits, make_approve
from homebody.recipe.reading import Read, Select, folders
from homebody.recipe.trials import Trial, make_trials, refuse_unknown
from homebody.recipe.trigger import Schedule, Watch, make_trigger
from homebody.slots import Slot

__all__ = [
    "Approve",
    "Ask",
    "Limits",
    "OnError",
    "Permissions",
    "Read",
    "Recipe",
    "Schedule",
    "Select",
    "Slot",
    "Watch",
]

ANY_SIZE = 1 << 62

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?")
_VARIABLE = re.compile(r"[a-z][a-z0-9_]{0,39}")

Variable = str | int | float | bool | tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Permissions:
    """The real folders that a recipe reads and those that it may write: what the seal lets through."""

    reads: tuple[Path, ...]
    writes: tuple[Path, ...]


class OnError(BaseModel):
    """What happens when a run fails: how often it is tried again, and what then."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    retry: StrictInt = Field(default=2, ge=0, le=10, description="How often it is tried again.")
    then: Literal["quarantine"] = Field(default="quarantine", description="What happens then.")


def _list(value: Any) -> Any:
    """Return *value*; raise a mistake for what is no list."""
    if not isinstance(value, list | tuple):
        raise mistake("must be a list: each item on a line of its own that begins with a dash")
    return value


def _mode(value: Any) -> Any:
    """Return *value*; raise a mistake for what other programs have and this one cannot."""
    if value == "parallel":
        raise mistake(
            "`parallel` is not for recipes: one model answers them all, and two runs on one file would write over each"
            " other; `queued` does them one after the other"
        )
    return value


def _variables(value: Any) -> Any:
    if not isinstance(value, Mapping):
        raise mistake("must be made of names and values, as in {notes: ~/Notes}")
    made = {}
    for name, item in value.items():
        if not _VARIABLE.fullmatch(name):
            what = f'"{name}" is not a name for a variable: lower-case letters, digits and _{plainly(name)}'
            raise misplaced(name, what)
        items = item if isinstance(item, list | tuple) else [item]
        if not all(isinstance(one, str | int | float | bool) for one in items):
            raise misplaced(name, "must be a text, a number, or a list of texts")
        made[name] = tuple(item) if isinstance(item, list) else item
    return made


class Recipe(BaseModel, Choosing):
    """What wakes it, what it chooses, reads and asks, and what it does."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Annotated[Literal[1], Field(description="The version of the recipe language.")] = 1
    name: str = Field(description="A short name that stays: history and undo hang on it.")
    description: str = Field(default="", max_length=1000, description="What it is for, in words.")
    enabled: StrictBool = Field(default=True, description="Whether it runs.")
    mode: Annotated[Literal["queued", "single", "restart"], BeforeValidator(_mode)] = Field(
        default="queued", description="What happens when a file changes while a run on it waits or works."
    )
    vars: Annotated[Mapping[str, Variable], BeforeValidator(_variables)] = Field(
        default_factory=dict, description="Words of your own for templates: {{ vars.NAME }}."
    )
    triggers: Annotated[
        tuple[Annotated[Watch | Schedule, BeforeValidator(make_trigger)], ...], BeforeValidator(_list)
    ] = Field(min_length=1, max_length=20, description="What wakes it.")
    filters: Annotated[
        tuple[Annotated[Filter, BeforeValidator(make_filter)], ...], BeforeValidator(_list)
    ] = Field(default=(), max_length=50, description="Which files it takes.")
    select: Annotated[Select, part_of(Select, "select")] | None = Field(
        default=None, description="Which documents a scheduled recipe takes up."
    )
    read: Annotated[Read, part_of(Read, "read")] = Field(default_factory=Read, description="How text is got.")
    ask: Annotated[tuple[Ask, ...], BeforeValidator(make_asks)] = Field(
        default=(), description="What the model is asked: one ask, or a list of asks with names."
    )
    when: str | None = Field(
        default=None, description="A condition on the answer, as in \"{{ ask.kind == 'invoice' }}\"."
    )
    actions: Annotated[
        tuple[Annotated[Action, BeforeValidator(make_action)], ...], BeforeValidator(_list)
    ] = Field(min_length=1, max_length=50, description="What it does.")
    approve: Annotated[Approve | None, BeforeValidator(make_approve)] = Field(
        default=None, description="Whether a person is asked first: true, false, or {first: 10}."
    )
    limits: Annotated[Limits, part_of(Limits, "limits")] = Field(
        default_factory=Limits, description="How often it may run."
    )
    on_error: Annotated[OnError, part_of(OnError, "on_error")] = Field(
        default_factory=OnError, description="What happens when a run fails."
    )
    synced: Literal["refused", "allowed"] = Field(
        default="refused",
        description="Whether it may write where another program or a network carries the files away.",
    )

    tests: Annotated[tuple[Trial, ...], BeforeValidator(make_trials)] = Field(
        default=(), description="Documents to try it with, and what should come of them: `homebody test`."
    )

    @field_validator("name")
    @classmethod
    def _plain_name(cls, name: str) -> str:
        if not _NAME.fullmatch(name):
            raise ValueError(
                f'"{name}" is not a name: at most 64 lower-case letters, digits and dashes, as in tag-files'
                f"{plainly(name, '-')}"
            )
        return name

    @field_validator("when")
    @classmethod
    def _condition(cls, when: str | None, info: ValidationInfo) -> str | None:
        return None if when is None else check_condition(when, info)

    @model_validator(mode="after")
    def _fits_together(self) -> "Recipe":
        watches = any(isinstance(trigger, Watch) for trigger in self.triggers)
        schedules = any(isinstance(trigger, Schedule) for trigger in self.triggers)
        if watches and self.select is not None:
            raise misplaced("select", "`select` belongs to a schedule; a watched file is chosen by `filters`")
        schedules = schedules and not watches  # beside a watch, a schedule looks through the watched folders
        if schedules and self.filters and self.select is None:
            raise misplaced(
                "filters", "`filters` choose files, and a schedule has none: add `select`, with a folder"
            )
        if schedules and any(one.stage is Stage.OTHERS for one in self.filters):
            raise misplaced("filters", "`duplicate` is for a watch: what a schedule takes up is only read")
        if schedules and self.ask and self.select is None:
            raise misplaced("ask", "`ask` has nothing to read: add `select`, with a folder")
        if schedules and (action := next((action for action in self.actions if action.needs_file), None)):
            raise misplaced(
                "actions", f"`{action.kind}` changes the file that came, and no file comes with a schedule"
            )
        if self.read.overflow == "join" and (single := next(filter(None, map(not_joined, self.ask)), None)):
            raise misplaced(
                "read", f"`overflow: join` puts texts and lists together, and `{single}` is neither"
            )
        last = next((number for number, action in enumerate(self.actions) if action.last), len(self.actions))
        if after := next((action for action in self.actions[last + 1 :] if action.needs_file), None):
            raise misplaced(
                "actions",
                f"`{after.kind}` comes after `{self.actions[last].kind}`, which takes the file away: put it before",
            )
        refuse_unknown(self.tests, list(self.slots()), scheduled=schedules)
        return self

    @property
    def watched(self) -> tuple[Path, ...]:
        """Every watched folder."""
        return tuple(
            path for trigger in self.triggers if isinstance(trigger, Watch) for path in trigger.folders
        )

    def permissions(self) -> Permissions:
        """Return the real folders that the recipe reads, and those that its actions may write."""
        reads = dict.fromkeys(real(path) for path in (*self.watched, *folders(self.select)))
        writes = dict.fromkeys(
            root
            for action in self.actions
            for root in action.roots([real(path) for path in self.watched], self.vars)
        )
        return Permissions(reads=tuple(reads), writes=tuple(writes))

    @property
    def limit(self) -> int:
        """The largest file that it takes, in bytes: any that it need not look into."""
        looks = self.needs_text() or any(action.needs_content for action in self.actions)
        return self.read.limit if looks or "limit" in self.read.model_fields_set else ANY_SIZE

    def needs_text(self) -> bool:
        """Return whether a run may have to read its file: for asks, selected documents, filters and actions by text."""
        by_text = any(one.stage is Stage.TEXT for chosen in self.filters for one in chosen.every())
        return bool(self.ask) or self.select is not None or by_text or self.extracts

    @property
    def extracts(self) -> bool:
        """Whether an action wants the file's text."""
        return any(action.needs_text for action in self.actions)

    def slots(self) -> dict[str, Slot]:
        """Return every slot that the model fills, under the name that templates have for it: ``facts.kind``."""
        return {name: slot for one in self.ask for name, slot in one.slots().items()}

    def long(self) -> dict[str, Any]:
        """Return the recipe's long form as plain values, in the schema's order."""
        parts: dict[str, Any] = {
            "version": self.version,
            "name": self.name,
            "description": self.description,
            "enabled": self.enabled,
            "mode": self.mode,
            "vars": {
                name: list(value) if isinstance(value, tuple) else value for name, value in self.vars.items()
            },
            "triggers": [trigger.long() for trigger in self.triggers],
            "filters": [{chosen.word: chosen.long()} for chosen in self.filters],
            "select": None if self.select is None else self.select.long(),
            "read": self.read.long(),
            "ask": self._long_ask(),
            "when": self.when,
            "actions": [{action.kind: action.long()} for action in self.actions],
            "approve": False if self.approve is None else self.approve.long(),
            "limits": self.limits.long(),
            "on_error": self.on_error.model_dump(),
            "synced": self.synced,
            "tests": [one.long() for one in self.tests] or None,
        }
        if self.select is not None and not self.filters:
            del parts["filters"]
        return {key: value for key, value in parts.items() if value is not None}

    def _long_ask(self) -> Any:
        """Return what is asked in its long form: a mapping, a list where the asks have names, None for nothing."""
        said = [one.long() for one in self.ask]
        return said[0] if said and not self.ask[0].name else said or None

    @cached_property
    def hash(self) -> str:
        """The SHA-256 of the long form: the same for every way to write the same recipe.

        What changes nothing of what comes out is left out, so that no file is to be done again for it: the permission
        to write in synchronised folders, what happens while a run waits, and tests.
        """
        aside = ("synced", "mode", "tests")
        long = {key: value for key, value in self.long().items() if key not in aside}
        written = json.dumps(long, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(written.encode()).hexdigest()
