"""What does the house get for a question: the answer with its cost, and how far it is before that."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the model wrote, and what it cost; ``stop`` is "limit" when the answer was cut at its maximum."""

    text: str
    prompt_tokens: int
    cached_tokens: int
    answer_tokens: int
    prefill_seconds: float
    decode_seconds: float
    stop: Literal["end", "limit"]
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
    ended begins again.
    """

    phase: Literal["prefill", "decode"]
    done: int
    total: int
    cached: int = 0
    tokens_per_second: float = 0.0
