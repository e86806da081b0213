"""How does the running daemon listen to the command line and to scripts?

HTTP over a unix socket that only its owner can open: the folder is 0700, the socket 0600, and the kernel's
word for the peer's uid is checked on every connection (`seal.peer_user`). The listener is made before
the seal; afterwards homebody can accept on it and nothing else.
"""

import contextlib
import os
import selectors
import socket
import socketserver
import stat
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from homebody import seal
from homebody.errors import HomebodyError, SettingsError
from homebody.logs import get_log
from homebody.paths import SOCKET_PATH_BYTES
from homebody.service.control import Route
from homebody.service.http_request import LARGEST_REQUEST, Asked, RefusedError, read_body, read_head
from homebody.service.presence import Presence
from homebody.service.responding import Client, Endpoint

REQUEST_SECONDS = 10.0
"""A whole request has come within so long, or its client is hung up on, however busily it dribbles."""

MOST_CLIENTS = 128
"""Connections that are served at once: four times what a busy desktop needs, and far below the descriptors
that the seal leaves."""

BYTES_IN_HAND = 48_000_000
"""Bodies of requests that are being read and answered, all together."""


class ControlServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """Serves *routes*, keyed by method and path, on the socket at *path*; each connection has a thread.

    When all places are taken, the client that has dawdled longest over its request is hung up on: so idle
    connections, however many, keep nobody out.
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    timeout = 0.0  # of `handle_request`: whoever has gone again is not waited for

    def __init__(self, path: Path, routes: Mapping[tuple[str, str], Route | Endpoint]) -> None:
        make_room(path)
        self.routes = dict(routes)
        self.presence = Presence()
        self._in_hand = 0
        self._places = threading.Semaphore(MOST_CLIENTS)
        self._asking: dict[socket.socket, None] = {}  # those whose request has not come whole, oldest first
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._bell: tuple[int, ...] = os.pipe()
        before = os.umask(0o177)
        try:
            super().__init__(str(path), Connection)
        finally:
            os.umask(before)

    def serve_forever(self, poll_interval: float = 0.5) -> None:  # noqa: ARG002 - nothing is asked every so often
        """Serve until `shutdown`, which is heard at once; the processor sleeps until somebody comes."""
        with selectors.PollSelector() as selector:
            selector.register(self, selectors.EVENT_READ)
            selector.register(self._bell[0], selectors.EVENT_READ)
            while self._bell[0] not in [key.fd for key, _events in selector.select()]:
                self.handle_request()
        self._ended.set()

    def shutdown(self) -> None:
        """Let `serve_forever` come to its end, and wait for it."""
        os.write(self._bell[1], b".")
        self._ended.wait()

    def server_close(self) -> None:
        """Close the socket and the bell, once."""
        super().server_close()
        while self._bell:
            os.close(self._bell[-1])
            self._bell = self._bell[:-1]

    def verify_request(self, request: Any, _client: Any) -> bool:
        """Return whether the peer is our own user; root may look at everything anyway."""
        try:
            return seal.peer_user(request) in (os.getuid(), 0)
        except OSError:
            return False

    def process_request(self, request: Any, client_address: Any) -> None:
        """Give the connection a thread; hang up on it when nobody can make room for it."""
        if not self._places.acquire(blocking=False):
            self._hang_up_on_the_slowest()
            if not self._places.acquire(timeout=1):
                self.shutdown_request(request)
                return
        with self._lock:
            self._asking[request] = None
        try:
            super().process_request(request, client_address)
        except RuntimeError:  # no thread can be started
            self._leave(request)
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve the connection, and give its place back whatever happens."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._leave(request)

    def route(self, asked: Asked) -> Route | Endpoint:
        """Return what answers *asked*; a route that ends with ``*`` answers all below it. Raises RefusedError."""
        above = asked.path.rpartition("/")[0]
        found = self.routes.get((asked.method, asked.path)) or self.routes.get((asked.method, f"{above}/*"))
        if found is None:
            raise RefusedError(404, f"{asked.method} {asked.path} is not known here.")
        return found

    def named(self, asked: Asked) -> dict[str, str]:
        """Return under ``*`` what was asked for below a route that answers all below it."""
        if (asked.method, asked.path) in self.routes:
            return {}
        return {"*": unquote(asked.path.rpartition("/")[2])}

    @contextlib.contextmanager
    def holding(self, length: int, most: int) -> Iterator[None]:
        """Count a body of *length* bytes as in hand. Raises RefusedError when it is too large, alone or with others."""
        if length > most:
            raise RefusedError(413, f"A request may have {most} bytes here.")
        with self._lock:
            if self._in_hand + length > BYTES_IN_HAND:
                raise RefusedError(503, "Too many large requests are being answered. Ask again in a moment.")
            self._in_hand += length
        try:
            yield
        finally:
            with self._lock:
                self._in_hand -= length

    def has_asked(self, request: socket.socket) -> None:
        """Count the connection's request as come: from now on it is worked for, and not hung up on."""
        with self._lock:
            self._asking.pop(request, None)

    def handle_error(self, _request: Any, _client: Any) -> None:
        """Let a client that went away go; what it asked for is done or not, and the journal knows."""

    def _leave(self, request: socket.socket) -> None:
        self.has_asked(request)
        self._places.release()

    def _hang_up_on_the_slowest(self) -> None:
        """Let the thread of the oldest unfinished request see its end."""
        with self._lock:
            slowest = next(iter(self._asking), None)
            if slowest is not None:
                del self._asking[slowest]
                with contextlib.suppress(OSError):
                    slowest.shutdown(socket.SHUT_RDWR)


def make_room(path: Path) -> None:
    """Make the folder of the socket at *path*, ours alone, and remove a socket that a killed daemon left.

    Raises HomebodyError for a folder that others could put their own socket into or that is a link, and for
    something else at the socket's place; SettingsError for a path that no socket can have (sys/un.h).
    """
    if len(os.fsencode(path)) >= SOCKET_PATH_BYTES:
        raise SettingsError(
            f"The path of the control socket is too long: {path}.",
            hint="Set TMPDIR to a shorter folder, or leave it out.",
        )
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    owned_by_us(path.parent)
    with contextlib.suppress(FileNotFoundError):
        if not stat.S_ISSOCK(path.lstat().st_mode):
            raise HomebodyError(
                f"{path} is not a socket.", hint="Move it away: the control socket belongs there."
            )
        path.unlink()


def owned_by_us(folder: Path) -> None:
    """Let nobody but us into *folder*; raise HomebodyError if others could put their own socket into it."""
    found = folder.lstat()
    if stat.S_ISLNK(found.st_mode) or found.st_uid != os.getuid():
        raise HomebodyError(
            f"The folder of the control socket, {folder}, is a link or belongs to somebody else.",
            hint="Move it away: homebody makes one of its own.",
        )
    if stat.S_IMODE(found.st_mode) & 0o022:
        raise HomebodyError(
            f"The folder of the control socket, {folder}, can be written by others.",
            hint=f"Make it yours alone: chmod 700 {folder}",
        )
    if stat.S_IMODE(found.st_mode) & 0o077:
        folder.chmod(0o700)


class Connection(socketserver.BaseRequestHandler):
    """One connection: one request, JSON in, JSON or events out."""

    server: ControlServer
    request: socket.socket

    def handle(self) -> None:
        """Answer the request, or say what is wrong with it."""
        deadline = time.monotonic() + REQUEST_SECONDS

        def receive(most: int) -> bytes:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self.request.settimeout(left)
            return self.request.recv(most)

        route: Route | Endpoint | None = None
        with contextlib.ExitStack() as stack:
            try:
                asked, begun = read_head(receive)
                route = self.server.route(asked)
                most = route.largest if isinstance(route, Endpoint) else LARGEST_REQUEST
                stack.enter_context(self.server.holding(asked.length, most))
                body = read_body(receive, begun, asked.length)
            except RefusedError as error:
                self._refuse(route, error.status, str(error))
            except TimeoutError:
                self._refuse(route, 408, f"A request must come within {REQUEST_SECONDS:g} seconds.")
            else:
                self.server.has_asked(self.request)
                client = Client(self.request, self.server.presence, chunks=asked.chunks)
                said = {**body, **asked.query, **self.server.named(asked)}
                if isinstance(route, Endpoint):
                    respond(route, said, client)
                else:
                    client.whole(*answer(route, said))

    def _refuse(self, route: Route | Endpoint | None, status: int, words: str) -> None:
        """Say why the request is not answered, in the words of what was asked."""
        said = route.refusal(status, words) if isinstance(route, Endpoint) else {"error": words}
        Client(self.request, self.server.presence).whole(status, said)


def respond(endpoint: Endpoint, body: Mapping[str, Any], client: Client) -> None:
    """Let *endpoint* answer; a client that is gone is let go, and a fault of ours is named, with nothing of it told."""
    try:
        endpoint.respond(body, client)
    except OSError:
        return
    except Exception as error:  # noqa: BLE001 - no question may end the thread without an answer
        get_log().error("a question could not be answered", error=error)
        words = f"A fault in homebody itself ({type(error).__name__}); please report it."
        if not client.begun:
            client.whole(500, endpoint.refusal(500, words))


def answer(route: Route, asked: Mapping[str, Any]) -> tuple[int, Any]:
    """Return the status and what *route* says; a fault of ours is named, and nothing of it is told."""
    try:
        return 200, route(asked)
    except HomebodyError as error:
        return refused(error)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        return 400, {"error": f"The request is not understood: {type(error).__name__}."}
    except Exception as error:  # noqa: BLE001 - no question may end the thread without an answer
        get_log().error("a question could not be answered", error=error)
        return 500, {"error": f"A fault in homebody itself ({type(error).__name__}); please report it."}


def refused(error: HomebodyError) -> tuple[int, dict[str, Any]]:
    """Return the status and what is said when homebody refuses: its words, and what `control.request` raises again."""
    said = {"error": str(error), "hint": error.hint, "kind": type(error).__name__}
    return 409, said | {"exit_code": error.exit_code}
