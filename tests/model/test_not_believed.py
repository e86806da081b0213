"""What the model process says of itself is not believed, and not waited for."""

import sys
from pathlib import Path

import pytest

from homebody.clock import SystemClock
from homebody.errors import ModelError, ModelGoneError
from homebody.model import loading
from homebody.model.client import ModelClient
from homebody.model.states import State
from homebody.model.wire import WireError, encode
from homebody.testing import FakeClock

CHILDREN = Path(__file__).parent / "children"


def command(child: str, *arguments: str) -> list[str]:
    """Return the command that runs one of the children."""
    return [sys.executable, "-I", str(CHILDREN / child), *arguments]


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
    answer = {"context": 64, "memory_bytes": 1, "settings": {}, "plan": {}, "seal": {"tier": "model"}}
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


def test_the_seal_comes_first(random_model: Path) -> None:
    """The process is sealed before the native library, numpy and any thread; else this child would fail."""
    client = ModelClient(random_model, clock=SystemClock(), command=command("checks_order.py"))
    ready = client.start()
    client.stop()

    assert ready.seal["instructions"] > 0


def test_a_load_that_stalls(random_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A load that reports no progress for too long is ended, with that reason, and tried again after a pause."""
    monkeypatch.setattr(loading, "STALL_SECONDS", 0.2)
    client = ModelClient(random_model, clock=FakeClock(), command=command("says.py", ""))

    with pytest.raises(ModelGoneError, match="said nothing for 0 s"):
        client.start()
    assert State.BACKING_OFF is client.standing.state
