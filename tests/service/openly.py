"""OpenAI's API over the socket: a model that notes what it was asked, a server, clients, and bytes by hand."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import openai
import pytest
from listening import listening
from speaking import speaking

from homebody.clock import SystemClock
from homebody.errors import CancelledError
from homebody.model.client import ModelClient
from homebody.service.openai.api import Api

HELLO = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Tell me of the house."}]
NUMBER = {"type": "integer", "minimum": 10**13, "maximum": 10**14 - 1}
LONG = {
    "type": "json_schema",
    "json_schema": {
        "name": "long",
        "schema": {"type": "array", "items": NUMBER, "minItems": 200, "maxItems": 200},
    },
}
"""An answer that takes seconds, whatever the model has to say."""


class Noting(ModelClient):
    """The real client, which notes how the answers ended that it was asked for."""

    def __init__(self, *things: Any, **more: Any) -> None:
        super().__init__(*things, **more)
        self.given_up = threading.Event()
        self.asked: list[dict[str, Any]] = []

    def generate(self, *things: Any, **more: Any) -> Any:
        """Ask the model, and note when the answer is not waited for."""
        self.asked.append(more)
        try:
            return super().generate(*things, **more)
        except (CancelledError, OSError):
            self.given_up.set()
            raise


@pytest.fixture(scope="module")
def model(random_model: Path) -> Iterator[Noting]:
    """A started model of random weights."""
    client = Noting(random_model, clock=SystemClock())
    client.start()
    yield client
    client.stop()


@pytest.fixture
def server(model: Noting, tmp_path: Path) -> Iterator[Path]:
    """The socket of a server with the API for the model."""
    model.given_up.clear()
    with listening(tmp_path / "run" / "control.sock", Api(lambda: model, SystemClock).endpoints()) as path:
        yield path


@pytest.fixture
def ai(server: Path) -> Iterator[openai.OpenAI]:
    """OpenAI's client on the server."""
    with speaking(server) as client:
        yield client


def raw(
    path: Path, body: bytes, *, route: str = "/v1/chat/completions", version: str = "1.1"
) -> tuple[int, bytes]:
    """Post *body* and return the status and all that follows the head."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(60)
        connection.connect(str(path))
        head = f"POST {route} HTTP/{version}\r\nHost: homebody\r\nContent-Length: {len(body)}\r\n\r\n"
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(head.encode() + body)
        answer = b""
        while block := connection.recv(65536):
            answer += block
    first, _, rest = answer.partition(b"\r\n\r\n")
    return int(first.split()[1]), rest


def post(body: dict[str, Any]) -> bytes:
    """Return a request for a conversation."""
    data = json.dumps({"messages": HELLO, **body}).encode()
    return b"POST /v1/chat/completions HTTP/1.1\r\nContent-Length: %d\r\n\r\n%s" % (len(data), data)


def connected(path: Path) -> socket.socket:
    """Return a connection."""
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(60)
    connection.connect(str(path))
    return connection
