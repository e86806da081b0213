"""homebody, as it is measured: the real client, its pipe and the sealed model process, asked by many threads."""

import contextlib
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from homebody.clock import SystemClock
from homebody.messages import Message
from homebody.model.client import Answer, ModelClient, ModelReady

DEADLINE = 3600.0

Messages = Sequence[Message]


@dataclass(frozen=True, slots=True)
class Timed:
    """An answer, and the seconds from asking for it to having it."""

    answer: Answer
    seconds: float

    @property
    def decode_rate(self) -> float:
        """Return tokens per second, everything counted but the reading of the prompt."""
        return self.answer.answer_tokens / (self.seconds - self.answer.prefill_seconds)

    @property
    def prefill_rate(self) -> float:
        """Return the prompt's tokens per second, from the request to an answer of one token."""
        return (self.answer.prompt_tokens - self.answer.cached_tokens) / self.seconds


class House:
    """A running client."""

    def __init__(self, client: ModelClient, ready: ModelReady) -> None:
        self.client = client
        self.ready = ready

    def ask(self, messages: Messages, *, tokens: int, grammar: str | None = None) -> Timed:
        """Return an answer and how long it took."""
        began = time.perf_counter()
        answer = self.client.generate(messages, grammar=grammar, max_tokens=tokens, deadline_seconds=DEADLINE)
        return Timed(answer, time.perf_counter() - began)

    def ask_all(
        self, prompts: Sequence[Messages], *, tokens: int, grammar: str | None
    ) -> tuple[list[Answer], float]:
        """Ask everything at once, each from a thread of its own; return the answers and the seconds in all."""
        with ThreadPoolExecutor(len(prompts)) as pool:
            began = time.perf_counter()
            asked = [pool.submit(self.ask, one, tokens=tokens, grammar=grammar) for one in prompts]
            try:
                answers = [one.result().answer for one in asked]
            except BaseException:
                self.client.stop()  # nobody waits for the others' answers
                raise
            return answers, time.perf_counter() - began


@contextlib.contextmanager
def homebody(model: Path, memory: Path, *, without: str | None = None) -> Iterator[House]:
    """Give a house whose model is loaded, with one part of the engine switched off if *without* names it.

    *memory* keeps what the engine measured at its first load, so that all of one call are laid out alike.
    """
    client = ModelClient(model, clock=SystemClock(), memory=memory, without=(without,) if without else ())
    try:
        yield House(client, client.start())
    finally:
        client.stop()
