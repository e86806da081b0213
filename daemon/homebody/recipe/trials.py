"""What should come of a recipe, for a document that it is tested with? The part `tests` of a recipe."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import partial
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import InitErrorDetails

from homebody.actions import ALL as ACTIONS
from homebody.actions.action import TemplateText
from homebody.recipe.kinds import below, build, details, mistake, unknown_at
from homebody.templates import meant

MOST_TRIALS = 50

Plain = str | int | float | bool | date | None
"""What YAML has for a single value."""


class Expected(BaseModel):
    """What a value is to be: all that is given must hold. Of a list, `contains` and `matches` are about its items."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    equals: Any = Field(default=None, description="It is this; of a list these items, in any order.")
    one_of: list[Any] | None = Field(default=None, min_length=1, description="It is one of these.")
    contains: Any = Field(
        default=None, description="It holds this text, or each of these; case does not matter."
    )
    matches: str | None = Field(default=None, description="A regular expression is found in it.")
    empty: bool | None = Field(default=None, description="Whether there is nothing in it.")

    @field_validator("matches")
    @classmethod
    def _compiles(cls, pattern: str | None) -> str | None:
        try:
            re.compile(pattern or "")
        except re.error as error:
            raise ValueError(f"is no regular expression: {error}") from error
        return pattern

    def long(self) -> dict[str, Any]:
        """Return what is given."""
        return {name: plain(getattr(self, name)) for name in sorted(self.model_fields_set)}


class ExpectedChange(BaseModel):
    """One change that a plan is to make: the word of its action, the path, the text or the tags after it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    word: str
    path: TemplateText | None = Field(
        default=None, max_length=1000, description="Where; * stands for anything, templates may use vars."
    )
    text: Expected | None = Field(default=None, description="What the file holds then.")
    tags: Expected | None = Field(default=None, description="Which tags it has then.")

    def long(self) -> dict[str, Any]:
        """Return the long form: the word, and under it what is given."""
        said = {
            "path": self.path,
            "text": None if self.text is None else self.text.long(),
            "tags": None if self.tags is None else self.tags.long(),
        }
        return {self.word: {key: value for key, value in said.items() if value is not None}}


def make_expected(value: Any, info: ValidationInfo) -> Any:
    """Return what a value is to be; a value alone is to be just that."""
    if value is None or isinstance(value, Expected):
        return value
    if not isinstance(value, Mapping):
        value = {"equals": value}
    if not value:
        raise mistake("is empty: say what is expected, as in `{contains: roof}`")
    return build(Expected, value, info.context, "expected")


def _named(value: Any, info: ValidationInfo) -> dict[str, Expected]:
    """Return what each slot is to be."""
    if not isinstance(value, Mapping):
        raise mistake("must be made of slots and what they hold, as in {kind: letter}")
    return {str(name): below(str(name), partial(make_expected, body, info)) for name, body in value.items()}


def _changes(value: Any, info: ValidationInfo) -> Any:
    """Return the changes of a plan; [] is a plan that changes nothing."""
    if value is None:
        return None
    if not isinstance(value, list | tuple):
        raise mistake("must be a list of changes, as in `- write: ~/Notes/a.summary.md`; [] for none")
    return tuple(below(number, partial(_change, body, info)) for number, body in enumerate(value))


def _change(body: Any, info: ValidationInfo) -> ExpectedChange:
    if isinstance(body, str):
        body = {body: None}
    words = [kind.kind for kind in ACTIONS]
    if not isinstance(body, Mapping) or len(body) != 1:
        raise mistake("must be one action and what comes of it, as in `- write: ~/Notes/a.summary.md`")
    ((word, said),) = body.items()
    if word not in words:
        raise unknown_at(str(word), words, "action")
    fields = dict(said) if isinstance(said, Mapping) else {} if said is None else {"path": said}
    if "word" in fields:
        raise unknown_at("word", ["path", "text", "tags"], "change")

    def made() -> ExpectedChange:
        for name in ("text", "tags"):
            if name in fields:
                fields[name] = below(name, partial(make_expected, fields[name], info))
        return build(ExpectedChange, {**fields, "word": word}, info.context, "change")

    return below(word, made)


def _day_or_moment(value: Any) -> Any:
    """Return a moment; a day alone is its noon."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return f"{value} 12:00"
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, 12)  # noqa: DTZ001 - in the zone of whoever tests
    return value


Moment = Annotated[datetime | None, BeforeValidator(_day_or_moment)]


class Trial(BaseModel):
    """One test of a recipe: a document, and what is to come of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(default="", max_length=200, description="What it shows, in words.")
    input: str | None = Field(default=None, description="The document: a file beside the recipe.")
    text: str | None = Field(default=None, description="The document: its words, here.")
    file: str | None = Field(
        default=None, description="The name that the document has in the watched folder."
    )
    documents: Mapping[str, str] | None = Field(
        default=None, description="For a schedule: the documents that it takes up, names and texts."
    )
    there: Mapping[str, str] = Field(
        default_factory=dict, description="Files that are there already: paths and texts."
    )
    now: Moment = Field(default=None, description="When it is, as in 2026-03-02 09:00.")
    modified: Moment = Field(default=None, description="When the document was changed; `now` if not given.")
    answer: Mapping[str, Any] | None = Field(
        default=None, description="What the slots hold; then no model is asked."
    )
    outcome: Literal["done", "skipped", "failed"] = Field(default="done", description="How it ends.")
    slots: Annotated[Mapping[str, Expected], BeforeValidator(_named)] = Field(
        default_factory=dict, description="What the answer is to hold, by slot."
    )
    changes: Annotated[tuple[ExpectedChange, ...] | None, BeforeValidator(_changes)] = Field(
        default=None, description="Every change that is to be made, as a dry run shows them."
    )

    @field_validator("input", "file")
    @classmethod
    def _below(cls, name: str | None) -> str | None:
        path = PurePosixPath(name or "x")
        if path.is_absolute() or ".." in path.parts or "\\" in str(path):
            raise ValueError(f'"{name}" must be a name without `..`, below the folder')
        return name

    def long(self) -> dict[str, Any]:
        """Return what is given, in the order of the schema."""
        said: dict[str, Any] = {}
        for name in type(self).model_fields:
            if name not in self.model_fields_set:
                continue
            value = getattr(self, name)
            if name == "slots":
                value = {slot: one.long() for slot, one in self.slots.items()}
            elif name == "changes":
                value = None if self.changes is None else [one.long() for one in self.changes]
            said[name] = plain(value)
        return said


def make_trials(value: Any, info: ValidationInfo) -> tuple[Trial, ...]:
    """Return the tests of a recipe, all mistakes together."""
    if value is None:
        return ()
    if isinstance(value, tuple):
        return value
    if not isinstance(value, list) or len(value) > MOST_TRIALS:
        raise mistake(f"must be a list of tests, at most {MOST_TRIALS}: each begins with a dash")
    made: list[Trial] = []
    mistakes: list[InitErrorDetails] = []
    for number, body in enumerate(value):
        try:
            made.append(below(number, partial(build, Trial, body, info.context, "test")))
        except ValidationError as error:
            mistakes.extend(details(error))
    if mistakes:
        raise ValidationError.from_exception_data("tests", mistakes)
    return tuple(made)


def refuse_unknown(trials: Sequence[Trial], slots: Sequence[str], *, scheduled: bool) -> None:
    """Raise a mistake for a test that names slots which the recipe does not have, or has no document."""
    for number, trial in enumerate(trials):
        for name in trial.slots:
            if name not in slots:
                raise _at(("tests", number, "slots", name), unknown_slot(name, slots), at_key=True)
        asks = list(dict.fromkeys(one.split(".")[0] for one in slots if "." in one))
        for name in named_in(trial.answer or {}, asks):
            ask = name.split(".")[0]
            if asks and ask not in asks:
                what = f'the ask "{ask}" is not known here{meant(ask, asks)}'
                raise _at(("tests", number, "answer", ask), what, at_key=True)
            if name not in slots:
                place: tuple[str | int, ...] = ("tests", number, "answer", *name.split("."))
                raise _at(place, unknown_slot(name, slots), at_key=True)
        given = [one for one in ("input", "text", "documents") if getattr(trial, one) is not None]
        if scheduled and given not in (["documents"], []):
            raise _at(("tests", number, given[0]), "a schedule takes up `documents`, names and texts")
        if not scheduled and len(given) != 1:
            raise _at(
                ("tests", number), "needs one document: `text`, or `input` with a file beside the recipe"
            )
        if given == ["documents"] and not scheduled:
            raise _at(("tests", number, "documents"), "a watched file is `text` or `input`")


def named_in(answer: Mapping[str, Any], several: Sequence[str]) -> list[str]:
    """Return the full names of the slots in *answer*; where there are *several* asks, its keys are their names."""
    if not several:
        return list(answer)
    return [
        f"{ask}.{name}"
        for ask, said in answer.items()
        for name in (said if isinstance(said, Mapping) else ("",))
    ]


def unknown_slot(name: str, slots: Sequence[str]) -> str:
    """Return what is wrong with the name of a slot that the recipe does not have."""
    return f'the slot "{name}" is not known here{meant(name, slots)}'


def _at(place: tuple[str | int, ...], what: str, *, at_key: bool = False) -> ValidationError:
    """Return a mistake at *place*, or at the key that stands there."""
    detail = InitErrorDetails(type=mistake(what, at_key=at_key), loc=place, input=None)
    return ValidationError.from_exception_data(str(place[0]), [detail])


def plain(value: Any) -> Any:
    """Return *value* as YAML has it."""
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return value.isoformat() if isinstance(value, date) else value
