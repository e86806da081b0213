"""How does sound of any rate become sound of the rate that whisper.cpp hears? By a low-pass filter, piece by piece.

What lies above half the new rate is taken away, for it would come back as something else (Nyquist). Pure.
"""

import math

import numpy as np
from numpy.typing import NDArray

from homebody.documents.speech.sound import Samples

CROSSINGS = 10
"""How far the filter reaches to each side, in crossings of its sinc: its stop band lies 70 dB down."""

ROLL_OFF = 0.94
"""Where the filter begins to fall, of the lower of both Nyquist frequencies."""

BETA = 8.0
"""The shape of its Kaiser window."""


class Resampler:
    """Takes sound at one rate in blocks, and gives it at another; nothing is lost between two blocks."""

    def __init__(self, rate: int, wanted: int) -> None:
        common = math.gcd(rate, wanted)
        self._up, self._down = wanted // common, rate // common
        self._table = filters(self._up, self._down)
        self._reach = self._table.shape[1] // 2
        self._left: Samples = np.zeros(self._reach - 1, np.float32)
        self._begins = -(self._reach - 1)
        """Which sample of the sound the first one that is left was."""
        self._next = 0
        """Which sample comes out next."""

    def take(self, block: Samples, *, last: bool = False) -> Samples:
        """Return what can be told of the sound after this *block*; all of it after the *last*."""
        if self._up == self._down:
            return block
        ended = self._begins + len(self._left) + len(block)
        behind = np.zeros(self._reach if last else 0, np.float32)
        sound = np.concatenate((self._left, block, behind))
        # Sample n lies at n * down / up of the sound, between two samples; it needs `reach` of them to each side.
        until = -(-ended * self._up // self._down) if last else (
            ((ended - self._reach) * self._up) // self._down if ended > self._reach else 0
        )  # fmt: skip
        numbers = np.arange(self._next, max(self._next, until), dtype=np.int64) * self._down
        if not len(numbers):
            self._left = sound
            return np.zeros(0, np.float32)
        starts = numbers // self._up - (self._reach - 1) - self._begins
        windows = np.lib.stride_tricks.sliding_window_view(sound, self._table.shape[1])[starts]
        found: Samples = np.einsum("nt,nt->n", windows, self._table[numbers % self._up])
        self._next += len(numbers)
        keep = self._next * self._down // self._up - (self._reach - 1) - self._begins
        self._left, self._begins = sound[keep:], self._begins + keep
        return found


def filters(up: int, down: int) -> NDArray[np.float32]:
    """Return the filter for each place between two samples, a row for each of *up* places."""
    cutoff = min(1.0, up / down) * ROLL_OFF
    reach = math.ceil(CROSSINGS / cutoff)
    places = np.arange(up, dtype=np.float64)[:, None] / up
    away = np.arange(1 - reach, reach + 1, dtype=np.float64)[None, :] - places
    window = np.i0(BETA * np.sqrt(np.clip(1 - (away / reach) ** 2, 0, None))) / np.i0(BETA)
    table = cutoff * np.sinc(cutoff * away) * window
    return np.asarray(table / table.sum(axis=1, keepdims=True), np.float32)
