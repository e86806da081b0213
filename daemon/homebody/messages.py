"""A conversation as a value: what is said to the model, with what comes from a document kept apart."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece of a message; ``data`` marks what comes from a document."""

    text: str
    data: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message: who speaks (``system``, ``user`` or ``assistant``) and its parts, in order.

    The engine tokenizes each part alone and without special tokens, so that a prefix stays a prefix and a
    document cannot end its own message.
    """

    role: str
    parts: tuple[Part, ...]
