"""What does a GGUF file's header say, read without trusting one number in it?

The format is described in ggml's docs/gguf.md. Every count is held against the bytes that are really there,
so that a damaged or hostile file costs little time and memory and ends in a sentence.
"""

import struct
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import BinaryIO

from homebody.errors import ModelFileError
from homebody.model.quantization import TYPES

MAX_ENTRIES = 1_000_000
"""More metadata entries or tensors than this no model has."""

MAX_KEPT = 4 * 1024 * 1024
"""Longer texts are stepped over; the longest that matters, a chat template, has some 20,000 bytes."""

MAX_ITEMS = 4096
"""Longer lists of numbers are stepped over; those that matter have one for each layer."""

WINDOW = 256 * 1024
"""Bytes that are read in one go where there are many short texts."""

MAX_NAME = 65_535
MAX_DEPTH = 4
_STRING, _ARRAY = 8, 9
_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}

Value = int | float | bool | str


@dataclass(frozen=True, slots=True)
class Array:
    """A list in the metadata: of what kind and how long, where its items begin, and the items of a short one."""

    kind: int
    count: int
    at: int
    items: tuple[int | float | bool, ...] = ()


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
    """The metadata (of long lists only where they lie), the tensors, and where those begin."""

    version: int
    values: dict[str, Value]
    tensors: tuple[Tensor, ...]
    data_start: int
    arrays: dict[str, Array] = field(default_factory=dict)

    @property
    def complete_size(self) -> int:
        """Return how many bytes the whole file must have at least."""
        ends = [self.data_start + tensor.offset + tensor.size for tensor in self.tensors]
        return max(ends, default=0)

    def number(self, key: str) -> int:
        """Return a whole number of the metadata, 0 when it is not there or is not one."""
        value = self.values.get(key)
        return value if isinstance(value, int) and not isinstance(value, bool) else 0

    def text(self, key: str, longest: int = 200) -> str:
        """Return a text of the metadata, fit to be shown on a terminal; an empty one when it is not there."""
        value = self.values.get(key)
        if not isinstance(value, str):
            return ""
        return "".join(character for character in value if character.isprintable())[:longest].strip()

    def numbers(self, key: str, count: int) -> tuple[int, ...]:
        """Return *count* whole numbers: those of a list under *key*, or the one that stands there, for each."""
        array = self.arrays.get(key)
        if array is None:
            return (self.number(key),) * count
        items = [int(item) if isinstance(item, int) else 0 for item in array.items[:count]]
        return (*items, *[0] * (count - len(items)))


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
    arrays: dict[str, Array] = {}
    for _ in range(value_count):
        key = reader.text(MAX_NAME)
        value = reader.value(int(reader.scalar("I")))
        if isinstance(value, Array):
            arrays[key] = value
        elif value is not None:
            values[key] = value
    reader.believe(tensor_count, 32, "tensors")
    tensors = tuple(_tensor(reader) for _ in range(tensor_count))
    alignment = values.get("general.alignment", 32)
    if not isinstance(alignment, int) or not 0 < alignment <= 1 << 30 or alignment & (alignment - 1):
        raise ModelFileError("is damaged: its alignment is not a power of two.")
    return Header(version, values, tensors, -(-reader.at // alignment) * alignment, arrays)


def texts_of(file: BinaryIO, size: int, array: Array, wanted: Collection[int]) -> dict[int, str]:
    """Return those texts of *array*, by their place in it, that are *wanted* and there.

    *file* is the one that the header was read from. Raises ModelFileError when it has changed since.
    """
    last = max((place for place in wanted if 0 <= place < array.count), default=-1)
    if array.kind != _STRING or last < 0:
        return {}
    file.seek(array.at)
    reader = _Reader(file, size)
    reader.at = array.at
    found = {}
    for place in range(last + 1):
        length = int(reader.scalar("Q"))
        if place in wanted and length <= MAX_NAME:
            found[place] = reader.take(length).decode("utf-8", "replace")
        else:
            reader.skip(length)
    return found


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
        value: int | float | bool = struct.unpack("<" + form, self.take(length))[0]
        return value

    def text(self, longest: int) -> str:
        """Return the next text. Raises ModelFileError when it is longer than *longest* bytes."""
        length = int(self.scalar("Q"))
        if length > longest:
            raise ModelFileError(f"is damaged: its header holds a name of {length} bytes.")
        return self.take(length).decode("utf-8", "replace")

    def value(self, kind: int, depth: int = 0) -> Value | Array | None:
        """Return the next value, or None for one that is only stepped over: a very long text."""
        if kind in _SCALARS:
            return self.scalar(_SCALARS[kind])
        if kind == _STRING:
            length = int(self.scalar("Q"))
            if length > MAX_KEPT:
                self.skip(length)
                return None
            return self.take(length).decode("utf-8", "replace")
        if kind == _ARRAY and depth < MAX_DEPTH:
            return self._array(depth)
        raise ModelFileError(f"is damaged: its header holds a value of an unknown kind ({kind}).")

    def _array(self, depth: int) -> Array:
        """Return the next list, its items only where they are few numbers."""
        kind, count = int(self.scalar("I")), int(self.scalar("Q"))
        start = self.at
        if kind in _SCALARS:
            length = count * struct.calcsize("<" + _SCALARS[kind])
            if count <= MAX_ITEMS and depth == 0:
                return Array(
                    kind, count, start, struct.unpack(f"<{count}{_SCALARS[kind]}", self.take(length))
                )
            self.skip(length)
        elif kind == _STRING:
            self._need(count * 8)
            self._skip_texts(count)
        else:
            self._need(count * 12)
            for _ in range(count):
                self.value(kind, depth + 1)
        return Array(kind, count, start)

    def _skip_texts(self, count: int) -> None:
        """Step over *count* texts; there are hundreds of thousands of them, so many are looked at in one go."""
        window, start = b"", self.at
        for _ in range(count):
            place = self.at - start
            if place < 0 or place + 8 > len(window):
                self._need(8)
                self._file.seek(self.at)
                window, start, place = self._file.read(WINDOW), self.at, 0
                if len(window) < 8:
                    raise ModelFileError("became shorter while it was read.")
            length = int.from_bytes(window[place : place + 8], "little")
            self.at += 8
            self._need(length)
            self.at += length
        self._file.seek(self.at)

    def _need(self, length: int) -> None:
        """Raise ModelFileError when fewer than *length* bytes are left."""
        missing = self.at + length - self._size
        if missing > 0:
            raise ModelFileError(
                f"is cut short or damaged: it has {self._size} bytes, and its header alone needs "
                f"at least {missing} more."
            )

    def take(self, length: int) -> bytes:
        """Return the next *length* bytes."""
        self._need(length)
        data = self._file.read(length)
        if len(data) < length:
            raise ModelFileError("became shorter while it was read.")
        self.at += length
        return data

    def skip(self, length: int) -> None:
        """Step over *length* bytes."""
        self._need(length)
        self._file.seek(length, 1)
        self.at += length
