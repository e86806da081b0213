"""What does the house get for a question: the answer with its cost, and how far it is before that."""

import math
from dataclasses import dataclass
from typing import Any, Literal

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

    logprobs: int | None = None
    """Of how many of the likeliest tokens the probability is told beside each of the answer's; None for none at all.
    The model is then asked for every token, also where a grammar leaves no choice."""


PLAIN = Manner()


@dataclass(frozen=True, slots=True, kw_only=True)
class Likelihood:
    """How likely the model found a token, among all that it knows: before grammar, temperature and penalties."""

    text: bytes
    control: bool
    """Whether the text is the name of a token that has none."""
    logprob: float
    """The natural logarithm of its probability."""
    others: tuple["Likelihood", ...] = ()
    """The likeliest tokens at its place, the likeliest first."""

    @classmethod
    def read(cls, found: Any) -> "Likelihood":
        """Return what the model process told. Raises ValueError, TypeError."""
        text, control, logprob, *others = found
        if not math.isfinite(logprob):
            raise ValueError("a probability that is no number")
        return cls(
            text=bytes.fromhex(text),
            control=bool(control),
            logprob=float(logprob),
            others=tuple(cls.read(other[:3]) for other in (others[0] if others else ())),
        )


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
    likelihoods: tuple[Likelihood, ...] | None = None
    """Of each token, where `Manner.logprobs` asks for it."""

    @classmethod
    def read(cls, found: Any) -> "Answer":
        """Return what the model process told. Raises ValueError, TypeError, LookupError."""
        told = found.get("likelihoods")
        likelihoods = None if told is None else tuple(Likelihood.read(one) for one in told)
        tokens, text = tuple(found["tokens"]), str(found["text"])
        return cls(**{**found, "tokens": tokens, "text": text, "likelihoods": likelihoods})

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
