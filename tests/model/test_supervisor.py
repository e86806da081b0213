"""Starting the model process: what is tried, what is remembered, what is said when nothing helps."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from homebody.clock import SystemClock
from homebody.errors import ModelError, ModelFileError, ModelGoneError
from homebody.messages import Message, Part
from homebody.model.client import ModelClient
from homebody.model.memory import recall
from homebody.model.supervisor import pause_after
from homebody.model.wire import WireError, encode
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
    with pytest.raises(ModelGoneError, match="any settings"):  # the reason is repeated, nothing is started
        client.count(["x"])


def test_sigterm_is_no_fault(random_model: Path) -> None:
    """A process that somebody ended is not taken for one that needs safer settings."""
    client = ModelClient(random_model, clock=FakeClock(), command=command("always_dies.py", "SIGTERM"))

    with pytest.raises(ModelGoneError, match="SIGTERM") as caught:
        client.start()
    assert "any settings" not in str(caught.value)


@pytest.mark.parametrize("answer", [{}, [], None, {"context": "many"}, {"context": 1, "memory_bytes": 1}])
def test_an_answer_that_makes_no_sense(random_model: Path, answer: object) -> None:
    """A process that answers in the wrong shape is an error of the model's, not of ours."""
    says = command("says.py", encode({"id": 1, "answer": answer}).hex())
    client = ModelClient(random_model, clock=FakeClock(), command=says)

    with pytest.raises(WireError, match="makes no sense"):
        client.start()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of it from outside")
def test_a_process_that_says_it_is_sealed_and_is_not(random_model: Path) -> None:
    """The kernel is asked, not the process: one that only says so gets nothing to read."""
    answer = {"context": 64, "memory_bytes": 1, "settings": {}, "seal": {"tier": "model"}}
    says = command("says.py", encode({"id": 1, "answer": answer}).hex())
    client = ModelClient(random_model, clock=FakeClock(), command=says)

    with pytest.raises(ModelError, match="gets nothing to read: The kernel says") as caught:
        client.start()
    assert caught.value.hint is not None
    assert client.ready is None


@pytest.mark.parametrize("error", [{}, "no", {"kind": "SystemExit", "message": None}, {"kind": "UsageError"}])
def test_an_error_that_makes_no_sense(random_model: Path, error: object) -> None:
    """An error that the process reports is one of the model's kinds, whatever it calls itself."""
    says = command("says.py", encode({"id": 1, "error": error}).hex())
    client = ModelClient(random_model, clock=FakeClock(), command=says)

    with pytest.raises(ModelError) as caught:
        client.start()
    assert ModelError is type(caught.value)


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


def test_the_seal_comes_first(random_model: Path) -> None:
    """The process is sealed before the native library, numpy and any thread; else this child would fail."""
    client = ModelClient(random_model, clock=SystemClock(), command=command("checks_order.py"))
    ready = client.start()
    client.stop()

    assert ready.seal["instructions"] > 0


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


def test_pauses_grow_and_are_bounded() -> None:
    """The first death costs no pause; each further one doubles it, up to a minute."""
    assert [0, 0, 1, 2, 4, 8] == [pause_after(deaths) for deaths in range(6)]
    assert 60 == pause_after(8) == pause_after(10_000)


def test_under_a_sealed_daemon(random_model: Path, tmp_path: Path) -> None:
    """A daemon that is sealed itself can start the model process, lose it and start it again."""
    done = subprocess.run(
        [sys.executable, "-I", str(CHILDREN / "sealed_daemon.py"), str(random_model), str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert "" == done.stderr
    result = json.loads(done.stdout)
    assert "SIGKILL" in result.pop("gone")
    assert {
        "same": True,
        "another": True,
        "threads": 1,
        "tier": "model",
        "reached": [],
        "remembered": True,
    } == result
