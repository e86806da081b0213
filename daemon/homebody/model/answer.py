"""What does the house get for a question: the answer with its cost, and how far it is before that."""

from dataclasses import dataclass
from typing import Literal

Priority = Literal["interactive", "background"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How an answer is made, whatever it is about: as here, for a run that nobody waits for."""

    priority: Priority = "background"
    stop: tuple[str, ...] = ()
    """The answer ends before the first of these; none is empty."""
    stream: bool = False
    """Its text is told as it is written, in the ``text`` of each Progress."""
    raw: bool = False
    """The messages are the prompt as they stand, without the chat template; in what is no document's, names of control
    tokens are those tokens."""
    shorten: bool = False
    """The most tokens of the answer give way to the prompt, down to what the context has left."""


PLAIN = Manner()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the model wrote, and what it cost; ``stop`` is "limit" when it was cut at its maximum, "stop" before a
    text that was to end it.
    """

    text: str
    prompt_tokens: int
    cached_tokens: int
    answer_tokens: int
    prefill_seconds: float
    decode_seconds: float
    stop: Literal["end", "limit", "stop"]
    tokens: tuple[int, ...] = ()
    seed: int | None = None
    """What the dice were thrown with; None for the most likely answer, which needs none."""

    @property
    def tokens_per_second(self) -> float:
        """Return how fast the answer was written."""
        return self.answer_tokens / self.decode_seconds if self.decode_seconds > 0 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run is: tokens of the prompt read, or tokens of the answer written.

    ``cached`` of the prompt's tokens were remembered and not read again. A run that is tried again after the process
    ended begins again. ``text`` is what was newly written, where `Manner.stream` wants it: whole characters, and
    nothing that could yet become part of a text that ends the answer.
    """

    phase: Literal["prefill", "decode"]
    done: int
    total: int
    cached: int = 0
    tokens_per_second: float = 0.0
    text: str = ""
