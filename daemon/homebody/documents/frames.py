"""How do the house and the reader process talk? A header of JSON and raw bytes, each with its length before it."""

import json
import struct
from collections.abc import Mapping
from typing import Any, BinaryIO

from homebody.errors import DocumentError

LENGTHS = struct.Struct(">II")
MOST_HEADER = 1 << 20
MOST_BYTES = 256 << 20


class FrameError(DocumentError):
    """The reader process sent something that makes no sense."""


def send(stream: BinaryIO, header: Mapping[str, Any], data: bytes = b"") -> None:
    """Write one frame and flush it. Raises OSError when the other side is gone."""
    head = json.dumps(dict(header), ensure_ascii=False).encode("utf-8", "surrogatepass")
    stream.write(LENGTHS.pack(len(head), len(data)) + head)
    stream.write(data)
    stream.flush()


def receive(stream: BinaryIO) -> tuple[dict[str, Any], bytes] | None:
    """Return the next frame, or None when the other side has closed. Raises FrameError."""
    lengths = exactly(stream, LENGTHS.size)
    if lengths is None:
        return None
    head_length, data_length = LENGTHS.unpack(lengths)
    if head_length > MOST_HEADER or data_length > MOST_BYTES:
        raise FrameError("A frame of the reader process is longer than any may be.")
    head, data = exactly(stream, head_length), exactly(stream, data_length)
    if head is None or data is None:
        raise FrameError("The reader process ended in the middle of a frame.")
    try:
        header = json.loads(head)
    except ValueError as error:
        raise FrameError("A frame of the reader process has a broken header.") from error
    if not isinstance(header, dict):
        raise FrameError("A frame of the reader process has a broken header.")
    return header, data


def exactly(stream: BinaryIO, number: int) -> bytes | None:
    """Return *number* bytes, or None when the stream ends before them."""
    blocks, left = [], number
    while left:
        block = stream.read(left)
        if not block:
            return None
        blocks.append(block)
        left -= len(block)
    return b"".join(blocks)
