"""How does a part of a recipe, as YAML has it, become a checked value?

Every part is built by ``build``: unknown keys are refused with what was probably meant, and all mistakes of
all parts come back together, each with its place.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ValidationError, ValidationInfo
from pydantic_core import InitErrorDetails, PydanticCustomError

from homebody.actions import ALL as ACTIONS
from homebody.actions import Action
from homebody.filters import ALL as FILTERS
from homebody.filters import Filter, Group
from homebody.recipe.habits import habit, habitual
from homebody.slots import ALL as SLOTS
from homebody.slots import Slot
from homebody.templates import Scope, meant

MISTAKE = "homebody"
"""The type of the mistakes that are told in our own words."""

Model = TypeVar("Model", bound=BaseModel)
Made = TypeVar("Made")

LATER: Mapping[str, frozenset[str]] = {
    "recipe": frozenset({"tags"}),
    "watch": frozenset({"events"}),
    "read": frozenset({"max_tokens"}),
    "ask": frozenset({"timeout", "system", "options"}),
}
"""Words of the language that are planned and not there yet, by the part that will know them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loading:
    """What is known while one file is loaded; ``words_read`` collects the word lists that it uses."""

    scope: Scope
    folder: Path | None = None
    words_read: list[Path] = field(default_factory=list)


def mistake(what: str, *, at_key: bool = False) -> PydanticCustomError:
    """Return a mistake in our own words; *at_key* places it at the key, not at its value."""
    return PydanticCustomError(MISTAKE, "{what}", {"what": what, "at_key": at_key})


def unknown(word: str, known: Collection[str], part: str) -> PydanticCustomError:
    """Return the mistake of using a *word* that *part* does not know."""
    if (meaning := habit(part, word, known)) is not None:
        return mistake(f'"{word}" is not known here; {meaning}', at_key=True)
    if word in LATER.get(part, ()):
        return mistake(f'"{word}" is not there yet; known here: {", ".join(known)}', at_key=True)
    return mistake(f'"{word}" is not known here{meant(word, known)}', at_key=True)


def unknown_at(word: str, known: Collection[str], part: str) -> ValidationError:
    """Return the same mistake, placed at the key *word*."""
    detail = InitErrorDetails(type=unknown(word, known, part), loc=(word,), input=None)
    return ValidationError.from_exception_data(part, [detail])


def keys_of(model: type[BaseModel]) -> list[str]:
    """Return the keys that a person may write in *model*'s part."""
    return [name for name, info in model.model_fields.items() if not info.exclude]


def build(model: type[Model], value: Any, context: Any, part: str, *, strict: bool | None = None) -> Model:
    """Return *value* as a *model*; raise ValidationError with every mistake in it. *strict* is pydantic's."""
    if not isinstance(value, Mapping):
        raise mistake(f"must be made of keys and values: {', '.join(keys_of(model))}")
    known = keys_of(model)
    mistakes = [
        InitErrorDetails(type=unknown(key, known, part), loc=(key,), input=None)
        for key in value
        if key not in known
    ]
    try:
        made = model.model_validate(
            {key: value[key] for key in value if key in known}, context=context, strict=strict
        )
    except ValidationError as error:
        meanings = [str(one["type"]) for one in mistakes]
        mistakes.extend(_described(one, model) for one in details(error) if not _explained(one, meanings))
    if mistakes:
        raise ValidationError.from_exception_data(model.__name__, mistakes)
    return made


def _explained(missing: InitErrorDetails, meanings: Sequence[str]) -> bool:
    """Return whether a key is only missing because it is misspelt, which is said already.

    So it is with what is wrong with a part as a whole.
    """
    if not missing["loc"] and missing["type"] == "value_error":
        return bool(meanings)
    if missing["type"] != "missing":
        return False
    name = missing["loc"][-1]
    return any(meaning.endswith(f'did you mean "{name}"?') for meaning in meanings)


def _described(one: InitErrorDetails, model: type[BaseModel]) -> InitErrorDetails:
    """Return what is missing in *model*'s part with what it is for."""
    field = (
        model.model_fields.get(str(one["loc"][0]))
        if one["type"] == "missing" and len(one["loc"]) == 1
        else None
    )
    if field is None or not field.description:
        return one
    words = field.description[0].lower() + field.description[1:].rstrip(".")
    return {**one, "type": mistake(f'"{one["loc"][0]}" is missing: {words}')}


def details(error: ValidationError) -> list[InitErrorDetails]:
    """Return the mistakes that pydantic found, to be raised again with others beside them."""
    return [_kept(one) for one in error.errors(include_url=False)]


def _kept(error: Any) -> InitErrorDetails:
    context = error.get("ctx", {})
    if error["type"] == MISTAKE:
        kind: Any = mistake(context["what"], at_key=context["at_key"])
    else:
        kind = error["type"]
    return InitErrorDetails(type=kind, loc=error["loc"], input=error["input"], ctx=context)


def below(name: str | int, make: Callable[[], Made]) -> Made:
    """Return what *make* builds; its mistakes get *name* before their place."""
    try:
        return make()
    except ValidationError as error:
        inner = details(error)
    except PydanticCustomError as error:
        inner = [InitErrorDetails(type=error, loc=(), input=None)]
    raise ValidationError.from_exception_data(
        str(name), [{**one, "loc": (name, *one.get("loc", ()))} for one in inner]
    )


def plainly(name: str, joint: str = "_") -> str:
    """Return the end of a sentence with a plain name that is near to *name*; nothing when there is none."""
    plain = re.sub(r"[^a-z0-9]+", joint, name.casefold()).strip(joint)[:40]
    return f"; {plain} would be one" if plain[:1].isalpha() and plain != name else ""


def misplaced(word: str, what: str) -> ValidationError:
    """Return a mistake about the part *word* of a recipe whose parts are each well written."""
    return ValidationError.from_exception_data(
        word, [InitErrorDetails(type=mistake(what), loc=(word,), input=None)]
    )


def part_of(model: type[BaseModel], part: str, short: Callable[[Any], Any] | None = None) -> BeforeValidator:
    """Return a validator that builds *model*; *short* turns a shorthand into its long form first."""

    def make(value: Any, info: ValidationInfo) -> Any:
        return build(model, short(value) if short else value, info.context, part)

    return BeforeValidator(make)


def _one_key(value: Any, kinds: Sequence[str], example: str, part: str) -> tuple[str, Any]:
    """Return the one key and its value of a list's item that names a kind."""
    if isinstance(value, str) and value.removeprefix("not ") in kinds:
        raise mistake(f"needs a value, as in `- {value}: ...`")
    if isinstance(value, str) and value.removeprefix("not ").split(" ")[0] in kinds:
        raise mistake(f"a colon is missing, as in `{example}`")
    if not isinstance(value, Mapping) or not value:
        raise mistake(f"must be one of: {', '.join(kinds)}; as in `{example}`")
    word, *more = value
    if more:
        stray = next((key for key in value if key.removeprefix("not ") not in kinds), None)
        if stray is None:
            raise mistake(f"{word} and {more[0]} stand in one item; begin each with a dash of its own")
        if word.removeprefix("not ") in kinds:
            raise mistake(f'"{more[0]}" stands beside {word}; indent it more if it belongs to {word}')
        raise unknown_at(stray, kinds, part)
    return word, value[word]


def make_filter(value: Any, info: ValidationInfo) -> Filter:
    """Return the filter that a list's item names; some need no value, and a group is made of filters."""
    kinds = {kind.kind: kind for kind in FILTERS}
    if isinstance(value, str) and getattr(kinds.get(value.removeprefix("not ").strip()), "alone", False):
        value = {value: None}
    word, body = _one_key(value, list(kinds), "- extension: md", "filter")
    name = word.removeprefix("not ").strip()
    if name not in kinds:
        what = unknown(name, list(kinds), "filter")
        raise ValidationError.from_exception_data(
            "filter", [InitErrorDetails(type=what, loc=(word,), input=None)]
        )
    kind = kinds[name]
    fields = {**kind.expand(body), "negated": word != name}
    if issubclass(kind, Group):
        fields["filters"] = below(word, lambda: _members(fields["filters"], info))
    return below(word, lambda: _known_fields(kind, fields, info))


def _members(items: Any, info: ValidationInfo) -> tuple[Filter, ...]:
    """Return the filters of a group, the mistakes in all of them together."""
    if not isinstance(items, list | tuple) or not items:
        raise mistake("needs filters: a list of them, each item with a dash of its own")
    made: list[Filter] = []
    mistakes: list[InitErrorDetails] = []
    for number, item in enumerate(items):
        try:
            made.append(below(str(number), partial(make_filter, item, info)))
        except ValidationError as error:
            for one in details(error):
                one["loc"] = (number, *one.get("loc", ())[1:])
                mistakes.append(one)
    if mistakes:
        raise ValidationError.from_exception_data("filters", mistakes)
    return tuple(made)


def _known_fields(kind: type[Filter], fields: Mapping[str, Any], info: ValidationInfo) -> Filter:
    """Return the filter with *fields*; one that a person wrote and the kind does not have is a mistake of its own."""
    known = [name for name in kind.model_fields if name != "negated"]
    if stray := next((name for name in fields if name not in kind.model_fields), None):
        raise unknown_at(stray, known, kind.kind)
    return kind.model_validate(fields, context=info.context)


def make_action(value: Any, info: ValidationInfo) -> Action:
    """Return the action that a list's item names."""
    kinds = {kind.kind: kind for kind in ACTIONS}
    if isinstance(value, str) and value in kinds and kinds[value].alone:
        value = {value: None}
    word, body = _one_key(value, list(kinds), "- write: {dest: ..., content: ...}", "action")
    if word not in kinds:
        raise unknown_at(word, list(kinds), "action")
    kind = kinds[word]
    if kind.alone and not isinstance(body, Mapping):
        if body is not None:
            raise misplaced(word, f"takes nothing more: `- {word}`")
        body = {}
    return below(word, lambda: build(kind, kind.expand(body), info.context, word))


def shorthand(value: Any) -> Any:
    """Return the fields that a slot's type alone stands for; a question mark behind it says that it is optional."""
    if not isinstance(value, str):
        return value
    return {"type": value[:-1].rstrip(), "optional": True} if value.endswith("?") else {"type": value}


def make_slot(value: Any, info: ValidationInfo) -> Slot:
    """Return the slot that an entry of ``output`` describes; its type alone is a shorthand."""
    kinds = list(dict.fromkeys(str(kind.model_fields["type"].default) for kind in SLOTS))
    fields = shorthand(value)
    if isinstance(fields, Mapping) and "type" not in fields:
        for word in fields:
            if "did you mean" in habitual("slot", word, ["type"]):
                raise unknown_at(word, ["type"], "slot")
    if not isinstance(fields, Mapping) or not isinstance(fields.get("type"), str):
        raise mistake(f"needs a type: one of {', '.join(kinds)}; as in `{{type: text, max: 400}}`")
    word = fields["type"]
    if word not in kinds:
        raise mistake(f'"{word}" is not a type of slot{habitual("type", word, kinds)}')
    return build(_kind_of(fields), fields, info.context, "slot", strict=True)


def _kind_of(fields: Mapping[str, Any]) -> type[Slot]:
    """Return the kind of slot with the type of *fields*; a list with names in its ``of`` is one of objects."""
    of_objects = isinstance(fields.get("of"), Mapping)
    fitting = [kind for kind in SLOTS if kind.model_fields["type"].default == fields["type"]]
    return fitting[-1] if of_objects else fitting[0]
