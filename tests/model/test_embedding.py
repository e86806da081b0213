"""The embedding model's own process: sealed, held to its pin and its memory, and mended like the first model's."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from embedding_models import POOLINGS, write_decoder, write_encoder

from homebody.clock import SystemClock
from homebody.errors import (
    CancelledError,
    DeadlineError,
    ModelFileError,
    ModelKilledByPromptError,
    ModelNotReadyError,
    PromptTooLongError,
)
from homebody.model.cancellation import Cancellation
from homebody.model.choice import Choice
from homebody.model.client import ModelClient
from homebody.model.computer import Memory
from homebody.model.embedding import EmbeddingClient, EmbeddingLoader, Vectors, numbers_of
from homebody.model.embedding_fit import Beside
from homebody.model.fit import DoesNotFitError, NoRoomNowError
from homebody.model.gguf import inspect
from homebody.model.kinds import Kind
from homebody.model.pin import sha256_of
from homebody.model.states import State
from homebody.model.supervisor import Start
from homebody.seal import PROBES, Targets, control, seal_status
from homebody.testing import FakeClock

CHILDREN = Path(__file__).parent / "children"
GB = 10**9


@pytest.fixture(scope="module")
def embedder(encoder: Path) -> Iterator[EmbeddingClient]:
    """A started embedding model."""
    client = EmbeddingClient(encoder, clock=SystemClock())
    client.start()
    yield client
    client.stop()


def test_ready(embedder: EmbeddingClient) -> None:
    """It says what it is, how it pools, how long a text may be and how it is sealed."""
    ready = embedder.ready
    assert ready is not None
    assert ("Encoder", "mean", 64) == (ready.info.name, ready.info.pooling, ready.context)
    assert "model" == ready.seal["tier"]
    assert ("Encoder", 64) == (embedder.name, embedder.width)
    assert embedder.standing.state is State.READY


def test_vectors_cross_the_pipe(embedder: EmbeddingClient) -> None:
    """A vector of length one comes for each text, the same for the same text, and the tokens of each are counted."""
    found = embedder.embed(["the boiler", "a note", "the boiler"])
    first = numbers_of(found.packed[0])

    assert found.packed[0] == found.packed[2] != found.packed[1]
    assert (64, pytest.approx(1.0, abs=1e-6)) == (len(first), sum(number**2 for number in first))
    assert found.tokens[0] == found.tokens[2] >= 4


def test_the_whole_process_is_sealed(embedder: EmbeddingClient, tmp_path: Path) -> None:
    """No way out that works without a seal works in this process, and the kernel calls each of its threads sealed."""
    names = [probe.name for probe in PROBES if probe.limit is None]
    with Targets(outside=tmp_path) as aims:
        works = {one.name for one in control(names, aims.targets) if one.reached}
        inside = embedder.probe(names, aims.targets)
    assert [] == [one.name for one in inside if one.reached]
    assert {"tcp", "udp", "unix", "child", "write_outside"} <= works & {
        one.name for one in inside if one.refused
    }
    assert embedder.ready is not None
    assert all(thread.sealed for thread in seal_status(embedder.ready.pid))


def test_it_stands_back(embedder: EmbeddingClient, client: ModelClient) -> None:
    """The model that writes goes before it: it is nicer to all others, and has half the threads at most."""
    assert embedder.ready is not None
    assert client.ready is not None
    assert os.getpriority(os.PRIO_PROCESS, embedder.ready.pid) > os.getpriority(
        os.PRIO_PROCESS, client.ready.pid
    )
    assert embedder.ready.settings["threads"] <= max(1, len(os.sched_getaffinity(0)) // 2)


def test_too_long(embedder: EmbeddingClient) -> None:
    """The counts come back, and the process goes on."""
    with pytest.raises(
        PromptTooLongError, match="Text 2 of 2 has 66 tokens, and this model takes at most 64"
    ):
        embedder.embed(["a", "note " * 64])
    assert embedder.embed(["a"]).tokens


def test_many_ask_at_once(embedder: EmbeddingClient) -> None:
    """Each of many threads gets the vectors of its own texts."""
    texts = [[f"note {number} of {place}" for place in range(20)] for number in range(16)]
    alone = [embedder.embed(some).packed for some in texts]
    with ThreadPoolExecutor(16) as pool:
        assert alone == [found.packed for found in pool.map(embedder.embed, texts)]


def test_given_up(decoder: Path) -> None:
    """Whoever cancels is let go, a deadline is kept, and all are let go when the service ends."""
    client = EmbeddingClient(decoder, clock=SystemClock())
    client.start()
    much = ["note " * 300] * 200
    with pytest.raises(DeadlineError):
        client.embed(much, deadline_seconds=0.05)
    mine = Cancellation()
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.submit(client.embed, much, cancellation=mine), pool.submit(client.embed, much)
        threading.Event().wait(0.1)
        mine.cancel()
        assert isinstance(one.exception(20), CancelledError)
        while not other.done():
            client.cancel()
        assert isinstance(other.exception(20), CancelledError)
    assert client.embed(["note"]).tokens
    client.stop()


def test_killed_while_nobody_looks(encoder: Path) -> None:
    """A process that was killed is started again for the next request, which gets its vectors."""
    client = EmbeddingClient(encoder, clock=SystemClock())
    before = client.embed(["a note"])
    assert client.ready is not None
    os.kill(client.ready.pid, signal.SIGKILL)
    assert before == client.embed(["a note"])
    client.stop()


def test_a_text_that_kills_it_is_set_aside(encoder: Path) -> None:
    """A text over which the process dies twice is refused with the reason, and the next is answered."""
    command = [sys.executable, "-I", str(CHILDREN / "dies_of_poison.py")]
    client = EmbeddingClient(encoder, clock=SystemClock(), command=command)
    with pytest.raises(ModelKilledByPromptError, match=r"!poison"):
        client.embed(["a note", "poison"])
    assert client.embed(["a note"]).tokens
    client.stop()


def test_unloaded_when_nobody_asks(encoder: Path) -> None:
    """After its time without a request the process is ended, and the next request starts another."""
    clock = FakeClock()
    client = EmbeddingClient(encoder, clock=clock)
    before = client.embed(["a note"])
    clock.advance(299)
    assert not client.rest(300)
    client.embed(["a note"])
    clock.advance(299)
    assert not client.rest(300)
    clock.advance(1)
    assert client.rest(300)
    assert (State.UNLOADED, None) == (client.standing.state, client.ready)
    assert before == client.embed(["a note"])
    client.stop()


def test_held_to_its_pin(encoder: Path) -> None:
    """A file that is not the one that was chosen is refused, and nothing is started."""
    client = EmbeddingClient(encoder, clock=SystemClock(), choice=Choice(pin="0" * 64))
    with pytest.raises(ModelNotReadyError, match="not the one that you chose") as caught:
        client.embed(["a note"])
    assert f"homebody model use {encoder} --for embeddings" in (caught.value.hint or "")
    client = EmbeddingClient(encoder, clock=SystemClock(), choice=Choice(pin=sha256_of(encoder)))
    assert client.embed(["a note"]).tokens
    client.stop()


@pytest.mark.parametrize(
    ("pooling", "words"),
    [(None, "no pooling is named in it"), (POOLINGS.NONE, "no pooling"), (POOLINGS.RANK, "a reranker")],
)
def test_what_gives_no_vector_is_refused_by_its_header(tmp_path: Path, pooling: object, words: str) -> None:
    """An encoder that does not say how it pools, and one that judges pairs, make no embeddings."""
    path = write_encoder(tmp_path / "model.gguf", pooling=pooling)
    with pytest.raises(ModelFileError, match=words):
        inspect(path, Kind.EMBEDDING)
    with pytest.raises(ModelFileError, match="turns texts into numbers") as caught:
        inspect(path)
    assert "--for embeddings" in (caught.value.hint or "")


def test_a_model_that_writes_is_refused(random_model: Path, tmp_path: Path) -> None:
    """What names no pooling writes, and what names one does not: the two are never taken for each other."""
    with pytest.raises(ModelFileError, match="is a model that writes, and makes no embeddings"):
        inspect(random_model, Kind.EMBEDDING)
    with pytest.raises(ModelFileError, match="turns texts into numbers"):
        inspect(write_decoder(tmp_path / "model.gguf"))


def loader(path: Path, memory: Memory, beside: Beside, *, force: bool = False) -> EmbeddingLoader:
    """Return a loader on a computer with so much *memory*."""
    return EmbeddingLoader(path, clock=SystemClock(), choice=Choice(force=force), beside=lambda: beside, memory=None,
                           computer=lambda: memory)  # fmt: skip


def load(one: EmbeddingLoader) -> Start:
    """Load, end the process again, and return who followed the start."""
    watcher = Start(lambda _happening, _words: None)
    process, _ready = one.load(watcher)
    process.stop()
    return watcher


def test_both_models_have_to_fit(encoder: Path) -> None:
    """Beside a model that takes nearly all it is refused before it is started, with both sums; alone it fits."""
    memory = Memory(total=4 * GB, free=3 * GB)
    large = Beside(name="Large", total=3 * GB)
    with pytest.raises(
        NoRoomNowError, match=r"Encoder for embeddings takes 6\d\.\d MB, Large 3.0 GB, together 3.1 GB, and"
    ):
        load(loader(encoder, memory, large))
    with pytest.raises(DoesNotFitError, match=r"Large 4\.0 GB"):
        load(loader(encoder, memory, Beside(name="Large", total=4 * GB)))
    assert load(loader(encoder, memory, Beside())).process
    assert load(loader(encoder, memory, large, force=True)).process


def test_what_the_loaded_model_holds_counts_once(encoder: Path) -> None:
    """What the model that writes holds already is in its sum, and not in what is free: it is not asked for twice."""
    memory = Memory(total=4 * GB, free=GB)
    assert load(loader(encoder, memory, Beside(name="Large", total=2 * GB, own=2 * GB))).process
    with pytest.raises(NoRoomNowError):
        load(loader(encoder, memory, Beside(name="Large", total=2 * GB)))


@pytest.mark.parametrize(
    "found",
    [
        None, {}, {"vectors": ["AAAAAA=="], "tokens": [1]}, {"vectors": ["AAAA"], "tokens": [1]},
        {"vectors": ["?"], "tokens": [1]}, {"vectors": ["AAAAAA==", "AAAAAAAAAAA="], "tokens": [1, 2]},
        {"vectors": ["AAAAAA=="] * 2, "tokens": [1]},
    ],
)  # fmt: skip
def test_an_answer_that_makes_no_sense(found: object) -> None:
    """The process's word is not taken: as many vectors as texts, all of one width, of whole numbers."""
    with pytest.raises((ValueError, TypeError, LookupError)):
        Vectors.read(found, 2)
