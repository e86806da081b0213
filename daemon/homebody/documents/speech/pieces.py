"""Where is a recording cut, so that no piece is longer than whisper.cpp hears at once, and no word is cut through?

In the quietest moment of the last third of each half minute; most speakers breathe three times in it. Pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from homebody.documents.speech.resample import Resampler
from homebody.documents.speech.sound import RATE, Samples, Sound

LONGEST = 30 * RATE
"""What whisper.cpp hears at once (WHISPER_CHUNK_SIZE); it would fill up a shorter piece to as much."""

SHORTEST = 20 * RATE

FRAME = RATE // 50
"""A fiftieth of a second: shorter than a sound of speech."""

PAUSE = 15
"""Frames that a pause between two words has at the least: 0.3 seconds."""

SILENCE = 10 ** (-65 / 20)
"""What nowhere gets louder is silence: 65 dB below the loudest there is; a whisper into a telephone is at -50."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of sound, and at which second of the recording it begins."""

    begin: float
    samples: Samples

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.samples) / RATE

    @property
    def silent(self) -> bool:
        """Whether nothing is to be heard in it: where whisper.cpp hears nothing, it makes something up."""
        return bool(loudness(self.samples).max(initial=0.0) < SILENCE)


def pieces(sound: Sound) -> Iterator[Piece]:
    """Yield the whole of *sound*, piece after piece. Raises FormatError where it is damaged."""
    resampler = Resampler(sound.rate, RATE)
    waiting: Samples = np.zeros(0, np.float32)
    done, ended = 0, False
    while True:
        while len(waiting) <= LONGEST and not ended:
            block = sound.read(sound.rate)
            ended = not len(block)
            waiting = np.concatenate((waiting, resampler.take(block, last=ended)))
        if not len(waiting):
            return
        length = len(waiting) if len(waiting) <= LONGEST else quiet_place(waiting[:LONGEST])
        yield Piece(done / RATE, waiting[:length])
        waiting = waiting[length:]
        done += length


def quiet_place(samples: Samples) -> int:
    """Return after how many samples of half a minute it is quietest, at the earliest after `SHORTEST`."""
    loud = loudness(samples[SHORTEST:]) ** 2
    around = np.convolve(loud, np.ones(PAUSE) / PAUSE, mode="valid")
    return SHORTEST + (int(around.argmin()) + PAUSE // 2) * FRAME


def loudness(samples: Samples) -> Samples:
    """Return how loud each frame is; what is left at the end counts as one."""
    if short := len(samples) % FRAME:
        samples = np.concatenate((samples, np.zeros(FRAME - short, np.float32)))
    return np.sqrt(np.mean(samples.reshape(-1, FRAME) ** 2, axis=1, dtype=np.float32))
