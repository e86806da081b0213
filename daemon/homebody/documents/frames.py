"""How do the house and the reader process talk? A header of JSON and raw bytes, each with its length before it."""

import json
import struct
from collections.abc import Callable, Mapping
from typing import Any

from homebody.errors import DocumentError

LENGTHS = struct.Struct(">II")
MOST_HEADER = 1 << 18
MOST_BYTES = 256 << 20

Exactly = Callable[[int], bytes]
"""Reads that many bytes; fewer mean that the other side has closed."""


class FrameError(DocumentError):
    """The reader process sent something that makes no sense."""


def pack(header: Mapping[str, Any], data: bytes = b"") -> bytes:
    """Return one frame as it crosses the pipe. Raises FrameError when it is larger than any may be."""
    head = json.dumps(dict(header), separators=(",", ":")).encode("ascii")
    if len(head) > MOST_HEADER or len(data) > MOST_BYTES:
        raise FrameError("A frame for the reader process is larger than any may be.")
    return LENGTHS.pack(len(head), len(data)) + head + data


def receive(read: Exactly) -> tuple[dict[str, Any], bytes] | None:
    """Return the next frame, or None when the other side closed between two frames.

    Raises FrameError for a length beyond the limits, a frame cut short, and a header that is no JSON object:
    after a hostile document the other side may say anything.
    """
    lengths = read(LENGTHS.size)
    if not lengths:
        return None
    if len(lengths) < LENGTHS.size:
        raise FrameError("The reader process ended in the middle of a frame.")
    head_length, data_length = LENGTHS.unpack(lengths)
    if head_length > MOST_HEADER or data_length > MOST_BYTES:
        raise FrameError("A frame of the reader process is larger than any may be.")
    head, data = read(head_length), read(data_length) if data_length else b""
    if len(head) < head_length or len(data) < data_length:
        raise FrameError("The reader process ended in the middle of a frame.")
    try:
        header = json.loads(head)
    except (ValueError, RecursionError) as error:
        raise FrameError("A frame of the reader process has a broken header.") from error
    if not isinstance(header, dict):
        raise FrameError("A frame of the reader process has a broken header.")
    return header, data
