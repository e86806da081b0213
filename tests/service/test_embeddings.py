"""Vectors of texts over the control socket: with OpenAI's own client, and from a real process that is sealed."""

import json
import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import openai
import pytest
from listening import listening
from speaking import speaking

from homebody.cli.daemon import embeddings_line
from homebody.clock import SystemClock
from homebody.model.client import ModelClient
from homebody.model.embedding import EmbeddingClient
from homebody.model.states import State
from homebody.service.daemon import Daemon
from homebody.service.embedding import embeddings_status
from homebody.service.openai import vectors
from homebody.service.openai.api import Api
from homebody.service.threads import give_memory_back
from homebody.settings import Settings
from homebody.testing import FakeClock

TEXTS = ["the boiler of the house", "a note", "garden"]


@pytest.fixture(scope="module")
def embedder(encoder: Path) -> Iterator[EmbeddingClient]:
    """An embedding model, which the first request starts."""
    client = EmbeddingClient(encoder, clock=SystemClock())
    yield client
    client.stop()


def endpoints(random_model: Path, embedder: EmbeddingClient | None) -> dict[Any, Any]:
    """Return the API with a model that writes, which nobody loads, and an *embedder*."""
    writer = ModelClient(random_model, clock=SystemClock())
    return Api(lambda: writer, SystemClock, lambda: embedder).endpoints()


@pytest.fixture
def server(random_model: Path, embedder: EmbeddingClient, tmp_path: Path) -> Iterator[Path]:
    """The socket of a server with both."""
    with listening(tmp_path / "run" / "control.sock", endpoints(random_model, embedder)) as path:
        yield path


@pytest.fixture
def ai(server: Path) -> Iterator[openai.OpenAI]:
    """OpenAI's client on the server."""
    with speaking(server) as client:
        yield client


def asked(server: Path, **body: Any) -> dict[str, Any]:
    """Return what comes back of a request, whatever its status."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(30)
        connection.connect(str(server))
        data = json.dumps({"input": "a note", **body}).encode()
        head = f"POST /v1/embeddings HTTP/1.1\r\nHost: homebody\r\nContent-Length: {len(data)}\r\n\r\n"
        connection.sendall(head.encode() + data)
        answer = b""
        while block := connection.recv(65536):
            answer += block
    return dict(json.loads(answer.partition(b"\r\n\r\n")[2]))


def test_vectors_come_back(ai: openai.OpenAI, embedder: EmbeddingClient):
    """Each text has its vector of length one, in order, the same text the same one; the tokens of all are counted."""
    found = ai.embeddings.create(model="homebody", input=[*TEXTS, TEXTS[0]])
    rows = [one.embedding for one in found.data]

    assert [0, 1, 2, 3] == [one.index for one in found.data]
    assert rows[0] == pytest.approx(rows[3], abs=2e-4)
    assert rows[0] != pytest.approx(rows[1], abs=1e-2)
    assert all(sum(number**2 for number in row) == pytest.approx(1, abs=1e-6) for row in rows)
    assert (64, "Encoder") == (len(rows[0]), found.model)
    assert (
        sum(embedder.embed([*TEXTS, TEXTS[0]]).tokens)
        == found.usage.prompt_tokens
        == found.usage.total_tokens
    )


def test_in_base64_it_is_the_same(ai: openai.OpenAI, server: Path):
    """The client asks for base64 by itself; as numbers the same come, to the last bit, and the raw answer is JSON."""
    packed = ai.embeddings.create(model="Encoder", input=TEXTS)
    plain = ai.embeddings.create(model="Encoder", input=TEXTS, encoding_format="float")
    raw = asked(server, input=TEXTS, encoding_format="float")

    assert [one.embedding for one in packed.data] == [
        pytest.approx(one.embedding, abs=1e-9) for one in plain.data
    ]
    assert [one.embedding for one in plain.data] == [one["embedding"] for one in raw["data"]]
    assert isinstance(asked(server, encoding_format="base64")["data"][0]["embedding"], str)


def test_both_models_are_listed(ai: openai.OpenAI):
    """The list has the one that writes and the one that makes embeddings, and neither does the other's work."""
    assert ["homebody", "Encoder"] == [one.id for one in ai.models.list()]
    assert ["homebody", "Encoder"] == [ai.models.retrieve(name).id for name in ("homebody", "Encoder")]
    with pytest.raises(openai.NotFoundError, match="There is no model `gpt-4o/x y` here"):
        ai.models.retrieve("gpt-4o/x y")
    with pytest.raises(openai.NotFoundError, match="say `homebody` or `Encoder`"):
        ai.embeddings.create(model="text-embedding-3-small", input="a note")
    with pytest.raises(openai.NotFoundError, match="There is no model `Encoder`"):
        ai.chat.completions.create(model="Encoder", messages=[{"role": "user", "content": "Hello"}])


def test_without_an_embedding_model_the_cure_is_told(random_model: Path, tmp_path: Path):
    """Where a person chose none, the client is told which command chooses one, and does not try again."""
    with (
        listening(tmp_path / "run" / "control.sock", endpoints(random_model, None)) as path,
        speaking(path) as ai,
        pytest.raises(openai.NotFoundError, match="`homebody model use NAME --for embeddings`") as caught,
    ):
        ai.embeddings.create(model="homebody", input="a note")
    assert "not_supported" == caught.value.code
    assert "false" == caught.value.response.headers["x-should-retry"]


def test_too_long_is_refused_with_the_counts(ai: openai.OpenAI):
    """Nothing is cut."""
    with pytest.raises(openai.BadRequestError, match=r"Text 2 of 2 has 102 tokens, .* at most 64") as caught:
        ai.embeddings.create(model="homebody", input=["a note", "note " * 100])
    assert ("context_length_exceeded", "input") == (caught.value.code, caught.value.param)


@pytest.mark.parametrize(
    ("body", "param", "words"),
    [
        ({"input": None}, "input", "must be a text, or a list"),
        ({"input": []}, "input", "must be a text, or a list"),
        ({"input": {"a": 1}}, "input", "must be a text, or a list"),
        ({"input": ""}, "input", "is empty"),
        ({"input": ["a", ""]}, "input[1]", "is empty"),
        ({"input": [1, 2, 3]}, "input[0]", "token numbers are those of one model's vocabulary"),
        ({"input": [[1, 2], [3]]}, "input[0]", "token numbers"),
        ({"input": ["a", None]}, "input[1]", "must be text"),
        ({"input": "half \ud83c"}, "input", "half a character"),
        ({"input": ["a"] * 2049}, "input", "may have 2,048 texts, and has 2,049"),
        ({"encoding_format": "binary"}, "encoding_format", "float or base64"),
        ({"dimensions": 32}, "dimensions", "vectors of 64 numbers"),
        ({"dimensions": 0}, "dimensions", "whole number"),
        ({"dimensions": True}, "dimensions", "whole number"),
        ({"user": 5}, "user", "must be text"),
        ({"model": 5}, "model", "must be text"),
        ({"truncate": True}, "truncate", "not supported"),
    ],
)
def test_what_is_not_there_is_refused_by_name(server: Path, body: dict[str, Any], param: str, words: str):
    """A request that cannot be answered names the field, in OpenAI's form."""
    error = asked(server, **body)["error"]
    assert param == error["param"]
    assert words in error["message"]
    assert "invalid_request_error" == error["type"]


def test_what_says_nothing_is_taken(ai: openai.OpenAI):
    """A person's label and the model's own width hinder nothing; no model need be named."""
    assert ai.embeddings.create(model="homebody", input="a note", user="me", dimensions=64).data
    assert ai.embeddings.create(model=None, input="a note").data  # type: ignore[arg-type]


def test_too_much_at_once_is_refused(ai: openai.OpenAI, monkeypatch: pytest.MonkeyPatch):
    """More numbers than an answer may have are refused with both figures; more than all may have, for now."""
    monkeypatch.setattr(vectors, "MOST_NUMBERS", 100)
    with pytest.raises(
        openai.BadRequestError, match="would have 192 numbers together, and an answer may have 100"
    ):
        ai.embeddings.create(model="homebody", input=TEXTS)
    monkeypatch.setattr(vectors, "MOST_NUMBERS", 1000)
    monkeypatch.setattr(vectors, "IN_HAND", 100)
    with pytest.raises(openai.RateLimitError, match="Ask again in a moment"):
        ai.embeddings.create(model="homebody", input=TEXTS)
    assert ai.embeddings.create(model="homebody", input=TEXTS[:1]).data


def test_many_at_once(server: Path, embedder: EmbeddingClient):
    """Sixty-four clients each get the vectors of their own texts."""
    found: dict[int, list[Any]] = {}

    def ask(number: int) -> None:
        texts = [f"note {number} of {place}" for place in range(5)]
        found[number] = [
            one["embedding"] for one in asked(server, input=texts, encoding_format="float")["data"]
        ]

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 64 == len(found)
    for number in (0, 31, 63):
        alone = asked(
            server, input=[f"note {number} of {place}" for place in range(5)], encoding_format="float"
        )
        assert found[number] == [pytest.approx(one["embedding"], abs=2e-4) for one in alone["data"]]


def test_a_death_of_the_process_is_hardly_noticed(ai: openai.OpenAI, embedder: EmbeddingClient):
    """When its process is killed, the next request starts another and gets the same vectors."""
    before = ai.embeddings.create(model="homebody", input=TEXTS).data
    assert embedder.ready is not None
    os.kill(embedder.ready.pid, signal.SIGKILL)
    assert before == ai.embeddings.create(model="homebody", input=TEXTS).data


def test_a_client_that_goes_away_is_not_worked_for(random_model: Path, decoder: Path, tmp_path: Path):
    """When a client hangs up, its texts are given up, and the next client is answered at once."""
    embedder = EmbeddingClient(decoder, clock=SystemClock())
    embedder.start()
    with (
        listening(tmp_path / "run" / "control.sock", endpoints(random_model, embedder)) as path,
        ExitStack() as stack,
    ):
        connection = stack.enter_context(socket.socket(socket.AF_UNIX))
        connection.connect(str(path))
        data = json.dumps({"input": ["note " * 300] * 1000}).encode()
        connection.sendall(
            b"POST /v1/embeddings HTTP/1.1\r\nContent-Length: %d\r\n\r\n%s" % (len(data), data)
        )
        while not embedder._gate.docket.inside:
            threading.Event().wait(0.005)
        connection.close()
        while embedder._gate.docket.inside:
            threading.Event().wait(0.005)
        assert asked(path)["data"]
    embedder.stop()


def test_who_is_stopped_says_so(random_model: Path, encoder: Path, tmp_path: Path):
    """A request to an embedding model that cannot be loaded is told why, as one that may be made again."""
    path = tmp_path / "model.gguf"
    path.write_bytes(encoder.read_bytes()[:3000])
    embedder = EmbeddingClient(path, clock=SystemClock())
    with (
        listening(tmp_path / "run" / "control.sock", endpoints(random_model, embedder)) as there,
        speaking(there) as ai,
        pytest.raises(openai.InternalServerError, match="cut short") as caught,
    ):
        ai.embeddings.create(model="homebody", input="a note")
    assert (503, "model_not_ready") == (caught.value.status_code, caught.value.code)


class Passing:
    """An event that nobody sets, and while somebody waits for it, minutes pass."""

    def __init__(self, clock: FakeClock, times: int) -> None:
        self._clock, self._left = clock, times

    def wait(self, _seconds: float) -> bool:
        """Let a minute pass; after so many the daemon stops."""
        self._clock.advance(60)
        self._left -= 1
        return self._left < 0


@pytest.mark.parametrize(("minutes", "state"), [(4, State.READY), (5, State.UNLOADED)])
def test_unloaded_after_five_idle_minutes(encoder: Path, minutes: int, state: State):
    """The daemon's own thread gives the embedding model's memory back, though the first model is to stay loaded."""
    clock = FakeClock()
    embedder = EmbeddingClient(encoder, clock=clock)
    embedder.embed(["a note"])
    daemon = SimpleNamespace(settings=Settings(), embedder=embedder, stop=Passing(clock, minutes))
    give_memory_back(cast("Daemon", daemon))

    assert state is embedder.standing.state
    words = embeddings_line(embeddings_status(embedder) or {})
    assert words.startswith("embeddings: Encoder, ")
    assert (state is State.UNLOADED) == ("loaded when a script asks" in words)
    embedder.stop()
