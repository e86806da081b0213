"""What does a GGUF file's header say, read without trusting one number in it?

The format is described in ggml's docs/gguf.md. Every count is held against the bytes that are really there,
so that a damaged or hostile file costs little time and memory and ends in a sentence.
"""

import struct
from dataclasses import dataclass
from typing import BinaryIO

from homebody.errors import ModelFileError
from homebody.model.quantization import TYPES

MAX_ENTRIES = 1_000_000
"""More metadata entries or tensors than this no model has."""

MAX_KEPT = 4 * 1024 * 1024
"""Longer texts are stepped over; the longest that matters, a chat template, has some 20,000 bytes."""

MAX_NAME = 65_535
MAX_DEPTH = 4
_STRING, _ARRAY = 8, 9
_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}

Value = int | float | bool | str


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor: how many weights, stored how, and where its bytes begin after the header."""

    name: str
    dimensions: tuple[int, ...]
    kind: int
    offset: int
    elements: int
    size: int


@dataclass(frozen=True, slots=True)
class Header:
    """The metadata that are single values (arrays are stepped over), the tensors, and where those begin."""

    version: int
    values: dict[str, Value]
    tensors: tuple[Tensor, ...]
    data_start: int

    @property
    def complete_size(self) -> int:
        """Return how many bytes the whole file must have at least."""
        ends = [self.data_start + tensor.offset + tensor.size for tensor in self.tensors]
        return max(ends, default=0)


def read_header(file: BinaryIO, size: int) -> Header:
    """Return the header of the GGUF in *file*, which has *size* bytes.

    Raises ModelFileError with a clause that fits after "The model file X ".
    """
    reader = _Reader(file, size)
    magic = file.read(4)
    if magic != b"GGUF":
        raise ModelFileError("is not a GGUF file.")
    reader.at = 4
    version = int(reader.scalar("I"))
    if version in (0x02000000, 0x03000000):
        raise ModelFileError("is a GGUF for computers with the other byte order.")
    if version not in (2, 3):
        raise ModelFileError(f"is a GGUF of version {version}; versions 2 and 3 can be read.")
    tensor_count, value_count = int(reader.scalar("Q")), int(reader.scalar("Q"))
    reader.believe(value_count, 13, "metadata entries")
    values: dict[str, Value] = {}
    for _ in range(value_count):
        key = reader.text(MAX_NAME)
        value = reader.value(int(reader.scalar("I")))
        if value is not None:
            values[key] = value
    reader.believe(tensor_count, 32, "tensors")
    tensors = tuple(_tensor(reader) for _ in range(tensor_count))
    alignment = values.get("general.alignment", 32)
    if not isinstance(alignment, int) or not 0 < alignment <= 1 << 30 or alignment & (alignment - 1):
        raise ModelFileError("is damaged: its alignment is not a power of two.")
    return Header(version, values, tensors, -(-reader.at // alignment) * alignment)


def _tensor(reader: "_Reader") -> Tensor:
    """Return the next tensor's description."""
    name = reader.text(MAX_NAME)
    rank = int(reader.scalar("I"))
    if rank > 8:
        raise ModelFileError(f"is damaged: a tensor claims {rank} dimensions.")
    dimensions = tuple(int(reader.scalar("Q")) for _ in range(rank))
    kind, offset = int(reader.scalar("I")), int(reader.scalar("Q"))
    if kind not in TYPES:
        raise ModelFileError(f"stores weights in a way that is not known here (type {kind}).")
    elements = 1
    for length in dimensions:
        elements *= length
    if elements == 0 or elements > 1 << 50 or offset > 1 << 50:
        raise ModelFileError("is damaged: a tensor has no size or an absurd one.")
    return Tensor(name, dimensions, kind, offset, elements, TYPES[kind].bytes_of(elements))


class _Reader:
    """Reads forward, never past the end, and says how far it came."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._size = size
        self.at = 0

    def believe(self, count: int, smallest: int, what: str) -> None:
        """Raise ModelFileError when *count* things of *smallest* bytes each cannot be there."""
        if count > MAX_ENTRIES:
            raise ModelFileError(f"is damaged: its header claims {count} {what}.")
        self._need(count * smallest)

    def scalar(self, form: str) -> int | float | bool:
        """Return the next number."""
        length = struct.calcsize("<" + form)
        value: int | float | bool = struct.unpack("<" + form, self._take(length))[0]
        return value

    def text(self, longest: int) -> str:
        """Return the next text. Raises ModelFileError when it is longer than *longest* bytes."""
        length = int(self.scalar("Q"))
        if length > longest:
            raise ModelFileError(f"is damaged: its header holds a name of {length} bytes.")
        return self._take(length).decode("utf-8", "replace")

    def value(self, kind: int, depth: int = 0) -> Value | None:
        """Return the next value, or None for one that is only stepped over: an array or a very long text."""
        if kind in _SCALARS:
            return self.scalar(_SCALARS[kind])
        if kind == _STRING:
            length = int(self.scalar("Q"))
            if length > MAX_KEPT:
                self._skip(length)
                return None
            return self._take(length).decode("utf-8", "replace")
        if kind == _ARRAY and depth < MAX_DEPTH:
            self._skip_array(depth)
            return None
        raise ModelFileError(f"is damaged: its header holds a value of an unknown kind ({kind}).")

    def _skip_array(self, depth: int) -> None:
        """Step over an array."""
        kind, count = int(self.scalar("I")), int(self.scalar("Q"))
        if kind in _SCALARS:
            self._skip(count * struct.calcsize("<" + _SCALARS[kind]))
        elif kind == _STRING:
            self._need(count * 8)
            for _ in range(count):
                self._skip(int(self.scalar("Q")))
        else:
            self._need(count * 12)
            for _ in range(count):
                self.value(kind, depth + 1)

    def _need(self, length: int) -> None:
        """Raise ModelFileError when fewer than *length* bytes are left."""
        missing = self.at + length - self._size
        if missing > 0:
            raise ModelFileError(
                f"is cut short or damaged: it has {self._size} bytes, and its header alone needs "
                f"at least {missing} more."
            )

    def _take(self, length: int) -> bytes:
        """Return the next *length* bytes."""
        self._need(length)
        data = self._file.read(length)
        if len(data) < length:
            raise ModelFileError("became shorter while it was read.")
        self.at += length
        return data

    def _skip(self, length: int) -> None:
        """Step over *length* bytes."""
        self._need(length)
        self._file.seek(length, 1)
        self.at += length
