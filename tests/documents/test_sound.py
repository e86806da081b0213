"""Does sound arrive as it was recorded, at the rate that is heard, in pieces that cut no word, as sentences in rows?"""

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from make_sound import plain_wav, tone, wav

from homebody.documents.extract import FormatError
from homebody.documents.speech.heard import Segment
from homebody.documents.speech.paragraphs import LONG, Paragraphs
from homebody.documents.speech.pieces import FRAME, LONGEST, SHORTEST, pieces, quiet_place
from homebody.documents.speech.resample import Resampler
from homebody.documents.speech.sound import RATE
from homebody.documents.speech.wav import FLOAT, PCM, OtherKindError, WavSound

WAVE = tone(0.1)


def whole(data: bytes) -> np.ndarray:
    """Return all samples of a WAV file."""
    sound = WavSound(data)
    return sound.read(sound.frames + 1)


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize(
    ("kind", "bits", "data"),
    [
        (PCM, 8, (WAVE * 127 + 128).astype(np.uint8).tobytes()),
        (PCM, 16, (WAVE * 32767).astype("<i2").tobytes()),
        (PCM, 24, b"".join(struct.pack("<i", int(one * 8388607))[:3] for one in WAVE)),
        (PCM, 32, (WAVE * 2147483000).astype("<i4").tobytes()),
        (FLOAT, 32, WAVE.astype("<f4").tobytes()),
        (FLOAT, 64, WAVE.astype("<f8").tobytes()),
    ],
)
def test_every_plain_kind_of_wav_is_read(kind: int, bits: int, data: bytes, wide: bool):
    """As older and as newer programs say what it is."""
    found = whole(plain_wav(kind, bits, 1, data, wide=wide))
    assert np.abs(found - WAVE).max() < (0.02 if bits == 8 else 0.0001)


def test_channels_are_mixed():
    """What only one microphone heard is heard."""
    both = np.stack([WAVE, np.zeros_like(WAVE)], axis=1)
    assert np.abs(whole(wav(both)) - WAVE / 2).max() < 0.0001


def test_what_is_no_number_is_silence():
    """And nothing is louder than loud."""
    odd = np.array([np.nan, np.inf, -np.inf, 9.0, -9.0, 0.5], "<f4")
    assert whole(plain_wav(FLOAT, 32, 1, odd.tobytes())).tolist() == [0, 0, 0, 1, -1, 0.5]


def test_a_recorder_that_was_switched_off_leaves_its_sound():
    """It never came to write down how long it is."""
    data = wav(WAVE)
    at = data.index(b"data") + 4
    for size in (0, 0xFFFFFFFF):
        assert len(whole(data[:at] + struct.pack("<I", size) + data[at + 4 :])) == len(WAVE)
    cut = WavSound(data[:-1600])
    assert (cut.frames, len(cut.read(9999))) == (1600, 800)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no WAV"),
        (b"OggS" + bytes(60), "no WAV"),
        (wav(WAVE)[:30], "damaged"),
        (wav(WAVE)[:40], "damaged"),
        (wav(WAVE[:0]), "empty"),
        (plain_wav(7, 8, 1, bytes(100)), "this kind of WAV"),
        (plain_wav(PCM, 16, 0, bytes(100)), "damaged"),
        (plain_wav(PCM, 16, 65, bytes(1300)), "damaged"),
        (plain_wav(PCM, 16, 1, bytes(100), rate=0), "damaged"),
        (
            plain_wav(PCM, 8, 1, bytes(100)).replace(b"data\x64\0\0\0", b"data\0\0\0\x10"),
            "4 h 40 min long, and at most",
        ),
    ],
)
def test_what_is_no_such_recording_says_so(data: bytes, reason: str):
    """Each in words."""
    with pytest.raises(FormatError, match=reason) as caught:
        WavSound(data)
    assert isinstance(caught.value, OtherKindError) == ("WAV" in reason)


@given(st.binary(max_size=120), st.integers(0, 60))
def test_no_bytes_are_more_than_a_reason(noise: bytes, at: int):
    """Whatever a header is made of."""
    data = wav(WAVE[:40])
    try:
        sound = WavSound(data[:at] + noise + data[at + len(noise) :])
        assert sound.read(100).dtype == np.float32
    except FormatError:
        pass


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 22_050, 44_100, 47_999, 48_000, 96_000])
def test_sound_of_any_rate_becomes_that_which_is_heard(rate: int):
    """A tone stays the tone that it was, as long as it was."""
    found = resampled(tone(1, rate=rate, pitch=1000), rate, 4_801)
    expected = tone(1, pitch=1000)
    assert len(found) == len(expected)
    assert np.abs(found - expected)[200:-200].max() < 0.001


def test_what_is_too_high_to_be_heard_comes_back_as_nothing_else():
    """A whistle of 12 kHz is no tone of 4 kHz."""
    assert np.abs(resampled(tone(1, rate=44_100, pitch=12_000), 44_100, 44_100))[200:-200].max() < 0.001


@given(
    st.lists(st.integers(0, 900), min_size=1, max_size=8), st.sampled_from([8_000, 16_000, 22_050, 48_000])
)
def test_in_which_blocks_sound_comes_makes_no_difference(lengths: list[int], rate: int):
    """Nothing is lost between two, and nothing is twice."""
    samples = np.random.default_rng(1).standard_normal(sum(lengths)).astype(np.float32)
    resampler = Resampler(rate, RATE)
    at, found = 0, []
    for length in lengths:
        found.append(resampler.take(samples[at : at + length]))
        at += length
    found.append(resampler.take(samples[:0], last=True))
    expected = Resampler(rate, RATE).take(samples, last=True)
    assert np.allclose(np.concatenate(found), expected, atol=1e-5)
    assert len(expected) == -(-len(samples) * RATE // rate)


def resampled(samples: np.ndarray, rate: int, step: int) -> np.ndarray:
    """Return *samples* at the rate that is heard, taken in blocks."""
    resampler = Resampler(rate, RATE)
    blocks = [resampler.take(samples[at : at + step]) for at in range(0, len(samples), step)]
    return np.concatenate([*blocks, resampler.take(samples[:0], last=True)])


def test_a_recording_is_cut_where_nobody_speaks():
    """Each piece is as long as can be heard at once, and all of them are the recording."""
    samples = tone(70)
    for begin in (24.0, 51.5):
        samples[int(begin * RATE) : int((begin + 0.6) * RATE)] *= 0.001
    found = list(pieces(WavSound(wav(samples))))
    assert np.allclose(np.concatenate([piece.samples for piece in found]), samples, atol=0.0001)
    assert [round(piece.begin) for piece in found] == [0, 24, 52]
    assert all(24.0 < piece.begin < 24.6 or 51.5 < piece.begin < 52.1 for piece in found[1:])
    assert not any(piece.silent for piece in found)


@given(st.integers(0, 2**32))
def test_no_piece_is_too_short_or_too_long(seed: int):
    """Wherever it is quietest."""
    place = quiet_place(np.random.default_rng(seed).standard_normal(LONGEST).astype(np.float32))
    assert SHORTEST <= place <= LONGEST
    assert place % FRAME == 0


def test_silence_is_known():
    """Nothing, and the hiss of a recorder; a whisper is none."""
    hiss = np.random.default_rng(1).standard_normal(RATE).astype(np.float32)
    for level, silent in ((0.0, True), (0.0003, True), (0.003, False)):
        [piece] = pieces(WavSound(wav(hiss * level)))
        assert piece.silent == silent


def said(*segments: tuple[float, float, str]) -> str:
    """Return the text of segments that begin and end at these seconds."""
    made = Paragraphs()
    return "".join(made.add(Segment(begin, end, text), 100.0) for begin, end, text in segments)


def test_sentences_stand_in_a_row_until_the_speaker_pauses():
    """Two seconds after a sentence, four within one."""
    first = (0.0, 2.0, " The roof leaks.")
    assert said(first, (2.5, 4.0, " Anna  mends it.")) == "The roof leaks. Anna mends it."
    assert said(first, (4.0, 5.0, " Anna mends it.")) == "The roof leaks.\n\nAnna mends it."
    assert said((0.0, 2.0, " The roof,"), (5.9, 7.0, " it leaks.")) == "The roof, it leaks."
    assert said((0.0, 2.0, " The roof,"), (6.0, 7.0, " it leaks.")) == "The roof,\n\nit leaks."


def test_a_long_paragraph_ends_with_a_sentence():
    """Also of one who never pauses."""
    words = " Yes." * (LONG // 5)
    assert said((0, 9, words), (9, 10, " And no.")) == words.strip() + " And no."
    assert (
        said((0, 9, words), (9, 10, " And no."), (10, 11, " Or so.")) == words.strip() + " And no.\n\nOr so."
    )


def test_languages_without_blanks_get_none():
    """Chinese and Japanese."""
    assert said((0, 2, "屋根が"), (2, 4, "漏れる。")) == "屋根が漏れる。"


def test_what_nobody_said_is_no_text():
    """The words that stand for noises; a sentence with brackets in it is one."""
    noises = (
        "[BLANK_AUDIO]",
        " [ Silence ]",
        " (keyboard clicking)",
        " *laughs*",
        " ♪ la la ♪",
        "♪",
        " ...",
        "",
    )
    assert said(*((number, number + 1, noise) for number, noise in enumerate(noises))) == ""
    assert said((0, 2, " It (the roof) leaks.")) == "It (the roof) leaks."
