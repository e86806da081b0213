"""How do we call libsndfile? By its C interface (sndfile.h), in the sealed process only; it sees bytes and no file.

It knows MP3, FLAC, Ogg Vorbis and Opus, AIFF, AU, CAF, and the packed kinds of WAV.
"""

import ctypes
from pathlib import Path

import numpy as np

from homebody.documents.extract import FormatError
from homebody.documents.speech.sound import DAMAGED, MOST_CHANNELS, Samples, one_channel, refuse_unfit

READING = 0x10
"""SFM_READ."""

Count, Pointer, Number = ctypes.c_int64, ctypes.c_void_p, ctypes.c_int


class Info(ctypes.Structure):
    """SF_INFO."""

    _fields_ = (
        ("frames", Count), ("rate", Number), ("channels", Number), ("format", Number), ("sections", Number),
        ("seekable", Number),
    )  # fmt: skip


Length = ctypes.CFUNCTYPE(Count, Pointer)
Seek = ctypes.CFUNCTYPE(Count, Count, Number, Pointer)
Move = ctypes.CFUNCTYPE(Count, Pointer, Count, Pointer)


class Bytes(ctypes.Structure):
    """SF_VIRTUAL_IO: five functions in place of a file."""

    _fields_ = (("length", Length), ("seek", Seek), ("read", Move), ("write", Move), ("tell", Length))


class SoundFile:
    """libsndfile, loaded; it has one recording open at a time."""

    def __init__(self, library: Path) -> None:
        """Load it. Raises OSError for a library that does not load, AttributeError for one that is another."""
        self._library = ctypes.CDLL(str(library))
        self._library.sf_open_virtual.restype = Pointer
        self._library.sf_open_virtual.argtypes = (
            ctypes.POINTER(Bytes),
            Number,
            ctypes.POINTER(Info),
            Pointer,
        )
        self._library.sf_readf_float.restype = Count
        self._library.sf_readf_float.argtypes = (Pointer, ctypes.POINTER(ctypes.c_float), Count)
        self._library.sf_close.restype, self._library.sf_close.argtypes = Number, (Pointer,)
        self._data, self._at = b"", 0
        self._open: int | None = None
        # Made now: inside the seal no more code may come into memory.
        self._bytes = Bytes(
            length=Length(lambda _: len(self._data)),
            seek=Seek(self._seek),
            read=Move(self._read),
            write=Move(lambda _to, _number, _: 0),
            tell=Length(lambda _: self._at),
        )

    def open(self, data: bytes) -> "FileSound":
        """Return the recording in *data*. Raises FormatError for what is damaged or no recording."""
        if self._open is not None:
            self._library.sf_close(self._open)
        self._data, self._at = data, 0
        info = Info()
        self._open = self._library.sf_open_virtual(
            ctypes.byref(self._bytes), READING, ctypes.byref(info), None
        )
        if not self._open:
            raise FormatError("the recording is damaged, or of a kind that is not read here")
        refuse_unfit(info.rate, info.channels, info.frames)
        return FileSound(self, info)

    def samples(self, channels: int, number: int) -> Samples:
        """Return the next *number* samples of the open recording, in one channel. Raises FormatError."""
        if self._open is None or not 0 < channels <= MOST_CHANNELS:
            raise FormatError(DAMAGED)
        room = np.zeros(number * channels, np.float32)
        got = self._library.sf_readf_float(
            self._open, room.ctypes.data_as(ctypes.POINTER(ctypes.c_float)), number
        )
        return one_channel(room[: max(0, min(int(got), number)) * channels], channels)

    def _seek(self, offset: int, whence: int, _: int | None) -> int:
        """lseek(2) on the bytes."""
        base = {0: 0, 1: self._at, 2: len(self._data)}.get(whence, 0)
        self._at = max(0, min(base + offset, len(self._data)))
        return self._at

    def _read(self, to: int, number: int, _: int | None) -> int:
        """read(2) on the bytes."""
        block = self._data[self._at : self._at + max(0, number)]
        ctypes.memmove(to, block, len(block))
        self._at += len(block)
        return len(block)


class FileSound:
    """A recording that libsndfile has open."""

    def __init__(self, file: SoundFile, info: Info) -> None:
        self._file = file
        self._channels = int(info.channels)
        self.rate, self.frames = int(info.rate), int(info.frames)

    def read(self, number: int) -> Samples:
        """Return the next *number* samples, fewer at the end. Raises FormatError."""
        return self._file.samples(self._channels, number)
