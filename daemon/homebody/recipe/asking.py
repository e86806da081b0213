"""What does a recipe ask the model: its words, and the slots to fill?

One ask without a name, or several with names, one after the other about one document: a later one can use what
the earlier ones found out.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from typing import Annotated, Any, cast

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

from homebody.actions.action import check_template
from homebody.languages import language_in_words
from homebody.recipe.kinds import (
    Loading,
    below,
    build,
    details,
    make_slot,
    misplaced,
    mistake,
    plainly,
    shorthand,
)
from homebody.recipe.sampling import make_sampling
from homebody.recipe.vocabulary import read_words
from homebody.sampling import Sampling
from homebody.slots import ListSlot, ObjectsSlot, Slot, TextSlot
from homebody.templates import compile_template, meant

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_LANGUAGE = re.compile(r"[^\W\d_][\w ()-]{1,39}")
MOST_SLOTS = 20
MOST_ASKS = 10

PART_CHARACTERS = 100
"""The most characters that a text in a small object may have, unless it says otherwise."""


def _slots(value: Any, info: ValidationInfo) -> dict[str, Slot]:
    """Return every slot by its name, all mistakes together."""
    if not isinstance(value, Mapping) or not value:
        raise mistake("must name at least one slot, as in `summary: {type: text, max: 400}`")
    made: dict[str, Slot] = {}
    mistakes: list[InitErrorDetails] = []
    for name, body in value.items():
        try:
            made[name] = below(name, lambda name=name, body=body: _slot(name, body, info))  # type: ignore[misc]
        except ValidationError as error:
            mistakes.extend(details(error))
    if mistakes:
        raise ValidationError.from_exception_data("output", mistakes)
    return made


def _slot(name: str, body: Any, info: ValidationInfo) -> Slot:
    if not _NAME.fullmatch(name):
        what = f'"{name}" is not a name for a slot: lower-case letters, digits and _{plainly(name)}'
        raise mistake(what, at_key=True)
    if isinstance(body, Mapping) and isinstance(body.get("of"), str):
        words = below("of", lambda: read_words(body["of"], cast("Loading", info.context)))
        body = {**body, "of": words}
    if isinstance(body, Mapping) and isinstance(body.get("of"), Mapping) and body.get("type") == "list":
        body = {**body, "of": below("of", lambda: _slots(_short(body["of"]), info))}
    return make_slot(body, info)


def _short(parts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts of a small object with texts that are short where nothing else is said."""
    short: dict[str, Any] = {}
    for name, body in parts.items():
        given = shorthand(body)
        if isinstance(given, Mapping) and given.get("type") == "text":
            given = {"max": PART_CHARACTERS, **given}
        short[name] = given
    return short


class Ask(BaseModel):
    """One constrained call of the model; ``name`` is empty for the only ask of a recipe."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(default="", description="Its name, where there are several: {{ ask.NAME.SLOT }}.")
    when: str | None = Field(
        default=None, description="A condition on what is known before; if it is false, this is not asked."
    )
    prompt: str = Field(min_length=1, max_length=4000, description="What the model is to do, in words.")
    language: str = Field(
        default="same",
        description='The language to write in, by name or code (de, pt-BR); "same" as the document.',
    )
    output: Annotated[Mapping[str, Slot], BeforeValidator(_slots)] = Field(
        max_length=MOST_SLOTS, description="The slots to fill."
    )
    sampling: Annotated[Sampling, BeforeValidator(make_sampling)] = Field(
        default_factory=Sampling, description="How tokens are chosen: the likeliest, or drawn."
    )

    @field_validator("when")
    @classmethod
    def _condition(cls, when: str | None, info: ValidationInfo) -> str | None:
        return None if when is None else check_condition(when, info)

    @field_validator("prompt")
    @classmethod
    def _words(cls, prompt: str, info: ValidationInfo) -> str:
        if not prompt.strip():
            raise ValueError("is empty")
        return check_template(prompt.strip(), info) if is_template(prompt) else prompt.strip()

    @field_validator("language")
    @classmethod
    def _named(cls, language: str) -> str:
        if not _LANGUAGE.fullmatch(language):
            raise ValueError("must be `same`, or the name of a language or its code, as in English or en")
        if language != "same" and language_in_words(language) is None:
            raise ValueError(
                f'"{language}" is no code of a language that is known here; write its English name'
            )
        return language

    def on(self, today: date) -> "Ask":
        """Return the ask as it is on the day *today*: only on a day is it known what `today` is."""
        output = {name: slot.on(today) for name, slot in self.output.items()}
        return self.model_copy(update={"output": output})

    def slots(self) -> dict[str, Slot]:
        """Return every slot under the name by which a person and a template know it: ``kind``, ``facts.kind``."""
        return {self.full(name): slot for name, slot in self.output.items()}

    def full(self, slot: str) -> str:
        """Return the name of *slot* with that of the ask before it, if that has one."""
        return f"{self.name}.{slot}" if self.name else slot

    def uses(self, slots: Collection[str]) -> bool:
        """Return whether the prompt or ``when`` reads any of *slots*, named as ``facts.kind``, or an ask whole."""
        texts = [text for text in (self.prompt, self.when) if text is not None and is_template(text)]
        read = [use for text in texts for use in compile_template(text).uses if use.name == "ask"]
        whole = {use.attribute for use in read if not use.inner}
        one_slot = {f"{use.attribute}.{use.inner[0].removesuffix('[]')}" for use in read if use.inner}
        return any(name in one_slot or name.split(".")[0] in whole for name in slots)

    def long(self) -> dict[str, Any]:
        """Return the long form."""
        said = {
            "name": self.name or None,
            "when": self.when,
            "prompt": self.prompt,
            "language": self.language,
            "output": {name: slot.long() for name, slot in self.output.items()},
            "sampling": self.sampling.to_dict(),
        }
        return {key: value for key, value in said.items() if value is not None}


def is_template(prompt: str) -> bool:
    """Return whether *prompt* has anything in it that is filled in; other words are taken as they stand."""
    return "{{" in prompt or "{%" in prompt


def check_condition(when: str, info: ValidationInfo) -> str:
    """Return *when*; raise ValueError when it is no expression in braces, or reads what is not known there."""
    check_template(when, info)
    if compile_template(when).expression is None:
        raise ValueError(f'must be one expression in braces and quotes: "{{{{ {when.strip("{} ")} }}}}"')
    return when


def make_asks(value: Any, info: ValidationInfo) -> tuple[Ask, ...]:
    """Return the asks: the one without a name that a mapping is, or those of a list, each with its name."""
    if value is None:
        return ()
    if isinstance(value, tuple):
        return value
    if not isinstance(value, list):
        loading = _before(info, frozenset())
        if isinstance(value, Mapping) and "name" in value:
            raise misplaced(
                "name", "only asks of a list have names: put a dash before this one, as in `- name: facts`"
            )
        return (build(Ask, value, loading, "ask"),)
    if not 1 <= len(value) <= MOST_ASKS:
        raise mistake(f"must have 1 to {MOST_ASKS} asks")
    made: list[Ask] = []
    mistakes: list[InitErrorDetails] = []
    for number, body in enumerate(value):
        try:
            known = frozenset(_name(one) for one in value[:number])
            made.append(below(number, lambda body=body, known=known: _named_ask(body, known, info)))  # type: ignore[misc]
        except ValidationError as error:
            mistakes.extend(details(error))
    if mistakes:
        raise ValidationError.from_exception_data("ask", mistakes)
    return tuple(made)


def _name(body: Any) -> str:
    return str(body.get("name", "")) if isinstance(body, Mapping) else ""


def _named_ask(body: Any, earlier: frozenset[str], info: ValidationInfo) -> Ask:
    """Return one of several asks, which can use the *earlier* ones."""
    if isinstance(body, Mapping):
        name = body.get("name")
        if name is None and not any(meant(key, ["name"]).startswith("; did") for key in body):
            raise mistake("needs a name, as in `name: facts`: templates say {{ ask.facts.SLOT }}")
        if name is not None and (not isinstance(name, str) or not _NAME.fullmatch(name)):
            raise misplaced("name", f'"{name}" is not a name for an ask: lower-case letters, digits and _')
        if name is not None and name in earlier:
            raise misplaced("name", f'the name "{name}" is taken by an ask before it')
    return build(Ask, body, _before(info, earlier), "ask")


def _before(info: ValidationInfo, earlier: frozenset[str]) -> Loading:
    """Return what an ask's own templates know: nothing of its own answer, or of those after it."""
    loading = cast("Loading", info.context)
    scope = loading.scope
    known = {**scope.names, "ask": earlier}
    later = (scope.names.get("ask") or frozenset()) - earlier
    return replace(loading, scope=replace(scope, names=known, later=later))


def not_joined(ask: Ask) -> str | None:
    """Return a slot of *ask* whose answers about the parts of a text are not one answer when put together."""
    kinds = TextSlot | ListSlot | ObjectsSlot
    return next((name for name, slot in ask.slots().items() if not isinstance(slot, kinds)), None)
