"""What is a recording, once it is open: sound in one channel, and how fast it goes."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from homebody.documents.extract import FormatError
from homebody.documents.speech.heard import MOST_HOURS

Samples = NDArray[np.float32]
"""Sound in one channel, from -1 to 1."""

RATE = 16_000
"""Samples a second that whisper.cpp takes (WHISPER_SAMPLE_RATE)."""

LEAST_RATE, MOST_RATE = 1_000, 768_000
MOST_CHANNELS = 64

DAMAGED = "the recording is damaged"


class Sound(Protocol):
    """An open recording, read from its beginning to its end."""

    rate: int
    """Samples a second."""
    frames: int
    """How many samples it says that it has; what it has may be fewer."""

    def read(self, number: int) -> Samples:
        """Return the next *number* samples, fewer at the end, none behind it. Raises FormatError."""


def refuse_unfit(rate: int, channels: int, frames: int) -> None:
    """Raise FormatError for what no recording has, and for one that is longer than any that is heard."""
    if not (LEAST_RATE <= rate <= MOST_RATE and 0 < channels <= MOST_CHANNELS and frames >= 0):
        raise FormatError(DAMAGED)
    if frames == 0:
        raise FormatError("no text: the recording is empty")
    if (seconds := frames / rate) > MOST_HOURS * 3600:
        minutes = round(seconds / 60)
        raise FormatError(
            f"the recording is {minutes // 60} h {minutes % 60} min long, and at most {MOST_HOURS} h are heard;"
            " cut it in two"
        )


def one_channel(samples: NDArray[np.float32], channels: int) -> Samples:
    """Return the mean of all *channels*, which lie beside each other; what is no number is silence."""
    mixed = samples.reshape(-1, channels).mean(axis=1, dtype=np.float32) if channels > 1 else samples
    return np.clip(np.nan_to_num(mixed, nan=0.0, posinf=0.0, neginf=0.0), -1.0, 1.0).astype(np.float32)
