"""How likely did the model find each token of an answer, and what else did it find likely there?"""

import numpy as np
from numpy.typing import NDArray

from homebody.engine.grammar import most_likely

Told = tuple[int, float]
"""A token and the natural logarithm of its probability."""


class Likelihoods:
    """Keeps account of an answer's tokens, for those who ask for it: a copy of all logits at each step.

    The probabilities are the model's own, among all tokens: before a grammar, a penalty or a temperature has had its
    say.
    """

    def __init__(self, most: int) -> None:
        """Begin; *most* is how many of the likeliest tokens are told of at each place."""
        self._most = most
        self._logits: NDArray[np.float32] | None = None
        self.found: list[tuple[Told, list[Told]]] = []
        """For each token of the answer: it, and the likeliest at its place, the likeliest first."""

    def look(self, logits: NDArray[np.float32]) -> None:
        """Look at the *logits* from which the next token is chosen, before anything is done to them."""
        self._logits = logits.copy()

    def took(self, token: int) -> None:
        """Note which token was chosen from what was looked at last."""
        assert self._logits is not None, "a token was taken that the model was not asked about"
        logits, self._logits = self._logits, None
        exact = logits.astype(np.float64)
        highest = exact.max()
        whole = highest + np.log(np.exp(exact - highest).sum())
        best = most_likely(logits, self._most) if self._most else ()
        others = [(int(one), float(exact[one] - whole)) for one in best]
        self.found.append(((token, float(exact[token] - whole)), others))
