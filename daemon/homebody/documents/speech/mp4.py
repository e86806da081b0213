"""Where in an MP4 file, or in a stream of AAC, does the sound lie? (ISO 14496-12, 14496-14, 14496-3) Pure.

A telephone's voice memo is an MP4 file with one track of AAC in it.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from homebody.documents.extract import FormatError
from homebody.documents.speech.sound import DAMAGED

Place = tuple[int, int]
"""Where something begins, and where it ends."""

MOST_FRAMES = 2_000_000
"""Four hours have a third of it."""

IN_DESCRIPTION = 28
"""Bytes of a description of sound before the boxes in it (AudioSampleEntry, version 0)."""

MORE_IN_VERSION = {0: 0, 1: 16, 2: 36}
"""Bytes more that QuickTime's later versions have."""

OTHER = "the recording is packed in a way that is not read here (Apple Lossless, or protected?); save it as WAV or MP3"
SYNC = 0xFFF0
ADTS_HEAD = 7


@dataclass(frozen=True, slots=True)
class Track:
    """How the sound is packed, as a decoder wants to know it, its frames, and how many seconds it says that it has."""

    config: bytes
    frames: tuple[Place, ...]
    seconds: float


def track(data: bytes) -> Track:
    """Return the first track of AAC in *data*. Raises FormatError for what is damaged or packed otherwise."""
    try:
        return of_stream(data) if is_stream(data) else of_file(data)
    except (struct.error, IndexError) as error:
        raise FormatError(DAMAGED) from error


def is_file(data: bytes) -> bool:
    """Return whether *data* begins as an MP4 file does."""
    return data[4:8] == b"ftyp"


def is_stream(data: bytes) -> bool:
    """Return whether *data* begins as a stream of AAC does (ADTS), whose frames say themselves what they are."""
    return len(data) > ADTS_HEAD and int.from_bytes(data[:2], "big") & 0xFFF6 == SYNC


def of_file(data: bytes) -> Track:
    """Return the first track of sound in an MP4 file."""
    whole = (0, len(data))
    movie = inside(data, whole, b"moov")
    for one in all_inside(data, movie, b"trak"):
        media = inside(data, one, b"mdia")
        begin, _ = inside(data, media, b"hdlr")
        if data[begin + 8 : begin + 12] != b"soun":
            continue
        table = inside(data, inside(data, media, b"minf"), b"stbl")
        return Track(config_in(data, table), tuple(frames_in(data, table)), seconds_of(data, media))
    raise FormatError("no text: there is no sound in the file")


def of_stream(data: bytes) -> Track:
    """Return all frames of a stream."""
    frames: list[Place] = []
    at, kind = 0, int.from_bytes(data[:4], "big")
    object_type, index, channels = ((kind >> 14) & 3) + 1, (kind >> 10) & 15, (kind >> 6) & 7
    while is_stream(data[at : at + ADTS_HEAD + 1]):
        length = (int.from_bytes(data[at + 3 : at + 6], "big") >> 5) & 0x1FFF
        head = ADTS_HEAD if data[at + 1] & 1 else ADTS_HEAD + 2
        if length <= head:
            raise FormatError(DAMAGED)
        frames.append((at + head, min(at + length, len(data))))
        at += length
    if index >= len(RATES):
        raise FormatError(DAMAGED)
    config = (object_type << 11 | index << 7 | channels << 3).to_bytes(2, "big")
    return Track(config, tuple(frames), len(frames) * 1024 / RATES[index])


RATES = (96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350)
"""By their number in a frame's head (ISO 14496-3, table 1.18)."""


def config_in(data: bytes, table: Place) -> bytes:
    """Return the decoder's own description of the sound (AudioSpecificConfig). Raises FormatError for other kinds."""
    begin, end = inside(data, table, b"stsd")
    described = next(boxes(data, (begin + 8, end)), None)
    if described is None or described[0] != b"mp4a":
        raise FormatError(OTHER)
    _, (begin, end) = described
    version = int.from_bytes(data[begin + 8 : begin + 10], "big")
    within = (begin + IN_DESCRIPTION + MORE_IN_VERSION.get(version, 0), end)
    wave = next(all_inside(data, within, b"wave"), within)  # QuickTime's way
    begin, end = inside(data, wave, b"esds")
    at = begin + 4
    for tag, skipped in ((3, 3), (4, 13), (5, 0)):
        if data[at] != tag:
            raise FormatError(OTHER)
        length, at = size_at(data, at + 1)
        at += skipped
    return data[at : min(at + length, end)]


def size_at(data: bytes, at: int) -> tuple[int, int]:
    """Return a length in groups of seven bits, and where what has it begins."""
    length = 0
    for _ in range(4):
        length = length << 7 | data[at] & 0x7F
        at += 1
        if not data[at - 1] & 0x80:
            break
    return length, at


def frames_in(data: bytes, table: Place) -> Iterator[Place]:
    """Yield where each frame lies: chunks, in runs of equally many frames, each frame with a size."""
    begin, _ = inside(data, table, b"stsz")
    same, number = struct.unpack_from(">II", data, begin + 4)
    if number > MOST_FRAMES:
        raise FormatError(DAMAGED)
    sizes = iter([same] * number if same else struct.unpack_from(f">{number}I", data, begin + 12))
    wide = next(all_inside(data, table, b"co64"), None)
    begin, _ = wide or inside(data, table, b"stco")
    (count,) = struct.unpack_from(">I", data, begin + 4)
    chunks = struct.unpack_from(f">{count}{'Q' if wide else 'I'}", data, begin + 8)
    begin, _ = inside(data, table, b"stsc")
    (count,) = struct.unpack_from(">I", data, begin + 4)
    runs = [struct.unpack_from(">II", data, begin + 8 + 12 * one) for one in range(count)]
    following = iter([*(first for first, _ in runs[1:]), len(chunks) + 1])
    for first, each in runs:
        for chunk in chunks[max(first, 1) - 1 : next(following) - 1]:
            at = chunk
            for _ in range(each):
                size = next(sizes, None)
                if size is None:
                    return
                if at + size <= len(data):  # what is not there is missed at the end, and counted
                    yield at, at + size
                at += size


def seconds_of(data: bytes, media: Place) -> float:
    """Return how long the track says that it is."""
    begin, _ = inside(data, media, b"mdhd")
    form, at = (">IQ", begin + 20) if data[begin] == 1 else (">II", begin + 12)
    scale, duration = struct.unpack_from(form, data, at)
    if not scale:
        raise FormatError(DAMAGED)
    return float(duration / scale)


def inside(data: bytes, place: Place, kind: bytes) -> Place:
    """Return the first box of a *kind* in *place*. Raises FormatError where there is none."""
    found = next(all_inside(data, place, kind), None)
    if found is None:
        raise FormatError(DAMAGED)
    return found


def all_inside(data: bytes, place: Place, kind: bytes) -> Iterator[Place]:
    """Yield what is in each box of a *kind* in *place*."""
    return (found for name, found in boxes(data, place) if name == kind)


def boxes(data: bytes, place: Place) -> Iterator[tuple[bytes, Place]]:
    """Yield each box in *place*: its kind, and where what is in it lies."""
    at, end = place
    while at + 8 <= end:
        size, kind = struct.unpack_from(">I4s", data, at)
        head = 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", data, at + 8)
            head = 16
        if size == 0:
            size = end - at
        if size < head:
            raise FormatError(DAMAGED)
        yield kind, (at + head, min(at + size, end))
        at += size
