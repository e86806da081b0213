"""The seal of another process, read from outside."""

import json
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


INHERITS = """
import json, subprocess, sys
from homebody import seal
from homebody.errors import SealError
told = []
OWN = "from homebody import seal; seal.enter(seal.reader_policy()); print('on', flush=True); input()"
seal.enter(seal.daemon_policy(read=[], write=[]))
for code in ("print('on', flush=True); input()", OWN):
    with subprocess.Popen([sys.executable, "-I", "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        child.stdout.readline()
        try:
            seal.refuse_unsealed(child.pid)
            told.append("sealed")
        except SealError as error:
            told.append(str(error))
        child.communicate(b"\\n")
print(json.dumps(told))
"""


def test_inherited_seal_is_not_taken_for_a_childs_own() -> None:
    """A child of the sealed daemon counts as sealed only with a filter of its own on top."""
    done = subprocess.run([sys.executable, "-I", "-c", INHERITS], capture_output=True, text=True, check=True)
    inherited, own = json.loads(done.stdout)
    assert "is not sealed" in inherited
    assert own == "sealed"


def test_process_that_is_gone_is_an_error() -> None:
    """Asking about a process that has ended says so."""
    process = subprocess.Popen([sys.executable, "-I", "-c", ""])
    process.wait()
    with pytest.raises(SealError, match=str(process.pid)):
        seal_status(process.pid)
