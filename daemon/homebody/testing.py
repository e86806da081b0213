"""Fakes with memory, for homebody's own tests and for whoever tests a recipe."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from homebody.errors import PromptTooLongError
from homebody.messages import Message
from homebody.model.client import Answer, Progress
from homebody.sampling import GREEDY, Sampling


class FakeClock:
    """A clock whose hands move only when told."""

    def __init__(self, now: datetime | None = None) -> None:
        self._now = now or datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
        self._monotonic = 1000.0

    def now(self) -> datetime:
        """Return the time that was set."""
        return self._now

    def monotonic(self) -> float:
        """Return the seconds that were advanced, from 1,000 on."""
        return self._monotonic

    def advance(self, seconds: float) -> None:
        """Move both hands forward."""
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds

    def set(self, now: datetime) -> None:
        """Set the time of day, forward or back; the monotonic hand stays."""
        self._now = now


@dataclass
class FakeModel:
    """A model that answers from a script and remembers what it was asked.

    A token is a word. ``answers`` are taken in order, the last one for ever; an exception among them is raised.
    """

    answers: list[object] = field(default_factory=lambda: [{"summary": "A summary."}])
    context: int = 2048
    asked: list[tuple[Message, ...]] = field(default_factory=list)
    samplings: list[Sampling] = field(default_factory=list)

    def count(self, texts: Sequence[str]) -> list[int]:
        """Return the number of words of each text."""
        return [len(text.split()) for text in texts]

    def prompt_tokens(self, messages: Sequence[Message]) -> int:
        """Return the number of words of all parts, and four for each message."""
        return sum(4 + sum(len(part.text.split()) for part in message.parts) for message in messages)

    def check_grammar(self, grammar: str) -> None:
        """Accept every grammar."""

    def generate(
        self,
        messages: Sequence[Message],
        *,
        grammar: str | None,  # noqa: ARG002 - the script answers, whatever the grammar
        max_tokens: int,
        on_progress: Callable[[Progress], None] | None = None,
        deadline_seconds: float = 600,  # noqa: ARG002 - a script is never late
        sampling: Sampling = GREEDY,
    ) -> Answer:
        """Return the next scripted answer, as JSON unless it is text already.

        Where a seed would be drawn, it is the number of the call.
        """
        prompt = self.prompt_tokens(messages)
        if prompt + max_tokens > self.context:
            raise PromptTooLongError(f"{prompt} tokens and {max_tokens} of answer do not fit {self.context}.")
        self.asked.append(tuple(messages))
        self.samplings.append(sampling)
        drawn = len(self.asked) if sampling.seed is None else sampling.seed
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, BaseException):
            raise answer
        if on_progress is not None:
            on_progress(Progress(phase="prefill", done=prompt, total=prompt))
        text = (
            answer
            if isinstance(answer, str)
            else json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
        )
        return Answer(
            text=text,
            prompt_tokens=prompt,
            cached_tokens=0,
            answer_tokens=len(text.split()),
            prefill_seconds=0.001,
            decode_seconds=0.001,
            stop="end",
            seed=None if sampling.greedy else drawn,
        )
