"""How do the command line and scripts talk to the running daemon?

HTTP over a unix socket that only its owner can open: the folder is 0700, the socket 0600, and the kernel's
word for the peer's uid is checked on every connection (`hygiene.peer_user`). The listener is made before
the seal; afterwards homebody can accept on it and nothing else.
"""

import contextlib
import http.client
import json
import os
import socket
import socketserver
import stat
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from homebody.errors import HomebodyError, NotRunningError, UsageError
from homebody.seal.hygiene import peer_user

LARGEST_REQUEST = 1_000_000
"""Bytes of body that a request may have."""

PATIENCE_SECONDS = 30
"""A client that says nothing for so long is hung up on."""

Route = Callable[[Mapping[str, Any]], Any]


class ControlServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """Serves *routes*, keyed by method and path, on the socket at *path*; each connection has a thread."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 32

    def __init__(self, path: Path, routes: Mapping[tuple[str, str], Route]) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        owned_by_us(path.parent)
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
        self.routes = dict(routes)
        before = os.umask(0o177)
        try:
            super().__init__(str(path), Handler)
        finally:
            os.umask(before)

    def verify_request(self, request: Any, _client: Any) -> bool:
        """Return whether the peer is our own user; root may look at everything anyway."""
        try:
            return peer_user(request) in (os.getuid(), 0)
        except OSError:
            return False

    def handle_error(self, _request: Any, _client: Any) -> None:
        """Let a client that went away go; what it asked for is done or not, and the journal knows."""


def owned_by_us(folder: Path) -> None:
    """Raise HomebodyError if others could put their own socket into *folder*."""
    found = folder.stat()
    if found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) & 0o022:
        raise HomebodyError(
            f"The folder of the control socket, {folder}, can be written by others.",
            hint=f"Make it yours alone: chmod 700 {folder}",
        )


class Handler(BaseHTTPRequestHandler):
    """One connection: JSON in, JSON out."""

    server: ControlServer
    protocol_version = "HTTP/1.1"
    timeout = PATIENCE_SECONDS

    def address_string(self) -> str:
        """Return a name for the peer, which a unix socket has not."""
        return "local"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Write nothing: requests carry names of files."""

    def do_GET(self) -> None:
        """Answer a question."""
        self._answer("GET")

    def do_POST(self) -> None:
        """Carry out a request."""
        self._answer("POST")

    def _answer(self, method: str) -> None:
        where = urlsplit(self.path)
        route = self.server.routes.get((method, where.path))
        if route is None:
            self._send(404, {"error": f"{method} {where.path} is not known here."})
            return
        try:
            asked = self._body() | dict(parse_qsl(where.query))
            self._send(200, route(asked))
        except HomebodyError as error:
            said = {"error": str(error), "hint": error.hint, "kind": type(error).__name__}
            self._send(409, said | {"exit_code": error.exit_code})
        except (ValueError, KeyError, TypeError) as error:
            self._send(400, {"error": f"The request is not understood: {type(error).__name__}."})

    def _body(self) -> dict[str, Any]:
        length = int(self.headers.get("Content-Length") or 0)
        if not 0 <= length <= LARGEST_REQUEST:
            self.close_connection = True
            raise UsageError(f"A request may have {LARGEST_REQUEST} bytes.")
        body = json.loads(self.rfile.read(length)) if length else {}
        if not isinstance(body, dict):
            raise UsageError("A request is a JSON object.")
        return body

    def _send(self, status: int, answer: Any) -> None:
        data = json.dumps(answer, ensure_ascii=False, default=str).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


class UnixConnection(http.client.HTTPConnection):
    """An HTTP connection over the unix socket at *path*."""

    def __init__(self, path: Path, timeout: float) -> None:
        super().__init__("homebody", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        """Connect to the socket; raises OSError where nobody listens."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


def request(
    path: Path, method: str, route: str, body: Mapping[str, Any] | None = None, *, timeout: float = 60
) -> Any:
    """Return what the daemon on the socket at *path* answers.

    Raises NotRunningError when nobody listens there, and HomebodyError with the daemon's words, hint and exit
    code when it refuses.
    """
    connection = UnixConnection(path, timeout)
    try:
        connection.request(method, route, body=json.dumps(dict(body)) if body is not None else None)
        response = connection.getresponse()
        answer = json.loads(response.read())
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotRunningError from error
    finally:
        connection.close()
    if response.status != http.HTTPStatus.OK:
        refusal = HomebodyError(answer.get("error"), hint=answer.get("hint"))
        refusal.exit_code = int(answer.get("exit_code", HomebodyError.exit_code))
        raise refusal
    return answer
