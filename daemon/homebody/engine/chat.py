"""How does a conversation become the text that the model knows, with documents kept out of the template?

The template never sees a text: each part of a message stands in it as a mark, and the rendered text is cut at
the marks. So a document cannot use the template's words, and each part is tokenized alone.
"""

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from jinja2 import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from homebody.engine.thinking import OFF
from homebody.errors import ModelError
from homebody.messages import Message, Part

PLAIN = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
"""ChatML, for a model that brings no template."""

REFUSALS = (
    TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError, MemoryError,
)  # fmt: skip
"""What a template that somebody else wrote can fail with."""

_MARK = re.compile("\x02([0-9]+)\x03")


class ChatTemplate:
    """A model's chat template, compiled once."""

    def __init__(self, source: str | None, *, bos: str, eos: str) -> None:
        """Compile *source*, or ChatML. Raises ModelError when it is not a template."""
        environment = ImmutableSandboxedEnvironment(
            trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
        )
        environment.filters["tojson"] = _tojson
        environment.globals["raise_exception"] = _raise
        environment.globals["strftime_now"] = _today
        self._texts = {"bos_token": bos, "eos_token": eos}
        try:
            self._template = environment.from_string(source or PLAIN)
        except TemplateError as error:
            raise ModelError(f"The model's chat template cannot be read: {error}.") from error

    def pieces(self, messages: Sequence[Message]) -> list[str | Part]:
        """Return the prompt in pieces: the template's own texts, and the messages' parts in their places.

        Where the template knows no system role, what the system says goes before what the user says. Raises
        ModelError when the template refuses the conversation or leaves a part of it out.
        """
        try:
            return self._render(messages)
        except ModelError:
            merged = _merge_system(messages)
            if merged is None:
                raise
            return self._render(merged)

    def _render(self, messages: Sequence[Message]) -> list[str | Part]:
        """Return the pieces for *messages* as they are."""
        parts: list[Part] = []
        shown: list[dict[str, str]] = []
        for message in messages:
            marks = [f"\x02{len(parts) + place}\x03" for place in range(len(message.parts))]
            parts.extend(message.parts)
            shown.append({"role": message.role, "content": "".join(marks)})
        try:
            text = self._template.render(
                messages=shown, add_generation_prompt=True, tools=None, documents=None, **OFF, **self._texts,
            )  # fmt: skip
        except REFUSALS as error:
            raise ModelError(f"The model's chat template refuses the conversation: {error}.") from error
        cut = _MARK.split(text)
        places = [int(number) for number in cut[1::2]]
        missing = {number for number, part in enumerate(parts) if part.text} - set(places)
        if missing:
            raise ModelError("The model's chat template leaves out a part of the conversation.")
        pieces: list[str | Part] = [cut[0]]
        for place, after in zip(places, cut[2::2], strict=True):
            pieces += [parts[place], after]
        return [piece for piece in pieces if (piece.text if isinstance(piece, Part) else piece)]


def _merge_system(messages: Sequence[Message]) -> tuple[Message, ...] | None:
    """Return *messages* with the system's words put before the user's, or None when that cannot be done."""
    match list(messages):
        case [Message(role="system") as system, Message(role="user") as user, *rest]:
            parts = (*system.parts, Part(text="\n\n"), *user.parts)
            return (Message(role="user", parts=parts), *rest)
    return None


def _raise(message: str) -> None:
    """Let a template refuse a conversation."""
    raise TemplateError(message)


def _today(form: str) -> str:
    """Return the date for templates that tell it to the model."""
    return datetime.now(UTC).strftime(form)


def _tojson(value: Any, indent: int | None = None, **_: Any) -> str:
    """Return JSON without HTML escapes, as the templates' authors expect."""
    return json.dumps(value, ensure_ascii=False, indent=indent)
