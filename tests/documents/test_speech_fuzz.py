"""Whatever a recording is made of, it is text or a reason, and the sealed process lives on."""

import contextlib
import io
import random

import numpy as np
import pytest
from make_sound import TELEPHONE, plain_wav, stream, tone, wav
from test_pictures_fuzz import mutated

from homebody.clock import SystemClock
from homebody.documents.file import Unreadable
from homebody.documents.speech.reader import SpeechReader
from homebody.documents.speech.whisper import Whisper

soundfile = pytest.importorskip("soundfile")


def seeds() -> list[bytes]:
    """Return small recordings of every kind that is read."""

    def packed(kind: str, subtype: str | None = None) -> bytes:
        out = io.BytesIO()
        soundfile.write(out, tone(0.5, rate=24_000), 24_000, format=kind, subtype=subtype)
        return out.getvalue()

    loud = np.stack([tone(0.3), tone(0.3, pitch=300)], axis=1)
    return [
        TELEPHONE, stream(), wav(loud), plain_wav(3, 32, 1, tone(0.2).tobytes(), wide=True),
        packed("MP3"), packed("FLAC"), packed("OGG"), packed("OGG", "OPUS"), packed("AIFF"), packed("CAF", "ALAC_16"),
        packed("WAV", "IMA_ADPCM"), packed("W64"), packed("AU"),
    ]  # fmt: skip


@pytest.mark.parametrize("number", [40, pytest.param(2_000, marks=pytest.mark.long)])
def test_mutated_recordings_are_text_or_a_reason(here: Whisper, number: int):
    """In one process, which neither dies nor takes long, and hears a good one at the end."""
    reader = SpeechReader(here, clock=SystemClock(), documents=number + 2)
    pick, kinds = random.Random(number), seeds()
    reader.hear(kinds[2])
    pid = reader.pid
    for turn in range(number):
        with contextlib.suppress(Unreadable):
            reader.hear(mutated(kinds[turn % len(kinds)], pick))
        assert reader.pid == pid, turn
    assert reader.hear(kinds[2]).text
    reader.stop()
