"""How far are the runs in hand with what they ask the model? Known while they ask, and kept nowhere."""

import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from homebody.model.client import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """One request of a run: it waits for its turn with the model, reads its prompt, or writes its answer.

    Of ``prompt`` tokens ``cached`` were remembered and ``read`` are read beside them; ``written`` of at most ``most``
    tokens are written. Zeros while that is not known yet.
    """

    phase: Literal["waiting", "prefill", "decode"] = "waiting"
    prompt: int = 0
    cached: int = 0
    read: int = 0
    written: int = 0
    most: int = 0
    tokens_per_second: float = 0.0
    """Of the phase that it is in."""


def after(asking: Asking, progress: Progress) -> Asking:
    """Return how far a request is after *progress*. Pure. One that begins again has written nothing."""
    if progress.phase == "prefill":
        return Asking(
            phase="prefill",
            prompt=progress.total,
            cached=progress.cached,
            read=max(0, progress.done - progress.cached),
            tokens_per_second=progress.tokens_per_second,
        )
    return replace(
        asking,
        phase="decode",
        read=max(0, asking.prompt - asking.cached),
        written=progress.done,
        most=progress.total,
        tokens_per_second=progress.tokens_per_second,
    )


class Progresses:
    """The requests under way, by run; a long document has several at once. May be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._asking: dict[tuple[int, int], Asking] = {}

    @contextmanager
    def request(self, run: int) -> Iterator[Callable[[Progress], None]]:
        """Note a request of *run* for as long as this lasts; what it gives is to be told of the progress."""
        key = (run, next(self._numbers))
        with self._lock:
            self._asking[key] = Asking()

        def tell(progress: Progress) -> None:
            with self._lock:
                self._asking[key] = after(self._asking[key], progress)

        try:
            yield tell
        finally:
            with self._lock:
                del self._asking[key]

    def of(self, run: int) -> list[dict[str, Any]]:
        """Return how far each request of *run* is, as JSON can say it, in the order in which they were made."""
        with self._lock:
            return [asdict(asking) for (number, _), asking in sorted(self._asking.items()) if number == run]
