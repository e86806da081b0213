"""What does the model process's word mean? It reads what strangers wrote, so its word is not taken for sound."""

from collections.abc import Callable
from typing import Any, TypeVar

from homebody import errors
from homebody.errors import ModelError, ModelGoneError
from homebody.model.process import Event, Exchange
from homebody.model.wire import WireError

Read = TypeVar("Read")


def last_of(exchange: Exchange, tell: Callable[[Event], None] | None = None) -> Any:
    """Return what the exchange ends with, telling of progress on the way. Raises the error it ends with.

    A process that says that it is about to end, because its GPU lost its way, is ended: a ProcessEndedError.
    """
    while True:
        event = exchange.next()
        if "error" in event:
            error = error_from(event["error"])
            if isinstance(error, ModelGoneError):
                raise exchange.broken(f"{error}".rstrip("."))
            raise error
        if "answer" in event:
            return event["answer"]
        if tell is not None and "progress" in event:
            tell(event["progress"])


def error_from(found: Any) -> ModelError:
    """Return the error that the process reports, of its own class where it is one of the model's."""
    if not isinstance(found, dict):
        return ModelError()
    kind = getattr(errors, str(found.get("kind")), None)
    known = kind if isinstance(kind, type) and issubclass(kind, ModelError) else ModelError
    return known(str(found.get("message")), hint=found.get("hint"))


def understood(read: Callable[[], Read]) -> Read:
    """Return what *read* makes of an answer; raise WireError when nothing can be made of it."""
    try:
        return read()
    except (TypeError, ValueError, LookupError, AttributeError) as error:
        raise WireError("The model process sent an answer that makes no sense.") from error
