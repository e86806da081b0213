"""How does an answer reach a client: whole, or event by event, and never for longer than it is waited for?"""

import contextlib
import json
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from homebody.service.presence import Presence

ANSWER_SECONDS = 30.0
"""A client has taken its whole answer, or the next event of it, within so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """What answers a question in its own way, and says in its own words why one is not answered."""

    respond: Callable[[Mapping[str, Any], "Client"], None]
    """Answers what was asked, once. An OSError says that the client did not take it."""
    refusal: Callable[[int, str], Any]
    """Returns what is said with an HTTP status when the request itself is refused."""
    largest: int
    """Bytes of body that a request may have."""


class Client:
    """A client that asked, and is answered once: whole, or by events as they come."""

    def __init__(self, connection: socket.socket, presence: Presence, *, chunks: bool = True) -> None:
        """Prepare; *chunks* says that the client knows where an answer ends that is sent in pieces (HTTP/1.1)."""
        self._connection = connection
        self._presence = presence
        self._chunks = chunks
        self.begun = False
        """Whether an answer is under way: its status cannot change any more."""

    def waiting(self, gone: Callable[[], None]) -> contextlib.AbstractContextManager[None]:
        """Have *gone* called if the client goes away within the block."""
        return self._presence.watched(self._connection, gone)

    def whole(self, status: int, said: Any, headers: Mapping[str, str] | None = None) -> None:
        """Send the whole answer as JSON, and the end of the connection; a client that does not take it is left.

        What are bytes is JSON already.
        """
        self.begun = True
        # A name that is not UTF-8 must not make the whole answer fail: \\udc80 is JSON, too.
        data = (
            said
            if isinstance(said, bytes)
            else json.dumps(said, ensure_ascii=False, default=str).encode("utf-8", "backslashreplace")
        )
        more = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
        head = (
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(data)}\r\n{more}Connection: close\r\n\r\n"
        )
        with contextlib.suppress(OSError):
            self._send(head.encode("ascii") + data)
            self._finish()

    def event(self, said: Any) -> None:
        """Send one event: JSON, or a word as it is; the first one begins the answer.

        Raises OSError when the client is gone, or did not take it in time.
        """
        if not self.begun:
            self.begun = True
            pieces = "Transfer-Encoding: chunked\r\n" if self._chunks else ""
            head = (
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nCache-Control: no-store\r\n"
                f"{pieces}Connection: close\r\n\r\n"
            )
            self._send(head.encode("ascii"))
        data = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
        self._send(self._piece(f"data: {data}\n\n".encode("utf-8", "backslashreplace")))

    def end(self) -> None:
        """End an answer that was sent by events. Raises OSError like `event`."""
        if self._chunks:
            self._send(b"0\r\n\r\n")
        self._finish()

    def _piece(self, data: bytes) -> bytes:
        return b"%x\r\n%s\r\n" % (len(data), data) if self._chunks else data

    def _send(self, data: bytes) -> None:
        self._connection.settimeout(ANSWER_SECONDS)
        self._connection.sendall(data)

    def _finish(self) -> None:
        """End our side, and take what the client still sends: closed on at once, it would lose the answer (unix(7))."""
        deadline = time.monotonic() + 1
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_WR)
            while (left := deadline - time.monotonic()) > 0:
                self._connection.settimeout(left)
                if not self._connection.recv(65536):
                    return
