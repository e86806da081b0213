"""The bridge: OpenAI's own client over TCP, and all who have no business on it."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest
from listening import listening

from homebody.clock import SystemClock
from homebody.errors import CancelledError
from homebody.model.client import ModelClient
from homebody.paths import find_home
from homebody.secrets import bridge_token, forget_bridge_token
from homebody.service import bridge as bridge_room
from homebody.service.bridge import Bridge
from homebody.service.openai.api import Api

TOKEN = "ab" * 32
ASKED: dict[str, Any] = {
    "model": "homebody",
    "messages": [{"role": "user", "content": "Hello."}],
    "max_tokens": 20,
}
NUMBER = {"type": "integer", "minimum": 10**13, "maximum": 10**14 - 1}
LONG = {
    "type": "json_schema",
    "json_schema": {
        "name": "long",
        "schema": {"type": "array", "items": NUMBER, "minItems": 200, "maxItems": 200},
    },
}


@contextmanager
def bridging(behind: Path) -> Iterator[Bridge]:
    """Hold a bridge to the socket *behind* open."""
    made = Bridge(0, behind, TOKEN)
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


@contextmanager
def speaking_tcp(address: str, token: str = TOKEN) -> Iterator[openai.OpenAI]:
    """OpenAI's client as any program has it."""
    with httpx2.Client(trust_env=False, timeout=60) as http:
        yield openai.OpenAI(base_url=address, api_key=token, http_client=http, max_retries=0)


class Noting(ModelClient):
    """The real client, which notes that an answer was given up."""

    def __init__(self, *things: Any, **more: Any) -> None:
        super().__init__(*things, **more)
        self.given_up = threading.Event()
        self.begun = threading.Event()

    def generate(self, *things: Any, **more: Any) -> Any:
        """Ask the model, and note when the answer is not waited for."""
        self.begun.set()
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
def behind(model: Noting, tmp_path: Path) -> Iterator[Path]:
    """The control socket with the API, and with something on it that is nobody's business."""
    model.given_up.clear()
    model.begun.clear()
    routes = Api(lambda: model, SystemClock).endpoints() | {
        ("GET", "/v1/status"): lambda _asked: {"secret": 1}
    }
    with listening(tmp_path / "run" / "control.sock", routes) as path:
        yield path


@pytest.fixture
def bridge(behind: Path) -> Iterator[Bridge]:
    """An open bridge."""
    with bridging(behind) as made:
        yield made


def raw(
    bridge: Bridge, *headers: str, line: str = "GET /v1/models", body: bytes = b""
) -> tuple[int, dict[str, Any]]:
    """Send a request with just these headers, and return what comes back."""
    with socket.create_connection(("127.0.0.1", bridge.port), timeout=20) as connection:
        head = "\r\n".join([f"{line} HTTP/1.1", *headers, "", ""])
        connection.sendall(head.encode() + body)
        answer = b""
        while block := connection.recv(65536):
            answer += block
    first, _, rest = answer.partition(b"\r\n\r\n")
    return int(first.split()[1]), json.loads(rest)


def test_openais_client_asks_over_tcp(bridge: Bridge):
    """Whole and streamed, a chat and a text, and the list of models, as over the socket."""
    with speaking_tcp(bridge.address) as ai:
        whole = ai.chat.completions.create(**ASKED).choices[0].message.content
        pieces = list(ai.chat.completions.create(**ASKED, stream=True))
        assert whole == "".join(piece.choices[0].delta.content or "" for piece in pieces)
        assert ai.completions.create(model="homebody", prompt="Once", max_tokens=3).usage.completion_tokens
        assert "homebody" == ai.models.list().data[0].id
        assert "homebody" == ai.models.retrieve("homebody").id
        with pytest.raises(openai.NotFoundError, match="homebody model use NAME --for embeddings"):
            ai.embeddings.create(model="homebody", input="a boiler")


def test_text_crosses_as_it_is_written(bridge: Bridge):
    """A long answer arrives in many pieces, the first long before the last."""
    with speaking_tcp(bridge.address) as ai:
        pieces = ai.chat.completions.create(**ASKED | {"max_tokens": 6000}, response_format=LONG, stream=True)
        assert 3 < len([piece for piece in pieces if piece.choices[0].delta.content])


def test_it_listens_on_this_computers_own_address(bridge: Bridge):
    """Nothing outside this computer can connect."""
    assert "127.0.0.1" == bridge.socket.getsockname()[0]


@pytest.mark.parametrize("token", ["", "wrong", TOKEN[:-1], TOKEN.upper(), "é"])
def test_without_its_token_nothing_crosses(bridge: Bridge, model: Noting, token: str):
    """The client is told by its own error where the token is, and the model is not asked."""
    host = f"Host: 127.0.0.1:{bridge.port}"
    for headers in ([host], [host, f"Authorization: Bearer {token}"], [host, f"Authorization: Basic {TOKEN}"],
                    [host, *[f"Authorization: Bearer {TOKEN}"] * 2]):  # fmt: skip
        status, said = raw(bridge, *headers)
        assert (401, True) == (status, "--show-token" in said["error"]["message"])
    with speaking_tcp(bridge.address, "wrong") as ai, pytest.raises(openai.AuthenticationError):
        ai.chat.completions.create(**ASKED)
    assert not model.begun.is_set()


@pytest.mark.parametrize(
    "headers",
    [
        ["Host: evil.example:{port}"],
        ["Host: 127.0.0.1.evil.example:{port}"],
        ["Host: 127.0.0.1"],
        ["Host: 127.0.0.1:1"],
        ["Host: 127.0.0.1:{port}", "Host: evil.example"],
        [],
        ["Host: 127.0.0.1:{port}", "Origin: https://evil.example"],
        ["Host: 127.0.0.1:{port}", "Origin: http://127.0.0.1:{port}"],
        ["Host: 127.0.0.1:{port}", "Origin: null"],
        ["Host: 127.0.0.1:{port}", "Sec-Fetch-Site: cross-site"],
    ],
)
def test_web_pages_and_foreign_names_are_refused(bridge: Bridge, headers: list[str]):
    """A request for another host, or of a web page, is refused although it has the token."""
    sent = [one.format(port=bridge.port) for one in headers]
    status, _said = raw(bridge, f"Authorization: Bearer {TOKEN}", *sent)
    assert 403 == status


@pytest.mark.parametrize(
    ("line", "status"),
    [("GET /v1/status", 404), ("POST /v1/undo", 404), ("POST /v1/models", 404), ("GET /v1/models/../status", 404),
     ("OPTIONS /v1/models", 501), ("GET http://evil.example/v1/models", 400)],
)  # fmt: skip
def test_only_what_asks_the_model_crosses(bridge: Bridge, line: str, status: int):
    """Status, review and undo do not, nor do the questions that browsers ask first."""
    found, said = raw(bridge, f"Host: localhost:{bridge.port}", f"Authorization: Bearer {TOKEN}", line=line)
    assert status == found
    assert "secret" not in json.dumps(said)


def test_a_request_cannot_hide_behind_another(bridge: Bridge, model: Noting):
    """What comes after a request's body is never passed on, and no header of the client's is."""
    hidden = f"GET /v1/status HTTP/1.1\r\nHost: homebody\r\nAuthorization: Bearer {TOKEN}\r\n\r\n".encode()
    head = [f"Host: localhost:{bridge.port}", f"Authorization: Bearer {TOKEN}"]
    status, said = raw(bridge, *head, "Content-Length: 2", line="POST /v1/completions", body=b"{}" + hidden)
    assert (400, "prompt") == (status, said["error"]["param"])
    status, _said = raw(
        bridge, *head, "Content-Length: 2", "Transfer-Encoding: chunked", line="POST /v1/completions"
    )
    assert 501 == status
    status, _said = raw(bridge, *head, "Content-Length: 4000001", line="POST /v1/completions")
    assert 413 == status


@pytest.mark.parametrize("stream", [True, False])
def test_a_client_that_goes_away_is_not_worked_for(bridge: Bridge, model: Noting, stream: bool):
    """When a program hangs up, its answer is given up, whole or streamed."""
    body = json.dumps(ASKED | {"response_format": LONG, "max_tokens": 7000, "stream": stream}).encode()
    head = (f"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost:{bridge.port}\r\n"
            f"Authorization: Bearer {TOKEN}\r\nContent-Length: {len(body)}\r\n\r\n")  # fmt: skip
    with socket.create_connection(("127.0.0.1", bridge.port), timeout=20) as connection:
        connection.sendall(head.encode() + body)
        assert model.begun.wait(20)
    assert model.given_up.wait(20)


def test_without_homebody_it_says_so(tmp_path: Path):
    """Where nobody listens behind it, the client gets an error that it tries again, and what to do."""
    with (
        bridging(tmp_path / "nobody.sock") as made,
        speaking_tcp(made.address) as ai,
        pytest.raises(openai.InternalServerError, match="homebody start"),
    ):
        ai.models.list()


def test_when_too_many_come_they_are_hung_up_on(behind: Path, monkeypatch: pytest.MonkeyPatch):
    """Those who say nothing keep no more than their places, and only as long as a request may take."""
    monkeypatch.setattr(bridge_room, "MOST_CLIENTS", 1)
    monkeypatch.setattr(bridge_room, "PLACE_SECONDS", 0.05)
    monkeypatch.setattr(bridge_room, "REQUEST_SECONDS", 0.3)
    with bridging(behind) as made, socket.create_connection(("127.0.0.1", made.port), timeout=20) as silent:
        with socket.create_connection(("127.0.0.1", made.port), timeout=20) as second:
            assert b"" == second.recv(1)
        assert silent.recv(100).startswith(b"HTTP/1.1 408")


def test_its_token_stays_until_another_is_wanted(tmp_path: Path):
    """It is made once, its owner alone can read it, it is not the vault's key, and another takes its place."""
    home = find_home({}, tmp_path)
    without_keyring = {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}
    first = bridge_token(home, without_keyring)
    assert first == bridge_token(home, without_keyring)
    assert ("file", 32, 0o600) == (first.where, len(first.data), home.bridge_token.stat().st_mode & 0o777)
    assert not home.key.exists()
    forget_bridge_token(home)
    assert first.data != bridge_token(home, without_keyring).data
