"""Fakes with memory, for homebody's own tests and for whoever tests a recipe."""

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from homebody.errors import CancelledError, PromptTooLongError
from homebody.messages import Message
from homebody.model.client import Answer, Progress
from homebody.sampling import GREEDY, Sampling

LOOK_SECONDS = 0.01
"""How often a request that is held back looks whether it was given up."""


class Cancels(Protocol):
    """What tells that a request is to be given up."""

    @property
    def cancelled(self) -> bool:
        """Whether it is to be given up."""


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


@dataclass(eq=False)
class Waiting:
    """A request that a FakeModel holds back."""

    messages: tuple[Message, ...]
    answer: object = None
    free: bool = False

    @property
    def document(self) -> str:
        """The document that is asked about."""
        return next(part.text for message in self.messages for part in message.parts if part.data)


@dataclass
class FakeModel:
    """A model that answers from a script and remembers what it was asked; it may be asked by several threads.

    A token is a word. ``answers`` are taken in order, the last one for ever; an exception among them is raised, and
    a function is called with the messages. After ``hold_back`` no answer comes until it is let go.
    """

    answers: list[object] = field(default_factory=lambda: [{"summary": "A summary."}])
    context: int = 2048
    asked: list[tuple[Message, ...]] = field(default_factory=list)
    samplings: list[Sampling] = field(default_factory=list)
    held: list[Waiting] = field(default_factory=list)
    """The requests that are held back, in the order in which they came."""

    def __post_init__(self) -> None:
        """Hold nothing back."""
        self._changed = threading.Condition()
        self._holding = False

    def count(self, texts: Sequence[str]) -> list[int]:
        """Return the number of words of each text."""
        return [len(text.split()) for text in texts]

    def prompt_tokens(self, messages: Sequence[Message]) -> int:
        """Return the number of words of all parts, and four for each message."""
        return sum(4 + sum(len(part.text.split()) for part in message.parts) for message in messages)

    def check_grammar(self, grammar: str) -> None:
        """Accept every grammar."""

    def hold_back(self) -> None:
        """Let every request from now on wait until it is let go or given up."""
        self._holding = True

    def until_held(self, number: int, seconds: float = 60) -> list[Waiting]:
        """Wait until just *number* requests are held back, and return them. Raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.held) == number, seconds):
                raise TimeoutError(f"{len(self.held)} requests are held back, and not {number}.")
            return list(self.held)

    def let_go(self, *requests: Waiting, answer: object = None) -> None:
        """Let *requests* be answered, with *answer* in place of the script if given."""
        with self._changed:
            for one in requests:
                one.answer, one.free = answer, True
                self.held.remove(one)
            self._changed.notify_all()

    def let_all_go(self) -> None:
        """Let every request be answered by the script, and hold nothing back any more."""
        with self._changed:
            self._holding = False
            self.let_go(*self.held)

    def generate(
        self,
        messages: Sequence[Message],
        *,
        grammar: str | None,  # noqa: ARG002 - the script answers, whatever the grammar
        max_tokens: int,
        on_progress: Callable[[Progress], None] | None = None,
        deadline_seconds: float = 600,  # noqa: ARG002 - a script is never late
        sampling: Sampling = GREEDY,
        cancellation: Cancels | None = None,
        priority: str = "background",  # noqa: ARG002 - a script is in no hurry
    ) -> Answer:
        """Return the next scripted answer, as JSON unless it is text already. Raises CancelledError.

        Where a seed would be drawn, it is the number of the call.
        """
        prompt = self.prompt_tokens(messages)
        if prompt + max_tokens > self.context:
            raise PromptTooLongError(f"{prompt} tokens and {max_tokens} of answer do not fit {self.context}.")
        answer = self._answer(tuple(messages), sampling, cancellation)
        drawn = len(self.asked) if sampling.seed is None else sampling.seed
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

    def _answer(
        self, messages: tuple[Message, ...], sampling: Sampling, cancellation: Cancels | None
    ) -> object:
        """Return what is to be answered, as soon as it is not held back."""
        answer: object = None
        with self._changed:
            self.asked.append(messages)
            self.samplings.append(sampling)
            if self._holding:
                answer = self._held_back(Waiting(messages), cancellation)
            if answer is None:
                answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer(messages) if callable(answer) else answer

    def _held_back(self, request: Waiting, cancellation: Cancels | None) -> object:
        self.held.append(request)
        self._changed.notify_all()
        while not request.free:
            self._changed.wait(LOOK_SECONDS)
            if cancellation is not None and cancellation.cancelled and not request.free:
                self.held.remove(request)
                self._changed.notify_all()
                raise CancelledError
        return request.answer
