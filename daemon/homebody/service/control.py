"""How do the command line and scripts talk to the running daemon?

HTTP over a unix socket that only its owner can open; ``service/listener.py`` is the other end.
"""

import http.client
import json
import socket
import struct
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import Any

from homebody.errors import HomebodyError, NotRunningError

PATIENCE_SECONDS = 30
"""How long a place in the daemon's queue is waited for where no other time is given."""

Route = Callable[[Mapping[str, Any]], Any]
"""What answers one question: what was asked in, what JSON can say out."""


class UnixConnection(http.client.HTTPConnection):
    """An HTTP connection over the unix socket at *path*."""

    def __init__(self, path: Path, timeout: float) -> None:
        super().__init__("homebody", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        """Connect to the socket; raises OSError where nobody listens."""
        patience = self.timeout or PATIENCE_SECONDS
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        # Python's own timeout would make a full queue an error at once; the kernel's waits for a place in it.
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", int(patience), 0))
        self.sock.connect(str(self._path))
        self.sock.settimeout(self.timeout)


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
        raise _refusal(answer, response.status)
    return answer


def events(
    path: Path, route: str, body: Mapping[str, Any], *, timeout: float = 60
) -> Generator[dict[str, Any], None, None]:
    """Yield what the daemon tells of an answer, as it comes; *timeout* is for each event.

    Raises what `request` raises, and HomebodyError when the daemon went away before the end.
    """
    connection = UnixConnection(path, timeout)
    try:
        connection.connect()
    except OSError as error:
        raise NotRunningError from error
    try:
        connection.request("POST", route, body=json.dumps(dict(body)))
        response = connection.getresponse()
        if response.status != http.HTTPStatus.OK:
            raise _refusal(json.loads(response.read()), response.status)
        for line in response:
            if line.rstrip() == b"data: [DONE]":
                return
            if line.startswith(b"data: "):
                event = json.loads(line.removeprefix(b"data: "))
                if "error" in event:
                    raise _refusal(event)
                yield event
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotRunningError("The running homebody went away, or does not answer.") from error
    finally:
        connection.close()


def _refusal(said: Mapping[str, Any], status: int = 0) -> HomebodyError:
    """Return what the daemon said when it refused, in our form or in OpenAI's, to be raised again."""
    error = said.get("error")
    if status == http.HTTPStatus.NOT_FOUND and isinstance(error, str):
        return HomebodyError("The homebody that runs does not know this yet, or not any more: it is another version.",
                             hint="`homebody restart` lets the installed one take over.")  # fmt: skip
    words = error.get("message") if isinstance(error, Mapping) else error
    refusal = HomebodyError(words, hint=said.get("hint"))
    refusal.exit_code = int(said.get("exit_code", HomebodyError.exit_code))
    return refusal
