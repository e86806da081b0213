"""WAV: sound as it is, in a few bytes around it (RIFF, and Microsoft's WAVEFORMATEX)."""

import struct

import numpy as np

from homebody.documents.extract import FormatError
from homebody.documents.speech.sound import DAMAGED, Samples, one_channel, refuse_unfit

PCM, FLOAT, EXTENSIBLE = 1, 3, 0xFFFE
HEAD = 12
FORMAT = struct.Struct("<HHIIHH")
KIND_IN_EXTENSIBLE = 24
"""Where the kind is said once more, as the beginning of a long number."""

WIDTHS = {PCM: (8, 16, 24, 32), FLOAT: (32, 64)}


class WavSound:
    """A WAV file of plain numbers: 8, 16, 24 or 32 bits, or floating point."""

    def __init__(self, data: bytes) -> None:
        """Open it. Raises FormatError for what is damaged, and OtherKindError for one that is packed."""
        form, begin, size = chunks(data)
        kind, channels, self.rate, _, _, self._bits = FORMAT.unpack_from(form)
        if kind == EXTENSIBLE and len(form) >= KIND_IN_EXTENSIBLE + 2:
            (kind,) = struct.unpack_from("<H", form, KIND_IN_EXTENSIBLE)
        if self._bits not in WIDTHS.get(kind, ()):
            raise OtherKindError("this kind of WAV is not read here; save the recording with 16 bits")
        self._float = kind == FLOAT
        self._channels = channels
        self._step = max(channels, 1) * self._bits // 8
        self.frames = size // self._step
        refuse_unfit(self.rate, channels, self.frames)
        self._data, self._at = data, begin
        self._end = min(len(data), begin + self.frames * self._step)

    def read(self, number: int) -> Samples:
        """Return the next *number* samples, fewer at the end."""
        number = min(number, (self._end - self._at) // self._step)
        block = self._data[self._at : self._at + number * self._step]
        self._at += len(block)
        return one_channel(self._numbers(block), self._channels)

    def _numbers(self, block: bytes) -> Samples:
        """Return the numbers of *block*, from -1 to 1."""
        if self._float:
            with np.errstate(over="ignore", invalid="ignore"):
                return np.frombuffer(block, f"<f{self._bits // 8}").astype(np.float32)
        if self._bits == 8:  # the only ones that have no sign
            return np.asarray(np.frombuffer(block, np.uint8) / 128.0 - 1, np.float32)
        if self._bits == 24:
            four = np.zeros((len(block) // 3, 4), np.uint8)
            four[:, 1:] = np.frombuffer(block, np.uint8).reshape(-1, 3)
            return np.asarray(four.view("<i4").ravel() / 2.0**31, np.float32)
        whole = np.frombuffer(block, f"<i{self._bits // 8}")
        return np.asarray(whole / 2.0 ** (self._bits - 1), np.float32)


class OtherKindError(FormatError):
    """It may be that another library knows it."""


def chunks(data: bytes) -> tuple[bytes, int, int]:
    """Return what the file says of its sound, where that begins, and how many bytes of it there should be.

    A recorder that was switched off in the middle leaves no size, or one that is too large: then all that is there is
    sound. Raises FormatError.
    """
    if data[:4] not in (b"RIFF", b"RF64") or data[8:12] != b"WAVE":
        raise OtherKindError("the file is no WAV recording")
    form, at = b"", HEAD
    while at + 8 <= len(data):
        name, (size,) = data[at : at + 4], struct.unpack_from("<I", data, at + 4)
        at += 8
        if name == b"fmt ":
            form = data[at : at + size]
            if len(form) < FORMAT.size:
                raise FormatError(DAMAGED)
        elif name == b"data":
            if not form:
                raise FormatError(DAMAGED)
            unknown = size in (0, 0xFFFFFFFF) or (data[:4] == b"RF64")
            return form, at, len(data) - at if unknown else size
        at += size + size % 2
    raise FormatError(DAMAGED)
