"""What does a client of the control socket ask for? One request, read strictly and never for long.

A small and strict part of HTTP/1.1 (RFC 9112): a request line, a few short headers, a body of a length that is
said before. What is not exactly that is refused; a connection carries one request, so nothing can hide behind it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from homebody.strict_json import strict_loads

LARGEST_REQUEST = 1_000_000
"""Bytes of body that a request may have where nothing else is said."""

LARGEST_HEAD = 16 * 1024
"""Bytes that the request line and the headers may have together."""

MOST_HEADERS = 64

MOST_FIELDS = 100
"""Fields that a query may have."""

_LINE = re.compile(rb"([A-Z]{1,16}) (/[!-~]{0,8000}) HTTP/1\.([01])")
_HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}):[ \t]*([\x20-\x7e\x80-\xff\t]*)")
_LENGTH = re.compile(r"[0-9]{1,9}")

Receive = Callable[[int], bytes]
"""Returns at most so many bytes, none at the end; raises OSError when it has waited long enough."""


class RefusedError(Exception):
    """The request is not one that is answered; ``status`` is HTTP's number for why."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request: its method, its path, and what the query says."""

    method: str
    path: str
    query: Mapping[str, str]
    length: int
    """Bytes of body that the client says it sends: its word, and not looked at yet."""
    headers: tuple[tuple[str, str], ...] = ()
    """The headers as they came, their names in small letters."""
    chunks: bool = True
    """Whether it knows answers in pieces: HTTP/1.1 does, 1.0 does not."""


def read_head(receive: Receive) -> tuple[Asked, bytes]:
    """Return the request's head and what came of its body already.

    Raises RefusedError for what is none, ConnectionError when the client went away, and what *receive* raises.
    """
    data = b""
    while (end := data.find(b"\r\n\r\n")) < 0:
        if len(data) >= LARGEST_HEAD:
            raise RefusedError(431, f"The head of a request may have {LARGEST_HEAD} bytes.")
        block = receive(4096)
        if not block:
            if data.strip():
                raise RefusedError(400, "The request ends in the middle of its head.")
            raise ConnectionError("the client said nothing")
        data += block
    if end > LARGEST_HEAD:
        raise RefusedError(431, f"The head of a request may have {LARGEST_HEAD} bytes.")
    return parse_head(data[:end]), data[end + 4 :]


def parse_head(data: bytes) -> Asked:
    """Return what the head *data* asks for, without its empty line. Raises RefusedError."""
    first, *lines = data.split(b"\r\n")
    line = _LINE.fullmatch(first)
    if line is None:
        raise RefusedError(400, "The first line is none of HTTP/1.1.")
    if line[1] not in (b"GET", b"POST"):
        raise RefusedError(501, "Only GET and POST are known here.")
    headers = _headers(lines)
    length = _length(headers)
    try:
        where = urlsplit(line[2].decode("ascii"))
        query = parse_qsl(where.query, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise RefusedError(400, "The address is not understood.") from error
    chunks = line[3] == b"1"
    return Asked(
        method=line[1].decode(),
        path=where.path,
        query=dict(query),
        length=length,
        headers=tuple(headers),
        chunks=chunks,
    )


def _headers(lines: list[bytes]) -> list[tuple[str, str]]:
    if len(lines) > MOST_HEADERS:
        raise RefusedError(431, f"A request may have {MOST_HEADERS} headers.")
    found = [_HEADER.fullmatch(line) for line in lines]
    if any(match is None for match in found):
        raise RefusedError(400, "A header is not understood.")
    return [(match[1].decode().casefold(), match[2].decode("latin-1").strip()) for match in found if match]


def _length(headers: list[tuple[str, str]]) -> int:
    """Return the length of the body. Raises RefusedError where two readers could see two lengths."""
    if any(name == "transfer-encoding" for name, _value in headers):
        raise RefusedError(501, "Say how long the body is: Content-Length.")
    lengths = [value for name, value in headers if name == "content-length"]
    if len(lengths) > 1 or not all(_LENGTH.fullmatch(value) for value in lengths):
        raise RefusedError(400, "Content-Length must be one number.")
    return int(lengths[0]) if lengths else 0


def read_bytes(receive: Receive, begun: bytes, length: int) -> bytes:
    """Return the body of *length* bytes, of which *begun* came with the head; what comes after it is not looked at.

    Raises RefusedError when it ends too early, and what *receive* raises.
    """
    data = bytearray(begun[:length])
    while len(data) < length:
        block = receive(min(65536, length - len(data)))
        if not block:
            raise RefusedError(400, "The request ends in the middle of its body.")
        data += block
    return bytes(data)


def read_body(receive: Receive, begun: bytes, length: int) -> dict[str, Any]:
    """Return the JSON object that the body of *length* bytes is, an empty one for none.

    What comes after it is never looked at. Raises RefusedError for anything else, and what *receive* raises.
    """
    data = read_bytes(receive, begun, length)
    if not data:
        return {}
    try:
        body = strict_loads(data.decode("utf-8"))
    except ValueError as error:
        raise RefusedError(400, "The body is not JSON.") from error
    if not isinstance(body, dict):
        raise RefusedError(409, "A request is a JSON object.")
    return body
