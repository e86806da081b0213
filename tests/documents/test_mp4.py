"""Is the sound found in the file of a telephone, and is every other file a reason?"""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from make_sound import TELEPHONE, stream, tone, wav

from homebody.documents.extract import FormatError
from homebody.documents.speech.mp4 import is_file, is_stream, track


def box(kind: bytes, *inside: bytes, wide: bool = False) -> bytes:
    """Return a box, its size in 32 bits or in 64."""
    body = b"".join(inside)
    head = struct.pack(">I4sQ", 1, kind, len(body) + 16) if wide else struct.pack(">I4s", len(body) + 8, kind)
    return head + body


def test_all_frames_are_found_in_their_order():
    """With the decoder's own description: AAC of low complexity, 16 kHz, one channel."""
    found = track(TELEPHONE)
    assert found.config[:2] == bytes([2 << 3 | 8 >> 1, (8 & 1) << 7 | 1 << 3])
    assert len(found.frames) == 16
    assert all(end == begin for (_, end), (begin, _) in zip(found.frames, found.frames[1:], strict=False))
    assert found.seconds == pytest.approx(0.9, abs=0.15)


def test_a_stream_holds_the_same_frames():
    """Each says itself what it is."""
    data, found = stream(), track(stream())
    inside = [TELEPHONE[slice(*place)] for place in track(TELEPHONE).frames]
    assert [data[slice(*place)] for place in found.frames] == inside
    assert found.config == track(TELEPHONE).config[:2]
    assert (is_stream(data), is_file(data), is_file(TELEPHONE), is_stream(TELEPHONE)) == (
        True,
        False,
        True,
        False,
    )
    assert not is_stream(b"\xff\xfb\x90\x64" + bytes(400)), "which is MP3"
    assert not is_stream(wav(tone(0.1)))


def test_what_lies_behind_the_end_of_the_file_is_missed():
    """It is counted later, by how long the file says that it is."""
    whole = track(TELEPHONE)
    far = TELEPHONE.replace(struct.pack(">I", whole.frames[0][0]), struct.pack(">I", len(TELEPHONE) - 40))
    assert len(track(far).frames) < len(whole.frames)
    assert track(far).seconds == whole.seconds


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (TELEPHONE[:40], "damaged"),
        (box(b"ftyp", b"M4A ") + box(b"moov", b"", wide=True), "no sound in the file"),
        (TELEPHONE.replace(b"mp4a", b"alac"), "Apple Lossless, or protected"),
        (TELEPHONE.replace(b"soun", b"vide"), "no sound in the file"),
        (TELEPHONE.replace(b"stsz", b"zzzz"), "damaged"),
        (TELEPHONE.replace(b"moov", b"free"), "damaged"),
        (box(b"ftyp") + b"\0\0\0\x04moov", "damaged"),
        (b"\xff\xf1\x60\x40\0\0\x1c\0", "damaged"),
    ],
)
def test_what_holds_no_sound_that_can_be_unpacked_says_so(data: bytes, reason: str):
    """Each in words."""
    with pytest.raises(FormatError, match=reason):
        track(data)


@given(st.integers(0, len(TELEPHONE) - 1), st.binary(min_size=1, max_size=12))
def test_no_bytes_are_more_than_a_reason(at: int, noise: bytes):
    """Whatever the tables of a file are made of, what is found lies in it."""
    data = TELEPHONE[:at] + noise + TELEPHONE[at + len(noise) :]
    try:
        found = track(data)
    except FormatError:
        return
    assert all(0 <= begin <= end <= len(data) for begin, end in found.frames)
