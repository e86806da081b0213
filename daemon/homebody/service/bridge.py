"""How do programs that can speak only TCP reach the loaded model? Through a process of its own, which a person starts.

It stands outside the seal, because it opens what the seal refuses; the daemon stays as it is. It listens on this
computer's own address, takes no request without its token, and passes on what asks the model, nothing else: no status,
no review, no undo. What a web page could send from a browser is refused, token or not: a request with an Origin, and
one for another host, for a stranger may have pointed that name here (DNS rebinding).
"""

import contextlib
import hmac
import select
import socket
import socketserver
import threading
import time
from pathlib import Path

from homebody.service.http_request import Asked, RefusedError, read_bytes, read_head
from homebody.service.openai.api import ABSENT, DEADLINE_SECONDS, LARGEST_BODY, ONE_MODEL
from homebody.service.openai.refusal import LASTING, SOON, said
from homebody.service.openai.vectors import PATH
from homebody.service.presence import Presence
from homebody.service.responding import ANSWER_SECONDS, Client

ADDRESS = "127.0.0.1"
USUAL_PORT = 8645

ROUTES = frozenset(
    {
        ("GET", "/v1/models"),
        ("POST", "/v1/chat/completions"),
        ("POST", "/v1/completions"),
        ("POST", PATH),
        *((method, path) for path in ABSENT for method in ("GET", "POST")),
    }
)
"""What is passed on: what asks the model, and what is refused with a reason."""

REQUEST_SECONDS = 10.0
"""A whole request has come within so long."""

MOST_CLIENTS = 32
"""Connections at once; the daemon has places for four times as many."""

PLACE_SECONDS = 1.0


class Bridge(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """Listens on this computer's own address, and passes on to the control socket at *behind* what has the *token*."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = MOST_CLIENTS

    def __init__(self, port: int, behind: Path, token: str) -> None:
        """Begin to listen; *port* 0 takes any that is free. Raises OSError when the port is taken."""
        super().__init__((ADDRESS, port), Passage)
        self.behind = behind
        self.presence = Presence()
        self._token = token.encode()
        self._places = threading.Semaphore(MOST_CLIENTS)

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self.server_address[1])

    @property
    def address(self) -> str:
        """Its address as programs want it, their `base_url`."""
        return f"http://{ADDRESS}:{self.port}/v1"

    def process_request(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: object
    ) -> None:
        """Give the connection a thread, or hang up when there are too many."""
        assert isinstance(request, socket.socket)
        if not self._places.acquire(timeout=PLACE_SECONDS):
            self.shutdown_request(request)
            return
        try:
            super().process_request(request, client_address)
        except RuntimeError:  # no thread can be started
            self._places.release()
            self.shutdown_request(request)

    def process_request_thread(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: object
    ) -> None:
        """Serve the connection, and give its place back whatever happens."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: object, client_address: object) -> None:
        """Let a client that went away go."""

    def refuse(self, asked: Asked) -> None:
        """Raise RefusedError for what may not cross: to another host or place, of a web page, without token."""
        hosts = [value.casefold() for name, value in asked.headers if name == "host"]
        if len(hosts) != 1 or hosts[0] not in {f"{ADDRESS}:{self.port}", f"localhost:{self.port}"}:
            raise RefusedError(403, f"The bridge answers for {ADDRESS}:{self.port} and no other host.")
        if any(name in ("origin", "sec-fetch-site") for name, _value in asked.headers):
            raise RefusedError(403, "The bridge does not answer web pages.")
        tokens = [value for name, value in asked.headers if name == "authorization"]
        if len(tokens) != 1 or not self._fits(tokens[0]):
            raise RefusedError(401, "The bridge wants its token as API key: `homebody bridge --show-token`.")
        one_model = asked.method == "GET" and asked.path.startswith(ONE_MODEL)
        if (asked.method, asked.path) not in ROUTES and not one_model:
            raise RefusedError(404, f"{asked.method} {asked.path} does not cross the bridge.")
        if asked.length > LARGEST_BODY:
            raise RefusedError(413, f"A request may have {LARGEST_BODY} bytes here.")

    def _fits(self, authorization: str) -> bool:
        kind, _, token = authorization.partition(" ")
        return kind.casefold() == "bearer" and hmac.compare_digest(token.strip().encode(), self._token)


class Passage(socketserver.BaseRequestHandler):
    """One connection: one request goes over, and its answer comes back as it is written."""

    server: Bridge
    request: socket.socket

    def handle(self) -> None:
        """Pass the request on, or say why it may not cross."""
        deadline = time.monotonic() + REQUEST_SECONDS

        def receive(most: int) -> bytes:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self.request.settimeout(left)
            return self.request.recv(most)

        try:
            asked, begun = read_head(receive)
            self.server.refuse(asked)
            body = read_bytes(receive, begun, asked.length)
        except RefusedError as error:
            self._refuse(error.status, str(error))
        except TimeoutError:
            self._refuse(408, f"A request must come within {REQUEST_SECONDS:g} seconds.")
        else:
            self._pass_on(asked, body)

    def _pass_on(self, asked: Asked, body: bytes) -> None:
        """Ask the daemon, and give back what it answers."""
        version = "1.1" if asked.chunks else "1.0"
        head = (
            f"{asked.method} {asked.path} HTTP/{version}\r\nHost: homebody\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as behind:
            behind.settimeout(ANSWER_SECONDS)
            try:
                behind.connect(str(self.server.behind))
                behind.sendall(head.encode("ascii") + body)
            except OSError:
                self._refuse(503, "homebody is not running: `homebody start` starts it.")
                return
            carry(behind, self.request)

    def _refuse(self, status: int, words: str) -> None:
        headers = SOON if status == 503 else LASTING
        if status == 401:
            headers = {**LASTING, "WWW-Authenticate": "Bearer"}
        Client(self.request, self.server.presence).whole(status, said(status, words), headers)


def carry(behind: socket.socket, client: socket.socket) -> None:
    """Carry what comes from *behind* to *client* until it ends, or the client is gone, or takes nothing any more.

    A client that ended its side of the connection counts as gone: over TCP nobody can tell the one from the other.
    """
    client.settimeout(ANSWER_SECONDS)
    poll = select.poll()
    poll.register(behind, select.POLLIN)
    poll.register(client, select.POLLIN)
    with contextlib.suppress(OSError):
        while ready := {number for number, _event in poll.poll((DEADLINE_SECONDS + ANSWER_SECONDS) * 1000)}:
            if client.fileno() in ready and not client.recv(65536):
                return
            if behind.fileno() in ready:
                data = behind.recv(65536)
                if not data:
                    return
                client.sendall(data)
