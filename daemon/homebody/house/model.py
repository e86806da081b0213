"""What does the house need of a model, and how many requests may be with it at once?

The model answers as many requests side by side as it has slots. What is more waits here, in the order in which it
came, and not with the model: so a deadline counts from when the model can begin.
"""

import contextlib
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from typing import Protocol

from homebody.messages import Message
from homebody.model.cancellation import Cancellation
from homebody.model.client import Answer, ModelReady, Progress
from homebody.sampling import GREEDY, Sampling

MOST_SLOTS = 32
"""So many requests are with the model at once at most, and so many runs in hand for it: each holds its document."""

LOOK_SECONDS = 0.1
"""How often whoever waits for a turn looks whether it is to be given up."""


class Model(Protocol):
    """What the house needs of a model; ModelClient and FakeModel have it."""

    @property
    def context(self) -> int:
        """Return the tokens that a prompt and its answer may have together."""

    def count(self, texts: list[str]) -> list[int]:
        """Return the tokens of each text alone."""

    def prompt_tokens(self, messages: tuple[Message, ...]) -> int:
        """Return the tokens of the whole prompt."""

    def generate(
        self,
        messages: tuple[Message, ...],
        *,
        grammar: str | None,
        max_tokens: int,
        on_progress: Callable[[Progress], None] | None = None,
        deadline_seconds: float = 600,
        sampling: Sampling = GREEDY,
        cancellation: Cancellation | None = None,
    ) -> Answer:
        """Return the model's answer, its tokens chosen by *sampling*; give up when *cancellation* is told."""


def slots_of(ready: ModelReady | None) -> int:
    """Return how many requests a loaded model answers side by side; 1 for one that does not say."""
    told = 1 if ready is None else ready.settings.get("slots", 1)
    return max(1, min(told, MOST_SLOTS)) if isinstance(told, int) else 1


class Turns:
    """Lets so many requests be with the model at once as *slots* says, first come, first served."""

    def __init__(self, slots: Callable[[], int] = lambda: 1) -> None:
        self._slots = slots
        self._changed = threading.Condition()
        self._queue: deque[object] = deque()
        self._taken = 0

    @property
    def slots(self) -> int:
        """How many requests may be with the model at once, as things stand."""
        return max(1, self._slots())

    @contextlib.contextmanager
    def one(self, cancellation: Cancellation) -> Iterator[None]:
        """Hold a turn, waiting for it if need be. Raises CancelledError when *cancellation* is told meanwhile."""
        ticket = object()
        with self._changed:
            self._queue.append(ticket)
            try:
                while self._queue[0] is not ticket or self._taken >= self.slots:
                    self._changed.wait(LOOK_SECONDS)
                    cancellation.heed()
                self._taken += 1
            finally:
                self._queue.remove(ticket)
                self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._taken -= 1
                self._changed.notify_all()


Noting = Callable[[], AbstractContextManager[Callable[[Progress], None]]]
"""Notes a request for as long as it lasts; what it gives is told of the progress."""


def nothing_noted() -> AbstractContextManager[Callable[[Progress], None]]:
    """Note nothing of a request."""
    return contextlib.nullcontext(lambda _progress: None)


class InTurn:
    """A model as one run has it: each of its requests waits for its turn, and is given up with the run."""

    def __init__(
        self,
        model: Model,
        turns: Turns | None = None,
        cancellation: Cancellation | None = None,
        noting: Noting = nothing_noted,
    ) -> None:
        self._model = model
        self._noting = noting
        self._turns = turns or Turns()
        self.cancellation = cancellation or Cancellation()
        """What tells that the run is to be given up."""

    @property
    def context(self) -> int:
        """Return the tokens that a prompt and its answer may have together."""
        return self._model.context

    @property
    def at_once(self) -> int:
        """How many requests it pays to make at once."""
        return self._turns.slots

    def apart(self, cancellation: Cancellation) -> "InTurn":
        """Return the same model for requests that are given up when *cancellation* is told."""
        return InTurn(self._model, self._turns, cancellation, self._noting)

    def count(self, texts: list[str]) -> list[int]:
        """Return the tokens of each text alone. Raises CancelledError, ModelError."""
        self.cancellation.heed()
        return self._model.count(texts)

    def prompt_tokens(self, messages: tuple[Message, ...]) -> int:
        """Return the tokens of the whole prompt. Raises CancelledError, ModelError."""
        self.cancellation.heed()
        return self._model.prompt_tokens(messages)

    def generate(
        self,
        messages: tuple[Message, ...],
        *,
        grammar: str | None,
        max_tokens: int,
        on_progress: Callable[[Progress], None] | None = None,
        deadline_seconds: float = 600,
        sampling: Sampling = GREEDY,
        cancellation: Cancellation | None = None,
    ) -> Answer:
        """Return the model's answer. Raises CancelledError when the run is given up, and ModelError."""
        cancellation = cancellation or self.cancellation
        with self._noting() as note, self._turns.one(cancellation):
            cancellation.heed()
            return self._model.generate(
                messages,
                grammar=grammar,
                max_tokens=max_tokens,
                on_progress=note if on_progress is None else partial(_tell, (note, on_progress)),
                deadline_seconds=deadline_seconds,
                sampling=sampling,
                cancellation=cancellation,
            )


def _tell(those: Iterable[Callable[[Progress], None]], progress: Progress) -> None:
    """Tell each of *those* of the progress."""
    for one in those:
        one(progress)
