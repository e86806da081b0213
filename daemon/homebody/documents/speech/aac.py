"""How do we call FAAD2, which unpacks AAC? By its C interface (neaacdec.h), in the sealed process only."""

import ctypes
from pathlib import Path

import numpy as np

from homebody.documents.extract import FormatError
from homebody.documents.speech.mp4 import Track, track
from homebody.documents.speech.sound import DAMAGED, MOST_CHANNELS, Samples, one_channel, refuse_unfit

Pointer, Long, Byte = ctypes.c_void_p, ctypes.c_ulong, ctypes.c_ubyte

FULL = 32768.0
"""What it gives are whole numbers of 16 bits, unless it is told otherwise (FAAD_FMT_16BIT)."""


class Info(ctypes.Structure):
    """NeAACDecFrameInfo, as far as it is read; what follows has room."""

    _fields_ = (
        ("consumed", Long), ("samples", Long), ("channels", Byte), ("error", Byte), ("rate", Long),
        ("rest", Byte * 512),
    )  # fmt: skip


class Aac:
    """FAAD2, loaded; it has one recording open at a time."""

    def __init__(self, library: Path) -> None:
        """Load it. Raises OSError for a library that does not load, AttributeError for one that is another."""
        self.library = ctypes.CDLL(str(library))
        self.library.NeAACDecOpen.restype, self.library.NeAACDecOpen.argtypes = Pointer, ()
        self.library.NeAACDecInit2.restype = ctypes.c_byte
        self.library.NeAACDecInit2.argtypes = (
            Pointer, ctypes.c_char_p, Long, ctypes.POINTER(Long), ctypes.POINTER(Byte),
        )  # fmt: skip
        self.library.NeAACDecDecode.restype = Pointer
        self.library.NeAACDecDecode.argtypes = (Pointer, ctypes.POINTER(Info), ctypes.c_char_p, Long)
        self.library.NeAACDecClose.restype, self.library.NeAACDecClose.argtypes = None, (Pointer,)
        self._decoder: int | None = None

    def open(self, data: bytes) -> "AacSound":
        """Return the recording in *data*. Raises FormatError for what is damaged or packed otherwise."""
        found = track(data)
        if self._decoder:
            self.library.NeAACDecClose(self._decoder)
        self._decoder = self.library.NeAACDecOpen()
        rate, channels = Long(), Byte()
        if not self._decoder or self.library.NeAACDecInit2(
            self._decoder, found.config, len(found.config), ctypes.byref(rate), ctypes.byref(channels)
        ):
            raise FormatError(DAMAGED)
        frames = round(found.seconds * rate.value)
        refuse_unfit(int(rate.value), int(channels.value), frames)
        return AacSound(self, data, found, int(rate.value), frames)

    def unpacked(self, frame: bytes) -> Samples:
        """Return what is in one *frame* of the open recording; nothing for one that is damaged."""
        info = Info()
        found = self.library.NeAACDecDecode(self._decoder, ctypes.byref(info), frame, len(frame))
        if not found or info.error or not info.samples or not 0 < info.channels <= MOST_CHANNELS:
            return np.zeros(0, np.float32)
        whole = np.frombuffer(ctypes.string_at(found, 2 * info.samples), np.int16)
        return one_channel((whole / FULL).astype(np.float32), int(info.channels))


class AacSound:
    """A recording packed as AAC, in an MP4 file or as a stream."""

    def __init__(self, aac: Aac, data: bytes, found: Track, rate: int, frames: int) -> None:
        self.rate, self.frames = rate, frames
        self._aac, self._data = aac, data
        self._places = iter(found.frames)
        self._left: Samples = np.zeros(0, np.float32)

    def read(self, number: int) -> Samples:
        """Return the next *number* samples, fewer at the end; a frame that is damaged is left out."""
        blocks, there = [self._left], len(self._left)
        while there < number and (place := next(self._places, None)) is not None:
            blocks.append(self._aac.unpacked(self._data[slice(*place)]))
            there += len(blocks[-1])
        whole = np.concatenate(blocks)
        self._left = whole[number:]
        return whole[:number]
