"""The seal of another process, read from outside."""

import subprocess
import sys

import pytest

from homebody.errors import SealError
from homebody.seal import seal_status

SEALED = """
import sys, threading
from pathlib import Path
from homebody import seal
seal.enter(seal.model_policy(model=Path(sys.executable)))
stop = threading.Event()
threads = [threading.Thread(target=stop.wait, daemon=True) for _ in range(3)]
for thread in threads:
    thread.start()
print("ready", flush=True)
sys.stdin.read()
"""


def test_every_thread_of_a_sealed_process_is_sealed() -> None:
    """Threads that were started later have the filter as well, and the kernel says so to everybody."""
    with subprocess.Popen(
        [sys.executable, "-I", "-c", SEALED], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        threads = seal_status(process.pid)
        assert process.stdin is not None
        process.stdin.close()
    assert len(threads) == 4
    assert all(thread.sealed for thread in threads)
    assert all(thread.to_dict()["sealed"] for thread in threads)


def test_unsealed_process_is_seen_as_such() -> None:
    """A process without a filter is not called sealed."""
    with subprocess.Popen([sys.executable, "-I", "-c", "input()"], stdin=subprocess.PIPE) as process:
        assert [thread.sealed for thread in seal_status(process.pid)] == [False]
        process.kill()


def test_process_that_is_gone_is_an_error() -> None:
    """Asking about a process that has ended says so."""
    process = subprocess.Popen([sys.executable, "-I", "-c", ""])
    process.wait()
    with pytest.raises(SealError, match=str(process.pid)):
        seal_status(process.pid)
