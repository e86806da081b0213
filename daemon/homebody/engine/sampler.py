"""Which token comes next in one answer: the likeliest, or one drawn from those that the sampling lets stay?

The grammar stands outside, as with llama.cpp's common_sampler_sample: a token is drawn as if there were none and
is checked alone; only on refusal is one drawn from what the grammar allows. What stays of a vocabulary is
always a beginning of it in order of likelihood, so the likeliest few are looked at first, and more of them only
when the few do not settle where that beginning ends.
"""

import math
import secrets
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from homebody.engine.grammar import FIRST_LOOK, SECOND_LOOK, Tokens, choose
from homebody.sampling import LARGEST_SEED, Sampling

BLOCK = 512

COLDEST = 1e-6
"""A temperature below this draws the same, and a logit divided by it could be too large a number."""

Logits = NDArray[np.float32]
Allowed = Callable[[Tokens], NDArray[np.bool_]]
"""A grammar's verdict: for each token, whether it may come next."""


def seed_in_use(sampling: Sampling) -> int | None:
    """Return the seed for one answer: the given one, a new one of 32 bits, or None where nothing is drawn."""
    if sampling.greedy:
        return None
    return secrets.randbelow(LARGEST_SEED + 1) if sampling.seed is None else sampling.seed


@dataclass(frozen=True, slots=True)
class _Verdict:
    """A grammar's verdict as `choose` asks for it."""

    allowed: Allowed


class Sampler:
    """Chooses the tokens of one answer, one after the other.

    The draws come from PCG64, whose stream numpy keeps the same in all its versions and on all machines, and
    become tokens in float64: with the same seed and the same logits, the same answer.
    """

    def __init__(self, sampling: Sampling, seed: int | None) -> None:
        """Begin an answer. *seed* is `seed_in_use`'s; a greedy sampling needs none."""
        self._sampling = sampling
        self._source = np.random.PCG64(seed)
        self._answered: deque[int] = deque(maxlen=sampling.repeat_last)
        self._temperature = max(sampling.temperature, COLDEST)
        self._cuts = sampling.top_k > 0 or sampling.top_p < 1 or sampling.min_p > 0

    def note(self, token: int) -> None:
        """Remember a token that the answer now has, whoever chose it."""
        self._answered.append(token)

    def pick(self, logits: Logits, allowed: Allowed | None) -> int | None:
        """Return the next token, or None when there is none that may come.

        *logits* are left as they are, and are minus infinity for tokens that may never come.
        """
        logits = self._penalised(logits)
        best = int(logits.argmax())
        if self._sampling.greedy:
            if allowed is not None:
                return choose(logits, _Verdict(allowed))
            return best if np.isfinite(logits[best]) else None
        if not np.isfinite(logits[best]):
            return None
        token = self._draw(logits, self.kept(logits, None) if self._cuts else None)
        if allowed is None or allowed(np.array([token], dtype=np.int32))[0]:
            return token
        if not self._cuts:
            return self._race(logits, allowed)
        fitting = self.kept(logits, allowed)
        return self._draw(logits, fitting) if len(fitting) else None

    def _penalised(self, logits: Logits) -> Logits:
        """Return the logits after the penalty on what the answer just had; unchanged ones are not copied."""
        if self._sampling.repeat_penalty == 1 or not self._answered:
            return logits
        tokens = np.unique(np.array(self._answered, dtype=np.int32))
        found, penalty = logits[tokens], np.float32(self._sampling.repeat_penalty)
        logits = logits.copy()
        logits[tokens] = np.where(found <= 0, found * penalty, found / penalty)
        return logits

    def _uniform(self, count: int) -> NDArray[np.float64]:
        """Return *count* numbers, each at least 0 and less than 1."""
        bits = np.asarray(self._source.random_raw(count), dtype=np.uint64)
        return np.asarray(bits >> np.uint64(11), dtype=np.float64) * 2.0**-53

    def _draw(self, logits: Logits, tokens: Tokens | None) -> int:
        """Return one of *tokens*, or of all, by their probabilities at the temperature.

        They are counted through in the order of their numbers: a hair's breadth more or less in two nearly equal
        logits then changes nothing. The sums of whole blocks come first, for one of all would take longest.
        """
        weights = (logits if tokens is None else logits[tokens]).astype(np.float64)
        weights -= weights.max()
        weights /= self._temperature
        np.exp(weights, out=weights)  # in place: memory anew for all tokens takes longer than the sums
        blocks = np.add.reduceat(weights, np.arange(0, len(weights), BLOCK)).cumsum()
        goal = self._uniform(1)[0] * blocks[-1]
        block = int(np.searchsorted(blocks, goal, side="right"))
        within = weights[block * BLOCK : (block + 1) * BLOCK].cumsum()
        goal = min(goal - (blocks[block - 1] if block else 0.0), np.nextafter(within[-1], 0))
        place = block * BLOCK + int(np.searchsorted(within, goal, side="right"))
        return place if tokens is None else int(tokens[place])

    def _race(self, logits: Logits, allowed: Allowed) -> int | None:
        """Return one of all allowed tokens by their probabilities, most often after a look at few of them.

        The order of the logits, each with noise of its own by Gumbel's law, is that of drawing all tokens one by one
        and putting none back (Yellott, 1977): the first allowed one in it is drawn from the allowed ones.
        """
        scores = logits.astype(np.float64) / self._temperature
        scores -= np.log(-np.log(np.maximum(self._uniform(len(logits)), 2.0**-54)))
        for tokens in _downwards(scores):
            fitting = tokens[allowed(tokens)]
            if len(fitting):
                return int(fitting[0])
        return None

    def kept(self, logits: Logits, allowed: Allowed | None) -> Tokens:
        """Return what top-k, top-p and min-p let stay of the allowed tokens (None: all are), lowest number first."""
        sampling = self._sampling
        found = looked = np.empty(0, dtype=np.int32)
        for tokens in _downwards(logits):
            looked = np.concatenate([looked, tokens])
            found = np.concatenate([found, tokens if allowed is None else tokens[allowed(tokens)]])
            if not len(found):
                continue
            likely = logits[found].astype(np.float64)
            unseen = 0.0
            if sampling.top_p < 1 and not 0 < sampling.top_k <= len(found):
                rest = logits.astype(np.float64)
                rest -= likely[0]
                rest[looked] = -np.inf
                unseen = float(np.exp(rest, out=rest).sum())
            surely = unseen if allowed is None and not sampling.top_k else 0.0
            count = count_kept(sampling, likely, float(logits[tokens[-1]]), (surely, unseen))
            if count is not None:
                return np.sort(found[:count])
        if len(found):
            found = found[: count_kept(sampling, logits[found].astype(np.float64), -math.inf, (0.0, 0.0))]
        return np.sort(found)


def count_kept(
    sampling: Sampling, likely: NDArray[np.float64], ceiling: float, unseen: tuple[float, float]
) -> int | None:
    """Return how many of the likeliest tokens stay, or None when that hangs on tokens not looked at.

    *likely* are logits of the tokens that were looked at and may come, the highest first. Of those not looked
    at, none is above *ceiling*, and those that may come are together at least and at most *unseen* times as likely
    as the first of *likely*. With a ceiling of minus infinity there are none, and the answer is never None.
    """
    if 0 < sampling.top_k <= len(likely):
        likely, ceiling, unseen = likely[: sampling.top_k], -math.inf, (0.0, 0.0)
    floor = likely[0] + math.log(sampling.min_p) if sampling.min_p else -math.inf
    fewest = int(np.count_nonzero(likely >= floor))
    most = fewest if fewest < len(likely) or ceiling < floor or ceiling == -math.inf else math.inf
    if sampling.top_p < 1:
        sums = np.exp(likely - likely[0]).cumsum()
        low, high = (int(np.searchsorted(sums, sampling.top_p * (sums[-1] + more))) + 1 for more in unseen)
        fewest, most = min(fewest, low), min(most, high if high <= len(likely) else math.inf)
    return fewest if fewest == most else None


def _downwards(scores: NDArray[np.floating]) -> Iterator[Tokens]:
    """Yield all possible tokens in pieces, the likeliest first, the lower number first among equals."""
    seen = 0
    for look in (FIRST_LOOK, SECOND_LOOK, len(scores)):
        everything = look >= len(scores)
        border = -np.inf if everything else np.partition(scores, -look)[-look]
        tokens = np.flatnonzero((scores >= border) & np.isfinite(scores))
        piece = tokens[np.argsort(-scores[tokens], kind="stable")][seen:look]
        if len(piece):
            yield piece.astype(np.int32)
        if everything:
            return
        seen = look
