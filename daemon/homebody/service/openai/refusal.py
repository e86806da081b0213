"""How is a request refused, so that OpenAI's clients understand it?"""

from collections.abc import Mapping
from typing import Any

from homebody.errors import (
    CancelledError,
    DeadlineError,
    HomebodyError,
    ModelError,
    ModelGoneError,
    ModelKilledByPromptError,
    ModelNotReadyError,
    PromptTooLongError,
    SchemaError,
    UsageError,
)

LASTING = {"x-should-retry": "false"}
"""Tells OpenAI's clients that the same again would end the same; they try other faults of a server again."""

SOON = {"Retry-After": "1"}

STATUSES: tuple[tuple[type[HomebodyError], int, str | None], ...] = (
    (PromptTooLongError, 400, "context_length_exceeded"),
    (SchemaError, 400, "invalid_json_schema"),
    (UsageError, 400, None),
    (ModelKilledByPromptError, 422, "model_ended"),
    (ModelGoneError, 503, "model_ended"),
    (ModelNotReadyError, 503, "model_not_ready"),
    (CancelledError, 503, "cancelled"),
    (DeadlineError, 504, "deadline"),
    (ModelError, 400, None),
)
"""What an error of ours is over HTTP: status and code. The first class that fits counts."""


class Refusal(Exception):  # noqa: N818 - it is no fault: it is what a client is told
    """Why a request is not answered: an HTTP status, words, and the parameter that is to blame."""

    def __init__(
        self,
        words: str,
        *,
        param: str | None = None,
        status: int = 400,
        code: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(words)
        self.status = status
        self.headers = headers or {}
        self.param = param
        self.code = code

    def to_dict(self) -> dict[str, Any]:
        """Return what is sent."""
        return said(self.status, str(self), param=self.param, code=self.code)


def of(error: HomebodyError, param: str | None = None) -> Refusal:
    """Return the refusal that tells of *error*, for which the parameter *param* is to blame."""
    words = f"{error} {error.hint}" if error.hint else str(error)
    status, code = next(
        ((status, code) for kind, status, code in STATUSES if isinstance(error, kind)), (500, None)
    )
    param = "response_format" if isinstance(error, SchemaError) else param
    headers = SOON if status == 503 else LASTING
    return Refusal(words, param=param, status=status, code=code, headers=headers)


def said(status: int, words: str, *, param: str | None = None, code: str | None = None) -> dict[str, Any]:
    """Return an error in OpenAI's form."""
    kind = "invalid_request_error" if status < 500 else "server_error"
    return {"error": {"message": words, "type": kind, "param": param, "code": code}}
