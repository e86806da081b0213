"""A cache without a model: it keeps count of every cell, as the real one does, and refuses what the real one cannot."""

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import count

import numpy as np

from homebody.engine.llama import AbortedError, Fed
from homebody.errors import ModelError


class FakeWeights:
    """Sixteen tokens: letters, one that ends, one without a text."""

    size = 16
    ENDS, MUTE = 15, 14

    def piece(self, token: int) -> bytes:
        """Return the letter of a token."""
        return b"" if token >= self.MUTE else bytes([97 + token])

    def ends(self, token: int) -> bool:
        """Return whether it is the one that ends."""
        return token == self.ENDS

    def metadata(self, key: str) -> None:
        """Return that the file says nothing."""


class FakeCache:
    """Sequences that hold cells; in a common pool they share them, else each has its own.

    With a *window*, each step writes over the cells that have fallen out of it and that one sequence alone holds.
    """

    def __init__(
        self, *, sequences: int, cells: int, unified: bool, whole: bool = False, window: int = 0
    ) -> None:
        self._window = window
        self._lost: set[int] = set()
        self.sequences, self.cells, self.unified, self._whole = sequences, cells, unified, whole
        self.outputs = sequences
        self.kind = f"{'pool' if unified else 'lanes'}-{cells}-k1-v1"
        self.holds: list[list[int]] = [[] for _ in range(sequences)]
        self.tokens: dict[int, int] = {}
        self._numbers = count()
        self._stop: Callable[[], bool] | None = None
        self.fails: Callable[[], str] = lambda: ""
        self.endless = False
        self.steps: list[list[Fed]] = []

    def abort_when(self, stop: Callable[[], bool] | None) -> None:
        """Remember whom to ask."""
        self._stop = stop

    def step(self, feed: Sequence[Fed]) -> list[int]:
        """Feed, if there are cells for it."""
        self.steps.append(list(feed))
        failure = self.fails()
        if self._stop is not None and self._stop():
            failure = "aborted"
        places, place = [], 0
        for fed in feed:
            held = self.holds[fed.sequence]
            assert len(held) == fed.position, "tokens must follow what the sequence holds"
            assert fed.tokens
            if failure == "aborted" and fed is not feed[0]:
                break
            for token in fed.tokens:
                number = next(self._numbers)
                self.tokens[number] = token
                held.append(number)
            place += len(fed.tokens)
            places.append(place - fed.outputs)
        assert place <= 512
        assert sum(fed.outputs for fed in feed) <= self.outputs
        self._check()
        self._write_over()
        if failure == "aborted":
            raise AbortedError
        if failure:
            raise ModelError(failure)
        self._random = np.random.default_rng(sum(map(len, self.holds)))
        return places

    def logits(self, place: int) -> np.ndarray:
        """Return any logits."""
        found = self._random.standard_normal(FakeWeights.size).astype(np.float32)
        if self.endless:
            found[FakeWeights.ENDS] = -np.inf
        return found

    def trim(self, sequence: int, keep: int) -> int:
        """Forget the rest; all of it where no part can be forgotten."""
        held = self.holds[sequence]
        if keep < len(held):
            self.holds[sequence] = [] if self._whole else held[:keep]
        if self._window and self._lost & set(self.holds[sequence][max(0, keep - self._window + 1) :]):
            self.holds[sequence] = []
        return len(self.holds[sequence])

    def _write_over(self) -> None:
        """Lose what every sequence alone holds beyond its window, in every second of them."""
        held = Counter(cell for cells in self.holds for cell in cells)
        for cells in self.holds[:: 2 if len(self.steps) % 2 else 1]:
            gone = cells[: -self._window] if self._window else []
            self._lost.update(cell for cell in gone if held[cell] == 1)

    def fork(self, source: int, target: int, keep: int) -> int:
        """Share the cells, or copy them."""
        assert source != target
        held = self.holds[source]
        if not self.unified:
            fresh = [next(self._numbers) for _ in held]
            self.tokens |= {new: self.tokens[old] for new, old in zip(fresh, held, strict=True)}
            self._lost |= {new for new, old in zip(fresh, held, strict=True) if old in self._lost}
            held = fresh
        self.holds[target] = list(held)
        return self.trim(target, keep)

    def held(self, sequence: int) -> int:
        """Return how many tokens a sequence holds."""
        return len(self.holds[sequence])

    def state(self, sequence: int) -> bytes:
        """Return the tokens."""
        return bytes(self.tokens[number] for number in self.holds[sequence])

    def restore(self, sequence: int, state: bytes) -> bool:
        """Hold the tokens in cells of their own; refuse what is too much."""
        fresh = [next(self._numbers) for _ in state]
        self.tokens |= dict(zip(fresh, state, strict=True))
        self.holds[sequence] = fresh
        if self.used > self.cells and self.unified:
            self.holds[sequence] = []
            return False
        return True

    def join(self, source: int, target: int, count: int) -> None:
        """Share the first cells, where both hold the same."""
        assert self.unified
        assert not self._whole
        assert self.state(source)[:count] == self.state(target)[:count]
        self.holds[target][:count] = self.holds[source][:count]

    def clear(self) -> None:
        """Forget everything."""
        self.holds = [[] for _ in self.holds]

    @property
    def used(self) -> int:
        """Return the cells in use."""
        return len({cell for held in self.holds for cell in held})

    def _check(self) -> None:
        if self.unified:
            assert self.used <= self.cells, "no room: the real one would refuse the step"
        else:
            assert all(len(held) <= self.cells for held in self.holds)
