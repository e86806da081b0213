"""Starting the model process: what is tried, what is remembered, what is said when nothing helps."""

import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from homebody.clock import SystemClock
from homebody.errors import ModelError, ModelFileError, ModelGoneError, ModelNotReadyError
from homebody.messages import Message, Part
from homebody.model.client import ModelClient
from homebody.model.memory import recall
from homebody.model.states import LOOP_DEATHS, State
from homebody.model.wire import encode
from homebody.testing import FakeClock

CHILDREN = Path(__file__).parent / "children"
HELLO = (Message(role="user", parts=(Part(text="hello"),)),)


def command(child: str, *arguments: str) -> list[str]:
    """Return the command that runs one of the children."""
    return [sys.executable, "-I", str(CHILDREN / child), *arguments]


def test_ready(client: ModelClient, random_model: Path) -> None:
    """A started model says what it is, how it runs and how it is sealed."""
    ready = client.ready

    assert "Random" == ready.info.name
    assert 64 == len(ready.sha256)
    assert 8192 == ready.context == client.context
    assert ready.memory_bytes > random_model.stat().st_size
    assert {"extra_buffers": True, "gpu_layers": -1, "mmap": True, "attempt": 1} == {
        key: ready.settings[key] for key in ("extra_buffers", "gpu_layers", "mmap", "attempt")
    }
    assert ready.settings["threads"] >= 1
    assert "model" == ready.seal["tier"]
    assert ready.load_seconds > 0
    assert ready is client.start()


def test_safer_settings_after_a_fault(random_model: Path, tmp_path: Path) -> None:
    """A process that faults with extra buffers is started without them, and next time at once so."""
    memory = tmp_path / "models.json"
    faulting = command("dies_with_extra_buffers.py")
    for first_attempt_works in (False, True):
        client = ModelClient(random_model, clock=SystemClock(), memory=memory, command=faulting)
        assert (recall(memory, client_sha(random_model)) is not None) is first_attempt_works
        ready = client.start()
        answer = client.generate(HELLO, grammar=None, max_tokens=3)
        client.stop()

        assert not ready.settings["extra_buffers"]
        assert 2 == ready.settings["attempt"]
        assert answer.answer_tokens > 0
    assert not recall(memory, ready.sha256).extra_buffers


def client_sha(path: Path) -> str:
    """Return the model's pin."""
    from homebody.model.pin import sha256_of

    return sha256_of(path)


def test_no_settings_help(random_model: Path, tmp_path: Path) -> None:
    """When every step of the ladder dies, the error says so with the last signal and the native words."""
    memory = tmp_path / "models.json"
    clock = FakeClock()
    client = ModelClient(
        random_model, clock=clock, memory=memory, command=command("always_dies.py", "SIGBUS")
    )

    with pytest.raises(ModelGoneError, match=r"any settings.*SIGBUS.*GGML_ASSERT"):
        client.start()

    assert client.ready is None
    assert not memory.exists()
    assert State.BACKING_OFF is client.standing.state
    with pytest.raises(
        ModelNotReadyError, match="any settings"
    ):  # the reason is repeated, nothing is started
        client.count(["x"])
    assert 1 == len(client.standing.deaths)


def test_sigterm_is_no_fault(random_model: Path) -> None:
    """A process that somebody ended is not taken for one that needs safer settings."""
    client = ModelClient(random_model, clock=FakeClock(), command=command("always_dies.py", "SIGTERM"))

    with pytest.raises(ModelGoneError, match="SIGTERM") as caught:
        client.start()
    assert "any settings" not in str(caught.value)


def test_missing_file(tmp_path: Path) -> None:
    """A model file that is not there is an error before any process is started."""
    client = ModelClient(tmp_path / "none.gguf", clock=FakeClock(), command=["/nonexistent"])

    with pytest.raises(ModelFileError, match="not there"):
        client.start()


def test_a_cut_file_never_reaches_the_library(random_model: Path, tmp_path: Path) -> None:
    """A truncated model is refused with the bytes that are missing, before any process is started."""
    cut = tmp_path / "cut.gguf"
    cut.write_bytes(random_model.read_bytes()[:-4096])
    client = ModelClient(cut, clock=FakeClock(), command=["/nonexistent"])

    with pytest.raises(ModelFileError, match="4096 missing"):
        client.start()


def test_what_only_the_library_can_see(random_model: Path, tmp_path: Path) -> None:
    """A whole file that the library refuses is an error with the library's own reason."""
    wrong = tmp_path / "wrong.gguf"
    wrong.write_bytes(
        random_model.read_bytes().replace(b"llama.attention.head_count", b"llama.attention.head_kount")
    )
    client = ModelClient(wrong, clock=FakeClock())

    with pytest.raises(ModelFileError, match=r"could not be loaded.*wrong shape"):
        client.start()


def test_stopped_means_stopped(random_model: Path) -> None:
    """After stop nothing is started by itself; start starts it again."""
    client = ModelClient(random_model, clock=SystemClock())
    first = client.start().pid
    client.stop()
    client.stop()

    with pytest.raises(ModelError, match="was stopped"):
        client.count(["x"])
    assert client.ready is None
    assert first != client.start().pid
    assert [1] == client.count(["x"])
    client.stop()


def test_the_states_of_a_life(random_model: Path) -> None:
    """Where the process stands can be asked at any time, with a reason: before, ready, at rest, again, stopped."""
    clock = FakeClock()
    client = ModelClient(random_model, clock=clock)
    assert (State.STOPPED, "nobody asked for it yet") == (client.standing.state, client.standing.reason)

    client.start()
    assert (State.READY, "it answers") == (client.standing.state, client.standing.reason)
    assert not client.rest(60)
    clock.advance(59)
    client.count(["x"])
    clock.advance(59)
    assert not client.rest(60)
    first = client.ready.pid
    clock.advance(1)
    assert client.rest(60)
    assert State.UNLOADED is client.standing.state
    assert client.ready is None
    assert not Path(f"/proc/{first}").exists()

    assert [1] == client.count(["x"])
    assert State.READY is client.standing.state
    client.stop()
    assert (State.STOPPED, "it was stopped") == (client.standing.state, client.standing.reason)


def test_no_rest_while_somebody_waits_for_an_answer(client: ModelClient) -> None:
    """A process that works is not unloaded, however long it has worked."""
    rested = []
    client.generate(HELLO, grammar=None, max_tokens=3, on_progress=lambda _: rested.append(client.rest(0)))

    assert rested
    assert not any(rested)


def test_no_rest_where_none_can_be_started_again(random_model: Path) -> None:
    """The last process that may be started is never unloaded."""
    client = ModelClient(random_model, clock=SystemClock())
    client.start()
    client.start_no_more()

    assert not client.rest(0)
    assert not client.lost
    client.stop()


def test_what_is_refused_is_not_tried_again(random_model: Path, tmp_path: Path) -> None:
    """A reason that will be the same tomorrow is repeated, and no process is started, until the file is another one."""
    model = tmp_path / "model.gguf"
    model.write_bytes(random_model.read_bytes())
    clock = FakeClock()
    refusal = {
        "kind": "ModelError",
        "message": "There is not enough memory for it.",
        "hint": "Take a smaller one.",
    }
    client = ModelClient(
        model, clock=clock, command=command("says.py", encode({"id": 1, "error": refusal}).hex())
    )
    for seconds in (0, 0, 100_000):
        clock.advance(seconds)
        with pytest.raises(ModelError, match="not enough memory"):
            client.start()
        with pytest.raises(ModelNotReadyError, match="not enough memory"):
            client.count(["x"])
        assert (State.FAILED, 1000.0) == (client.standing.state, client.standing.since)
        assert "Take a smaller one." in client.standing.reason

    os.utime(model, ns=(1, 1))
    with pytest.raises(ModelError, match="not enough memory"):
        client.start()
    assert 101_000.0 == client.standing.since


def test_a_crash_loop_ends(random_model: Path) -> None:
    """A process that dies at every start is tried five times, each time later, and then no more."""
    clock = FakeClock()
    client = ModelClient(random_model, clock=clock, command=command("always_dies.py", "SIGTERM"))
    for _ in range(LOOP_DEATHS):
        with pytest.raises(ModelGoneError, match="SIGTERM"):
            client.start()
        clock.advance(60)

    assert State.FAILED is client.standing.state
    clock.advance(100_000)
    with pytest.raises(ModelGoneError, match=r"5 times in 10 minutes.*SIGTERM.*homebody restart"):
        client.start()
    assert LOOP_DEATHS == len(client.standing.deaths)


def test_how_far_a_load_is(random_model: Path) -> None:
    """While a model loads, its standing says how far it is, and when it proves itself; a stop calls the load off."""
    news = [{"id": 1, "progress": {"phase": "load", "done": done, "total": 100}} for done in (7, 42)]
    client = ModelClient(
        random_model, clock=FakeClock(), command=command("says.py", b"".join(map(encode, news)).hex())
    )
    with ThreadPoolExecutor(1) as pool:
        start = pool.submit(client.start)
        while client.standing.reason != "42 % of its weights are read":
            assert not start.done()
        assert State.LOADING is client.standing.state
        client.stop()
        with pytest.raises(ModelError, match="was stopped"):
            start.result(20)
    assert State.STOPPED is client.standing.state


@pytest.mark.parametrize("how", ["told", "plain"])
def test_a_real_assertion(random_model: Path, how: str) -> None:
    """The text of an assertion that failed in the native library is in the error, in one line without folders."""
    client = ModelClient(random_model, clock=FakeClock(), command=command("asserts.py", how))

    with pytest.raises(ModelGoneError) as caught:
        client.start()

    words = r"SIGABRT\. It last said: ggml\.c:\d+: GGML_ASSERT\(wtype != GGML_TYPE_COUNT\) failed$"
    assert re.search(words, str(caught.value))


def test_under_a_sealed_daemon(random_model: Path, tmp_path: Path) -> None:
    """A daemon that is sealed itself can start the model process, lose it, start it again and give it what is kept."""
    done = subprocess.run(
        [sys.executable, "-I", str(CHILDREN / "sealed_daemon.py"), str(random_model), str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert "" == done.stderr
    result = json.loads(done.stdout)
    assert {
        "same": True,
        "deaths": 1,
        "another": True,
        "threads": 1,
        "tier": "model",
        "reached": [],
        "given_back": True,
        "use_noted": True,
        "remembered": True,
    } == result
