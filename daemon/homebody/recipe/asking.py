"""What does a recipe ask the model: its words, and the slots to fill?"""

import re
from collections.abc import Mapping
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

from homebody.recipe.kinds import Loading, below, build, details, make_slot, mistake, plainly, shorthand
from homebody.recipe.sampling import make_sampling
from homebody.recipe.vocabulary import read_words
from homebody.sampling import Sampling
from homebody.slots import Slot

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_LANGUAGE = re.compile(r"[^\W\d_][\w ()-]{1,39}")
MOST_SLOTS = 20


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
    """One constrained call of the model."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    prompt: str = Field(min_length=1, max_length=4000, description="What the model is to do, in words.")
    language: str = Field(default="same", description='The language to write in; "same" as the document.')
    output: Annotated[Mapping[str, Slot], BeforeValidator(_slots)] = Field(
        max_length=MOST_SLOTS, description="The slots to fill."
    )
    sampling: Annotated[Sampling, BeforeValidator(make_sampling)] = Field(
        default_factory=Sampling, description="How tokens are chosen: the likeliest, or drawn."
    )

    @field_validator("prompt")
    @classmethod
    def _words(cls, prompt: str) -> str:
        if not prompt.strip():
            raise ValueError("is empty")
        if "{{" in prompt or "{%" in prompt:
            raise ValueError(
                "templates in a prompt are not there yet; the document is given to the model by itself"
            )
        return prompt.strip()

    @field_validator("language")
    @classmethod
    def _named(cls, language: str) -> str:
        if not _LANGUAGE.fullmatch(language):
            raise ValueError("must be `same` or the name of a language, as in English")
        return language

    def on(self, today: date) -> "Ask":
        """Return the ask as it is on the day *today*: only on a day is it known what `today` is."""
        output = {name: slot.on(today) for name, slot in self.output.items()}
        return self.model_copy(update={"output": output})

    def long(self) -> dict[str, Any]:
        """Return the long form."""
        output = {name: slot.long() for name, slot in self.output.items()}
        return {
            "prompt": self.prompt,
            "language": self.language,
            "output": output,
            "sampling": self.sampling.to_dict(),
        }


def make_ask(value: Any, info: ValidationInfo) -> Any:
    """Return the ask; a list of several is named as what it is."""
    if isinstance(value, list):
        raise mistake("several asks in one recipe are not there yet; write one, with several slots")
    if value is None or isinstance(value, Ask):
        return value
    return build(Ask, value, info.context, "ask")
