"""How does one message cross a pipe? Four bytes of length, big end first, then that many bytes of JSON."""

import hashlib
import json
import struct
from array import array
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO

from homebody.errors import ModelError

LIMIT = 64 * 1024 * 1024
"""The most bytes that one message may have; more means that the other side has lost its way."""

MOST_STATE = 48_000_000
"""The most bytes of a model's memory that cross in one message, in base64."""

_LENGTH = struct.Struct(">I")


class WireError(ModelError):
    """The model process said something that is not a message."""


def encode(message: Mapping[str, Any]) -> bytes:
    """Return *message* as it crosses the pipe. Raises WireError when it is larger than LIMIT."""
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    if len(body) > LIMIT:
        raise WireError(f"A message of {len(body)} bytes is too large: at most {LIMIT} bytes cross the pipe.")
    return _LENGTH.pack(len(body)) + body


def send(stream: BinaryIO, message: Mapping[str, Any]) -> None:
    """Write *message* and flush it. Raises WireError when it is too large, OSError when nobody listens."""
    stream.write(encode(message))
    stream.flush()


def receive(stream: BinaryIO) -> dict[str, Any] | None:
    """Return the next message, or None when the stream ended between two messages.

    Raises WireError for a length beyond LIMIT, a message cut short, and anything that is not a JSON object.
    """
    head = _exactly(stream, _LENGTH.size)
    if not head:
        return None
    if len(head) < _LENGTH.size:
        raise WireError("The stream ended inside a message's length.")
    (length,) = _LENGTH.unpack(head)
    if length > LIMIT:
        raise WireError(f"A message claims {length} bytes; at most {LIMIT} cross the pipe.")
    body = _exactly(stream, length)
    if len(body) < length:
        raise WireError(f"The stream ended inside a message: {len(body)} of {length} bytes came.")
    try:
        message = json.loads(body.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError) as error:
        raise WireError("A message is not JSON.") from error
    if not isinstance(message, dict):
        raise WireError("A message is not a JSON object.")
    return message


def key_of(tokens: Sequence[int]) -> str:
    """Return what names a beginning of prompts on both sides of the pipe: the SHA-256 of its *tokens*."""
    return hashlib.sha256(array("i", tokens).tobytes()).hexdigest()


def _exactly(stream: BinaryIO, length: int) -> bytes:
    """Return *length* bytes, or fewer when the stream ends first; an unbuffered pipe gives them in pieces."""
    pieces: list[bytes] = []
    missing = length
    while missing:
        piece = stream.read(missing)
        if not piece:
            break
        pieces.append(piece)
        missing -= len(piece)
    return b"".join(pieces)
