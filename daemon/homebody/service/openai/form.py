"""In which form does an answer come: as a message of a conversation, or as a text that goes on?"""

from collections.abc import Mapping
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from homebody.model.answer import Answer
from homebody.service.openai.likely import of_chat, of_text

FINISHES: Mapping[str, str] = {"end": "stop", "stop": "stop", "limit": "length"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One answer's form: whose it is, when it was asked for, and by what model it is given."""

    chat: bool
    number: str
    created: int
    model: str

    @classmethod
    def anew(cls, *, chat: bool, created: int, model: str) -> "Form":
        """Return the form of a new answer."""
        number = ("chatcmpl-" if chat else "cmpl-") + token_hex(12)
        return cls(chat=chat, number=number, created=created, model=model)

    def whole(self, answer: Answer) -> dict[str, Any]:
        """Return the whole answer."""
        body: dict[str, Any] = (
            {"message": {"role": "assistant", "content": answer.text, "refusal": None}}
            if self.chat
            else {"text": answer.text}
        )
        return self._object([self._choice(body, answer)], piece=False) | {"usage": usage(answer)}

    def beginning(self) -> dict[str, Any] | None:
        """Return what a stream begins with before there is text, if anything."""
        return (
            self._object([self._choice({"delta": {"role": "assistant", "content": ""}})])
            if self.chat
            else None
        )

    def piece(self, text: str) -> dict[str, Any]:
        """Return newly written text."""
        return self._object([self._choice({"delta": {"content": text}} if self.chat else {"text": text})])

    def ending(self, answer: Answer) -> dict[str, Any]:
        """Return why the stream ends, and how likely its tokens were where that was asked for."""
        return self._object([self._choice({"delta": {}} if self.chat else {"text": ""}, answer)])

    def costs(self, answer: Answer) -> dict[str, Any]:
        """Return what the answer cost, as the last piece of a stream."""
        return self._object([]) | {"usage": usage(answer)}

    def _object(self, choices: list[dict[str, Any]], *, piece: bool = True) -> dict[str, Any]:
        kind = ("chat.completion.chunk" if piece else "chat.completion") if self.chat else "text_completion"
        return {
            "id": self.number,
            "object": kind,
            "created": self.created,
            "model": self.model,
            "choices": choices,
        }

    def _choice(self, body: Mapping[str, Any], answer: Answer | None = None) -> dict[str, Any]:
        if answer is None:
            return {"index": 0, **body, "logprobs": None, "finish_reason": None}
        likely = of_chat(answer) if self.chat else of_text(answer)
        return {"index": 0, **body, "logprobs": likely, "finish_reason": FINISHES[answer.stop]}


def usage(answer: Answer) -> dict[str, Any]:
    """Return the tokens of an answer, and how many of the prompt's were remembered."""
    return {
        "prompt_tokens": answer.prompt_tokens,
        "completion_tokens": answer.answer_tokens,
        "total_tokens": answer.prompt_tokens + answer.answer_tokens,
        "prompt_tokens_details": {"cached_tokens": answer.cached_tokens},
    }
