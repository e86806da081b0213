"""What the tests of drawing share: a grammar that allows what it is told, and samplers by their words."""

from collections.abc import Sequence

import numpy as np

from homebody.engine.sampler import Sampler, seed_in_use
from homebody.sampling import Sampling


class Only:
    """A grammar that allows a set of tokens and counts what it was asked."""

    def __init__(self, tokens: Sequence[int] | set[int]) -> None:
        self.tokens = set(tokens)
        self.asked: list[int] = []

    def allowed(self, tokens: np.ndarray) -> np.ndarray:
        """Return which of *tokens* are in the set."""
        self.asked.append(len(tokens))
        return np.isin(tokens, list(self.tokens))


def sampler(**said: float) -> Sampler:
    """Return a sampler with a seed, hot enough to draw unless another temperature is said."""
    sampling = Sampling(**{"temperature": 1.0, "seed": 11, **said})
    return Sampler(sampling, seed_in_use(sampling))


def array(values: Sequence[float]) -> np.ndarray:
    """Return logits."""
    return np.array(values, dtype=np.float32)
