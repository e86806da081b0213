"""One run in the engine: what was asked, how far it is, and whom to tell."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from homebody.engine.blocks import Key, keys
from homebody.engine.prompts import Prompt
from homebody.engine.writing import Writing
from homebody.errors import HomebodyError
from homebody.messages import Message
from homebody.sampling import GREEDY, Sampling

TELL_SECONDS = 0.1

SHORTEST_SECONDS = 0.01
"""A rate is told over no less: what a grammar writes by itself takes no time, and would be written at any speed."""

READ_ALONG_SECONDS = 0.03
"""How often the text is told to somebody who reads along: a screen shows hardly more."""


class Watch(Protocol):
    """Whether to go on."""

    def over(self) -> bool:
        """Return whether to stop."""

    def check(self) -> None:
        """Raise the reason when the work should stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """An answer and what it cost."""

    text: str
    tokens: list[int]
    prompt_tokens: int
    cached_tokens: int
    answer_tokens: int
    prefill_seconds: float
    decode_seconds: float
    stop: str
    seed: int | None
    likelihoods: list[Any] | None = None
    """For each token, where that was asked for: its bytes in hex, whether they are a control token's name, the
    logarithm of its probability; and a list of such for the likeliest tokens there."""

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON can hold them."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for: an answer of at most *max_tokens*, held to a grammar where there is one.

    It ends before the first of *stops*. With *stream* its text is reported as it is written, with *raw* the messages
    are taken as they are, without the chat template, and with *shorten* the maximum gives way to the prompt.
    """

    number: int
    messages: Sequence[Message]
    grammar: str | None
    max_tokens: int
    interactive: bool = False
    sampling: Sampling = GREEDY
    stops: Sequence[str] = ()
    stream: bool = False
    raw: bool = False
    shorten: bool = False
    logprobs: int | None = None
    """Of how many of the likeliest tokens the probability is told beside each of the answer's; None for none at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replies:
    """Whom to tell: how far it is, and one of how it was done and why it failed, once."""

    report: Callable[..., None]
    """Takes the phase, how much of it is done and how much there is; ``cached`` and ``tokens_per_second``,
    and ``text``, what is newly written, where that is wanted."""
    done: Callable[[Generated], None]
    failed: Callable[[HomebodyError], None]


@dataclass(eq=False, slots=True, kw_only=True)
class Job:
    """A run: its prompt, its answer so far, and its place in a room once it is admitted."""

    number: int
    prompt: Prompt
    limit: int
    writing: Writing
    watch: Watch
    replies: Replies
    head: int = 0
    """Tokens of the answer that are read with the prompt, for they are certain."""
    thought: int = 0
    """Tokens that may come before the answer."""
    interactive: bool = False
    stream: bool = False
    room: int = 0
    sequence: int = -1
    cursor: int = 0
    """Tokens of this run that its sequence holds."""
    cached: int = 0
    spent: float = 0.0
    """Seconds that its prompt was read for."""
    overtaken: int = 0
    admitted_at: float = 0.0
    read_at: float = 0.0
    told_at: float = 0.0
    plan: list[Key] = field(init=False)

    def __post_init__(self) -> None:
        """Cut the prompt into its blocks."""
        self.plan = keys(self.prompt.tokens, self.prompt.static)

    @property
    def reading(self) -> bool:
        """Return whether its prompt is not read to the end yet."""
        return self.cursor < len(self.prompt.tokens)

    @property
    def need(self) -> int:
        """Return the cells that it may come to need: its prompt and its longest answer."""
        return len(self.prompt.tokens) - self.head + self.thought + self.limit

    def tell_reading(self, now: float) -> None:
        """Report how much of the prompt is read."""
        self._report(
            "prefill", self.cursor, len(self.prompt.tokens), self.cursor - self.cached, now - self.admitted_at
        )

    def tell_writing(self, now: float) -> None:
        """Report how much is written, not more often than anybody can read."""
        if now - self.told_at >= (READ_ALONG_SECONDS if self.stream else TELL_SECONDS):
            self.told_at = now
            written = len(self.writing.tokens)
            more = {"text": self.writing.news()} if self.stream else {}
            self._report("decode", written, self.limit, written, now - self.read_at, **more)

    def _report(self, phase: str, done: int, total: int, worked: int, seconds: float, **more: str) -> None:
        self.replies.report(
            phase, done, total, cached=self.cached, tokens_per_second=rate(worked, seconds), **more
        )

    def generated(self, now: float) -> Generated:
        """Return the answer, which is over."""
        assert self.writing.stop is not None
        return Generated(
            text=self.writing.text(),
            tokens=self.writing.tokens,
            prompt_tokens=len(self.prompt.tokens) - self.head,
            cached_tokens=min(self.cached, len(self.prompt.tokens) - self.head),
            answer_tokens=len(self.writing.tokens),
            prefill_seconds=self.read_at - self.admitted_at,
            decode_seconds=now - self.read_at,
            stop=self.writing.stop,
            seed=self.writing.seed,
            likelihoods=self.writing.account(),
        )


def rate(worked: int, seconds: float) -> float:
    """Return how many tokens a second were *worked* on, as a person is told it. Pure."""
    return round(worked / max(seconds, SHORTEST_SECONDS), 2)
