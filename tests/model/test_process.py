"""The model process from outside: what is said when it talks nonsense, dies or falls silent."""

import struct
import sys
from pathlib import Path

import pytest

from homebody.model import wire
from homebody.model.process import ModelProcess, ProcessEndedError

CHILDREN = Path(__file__).parent / "children"


def says(data: bytes) -> ModelProcess:
    """Start a child that says *data* and nothing else."""
    return ModelProcess([sys.executable, "-I", str(CHILDREN / "says.py"), data.hex()])


def python(code: str) -> ModelProcess:
    """Start a child that runs *code*."""
    return ModelProcess([sys.executable, "-I", "-c", code])


def ending_of(process: ModelProcess) -> ProcessEndedError:
    """Return the error that a request ends with."""
    with pytest.raises(ProcessEndedError) as caught:
        process.ask({"do": "anything"}).next()
    return caught.value


def test_garbage_on_standard_output() -> None:
    """A process whose output is not a message is killed, and the error says why."""
    process = says(b"\x00\x00\x00\x0bhello world")

    error = ending_of(process)

    assert "what is not a message" in str(error)
    assert error.signal is None
    assert not process.alive


def test_oversize_frame() -> None:
    """A frame that claims more than the limit ends the process, and none of it is waited for."""
    error = ending_of(says(struct.pack(">I", wire.LIMIT + 1)))

    assert f"claims {wire.LIMIT + 1} bytes" in str(error)


def test_half_a_frame_at_the_end() -> None:
    """A message cut short by the process's end is named."""
    error = ending_of(python("import os; os.write(1, bytes([0, 0, 0, 9, 1]))"))

    assert "1 of 9 bytes" in str(error)


def test_exit_code_and_last_words() -> None:
    """A process that leaves by itself is quoted with its code and the last of what it complained of."""
    words = "import sys; print('one\\n\\ntwo\\x1b[31m\\nthree\\nfour', file=sys.stderr); sys.exit(3)"

    error = ending_of(python(words))

    assert "it exited with code 3. It last said: two[31m / three / four" in str(error)
    assert error.signal is None


def test_complaints_are_bounded() -> None:
    """Megabytes of complaints neither block the process nor fill our memory."""
    error = ending_of(python("import sys; sys.stderr.write('x' * 5_000_000 + '\\nlast'); sys.exit(1)"))

    assert str(error).endswith("last")
    assert len(str(error)) < 800


@pytest.mark.parametrize("name", ["SIGSEGV", "SIGABRT", "SIGILL"])
def test_signal_and_assertion_text(name: str) -> None:
    """A process killed by a signal is told with the signal's name and the native assertion."""
    process = ModelProcess([sys.executable, "-I", str(CHILDREN / "always_dies.py"), name])

    error = ending_of(process)

    assert name == error.signal
    assert f"killed by {name}" in str(error)
    assert f"GGML_ASSERT({name}) failed" in str(error)


def test_silence_is_ended() -> None:
    """A process that says nothing for as long as it may is killed; nothing else helps against a hang."""
    process = says(b"")

    with pytest.raises(ProcessEndedError, match="said nothing for 0 s"):
        process.ask({"do": "anything"}, 0.01).next()
    assert not process.alive


def test_silence_is_the_process_s_and_not_a_request_s() -> None:
    """It works on all requests at once, so it is waited for as long as the most patient of them allows."""
    late = wire.encode({"id": 2, "answer": "late"})
    process = python(
        f"import sys, time; sys.stdin.buffer.read(1); time.sleep(0.3); sys.stdout.buffer.write({late!r});"
        "sys.stdout.flush(); sys.stdin.read()"
    )
    process.ask({"do": "something long"}, 20)

    assert "late" == process.ask({"do": "anything"}, 0.01).next()["answer"]
    process.stop()


def test_asking_a_dead_process() -> None:
    """A request to a process that is gone fails at once."""
    process = python("")
    ending_of(process)

    with pytest.raises(ProcessEndedError, match="exited with code 0"):
        process.ask({"do": "anything"}).next()


def test_stop_closes_everything() -> None:
    """After stop the process is reaped, and whoever still waits for it is told that it was ended on purpose."""
    process = says(b"")
    exchange = process.ask({"do": "anything"})

    process.stop()

    with pytest.raises(ProcessEndedError) as caught:
        exchange.next()
    assert caught.value.asked
    assert not Path(f"/proc/{process.pid}").exists()


def test_children_get_a_scrubbed_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No token, proxy or agent of the person's environment reaches the process."""
    monkeypatch.setenv("SECRET_TOKEN", "hunter2")
    monkeypatch.setenv("https_proxy", "http://proxy")

    error = ending_of(python("import os, sys; sys.stderr.write(' '.join(sorted(os.environ))); sys.exit(1)"))

    assert "SECRET_TOKEN" not in str(error)
    assert "proxy" not in str(error)
    assert "OPENBLAS_NUM_THREADS" in str(error)
