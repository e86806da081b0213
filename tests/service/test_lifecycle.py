"""One daemon at a time, and signals that end it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from homebody.errors import AlreadyRunningError
from homebody.service.lifecycle import Signals
from homebody.service.lock import Lock, _is_held, holder

HOLDER = """
import sys
from pathlib import Path
from homebody.service.lock import Lock
lock = Lock(Path(sys.argv[1]))
lock.take()
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_one_is_refused_with_the_first_ones_number(tmp_path: Path):
    """Another process that holds the lock is named; when it is killed, the lock is free."""
    path = tmp_path / "state" / "daemon.lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(AlreadyRunningError, match=str(holder.pid)):
            Lock(path).take()
        holder.kill()
        holder.wait()
        second = Lock(path)
        second.take()
        assert path.read_text(encoding="ascii") == str(os.getpid())
        second.release()


def test_a_released_lock_can_be_taken_again(tmp_path: Path):
    """After a release the next one gets in."""
    first = Lock(tmp_path / "lock")
    first.take()
    first.release()
    second = Lock(tmp_path / "lock")
    second.take()
    second.release()


def test_signals_are_waited_for():
    """SIGTERM and SIGINT come out of ``wait``, in order, and an end from inside counts as SIGINT."""
    before = {
        number: signal.getsignal(number)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGPIPE)
    }
    try:
        signals = Signals()
        os.kill(os.getpid(), signal.SIGTERM)
        assert signal.SIGTERM == signals.wait()
        signals.end()
        assert signal.SIGINT == signals.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


IN_ANOTHER_THREAD = """
import signal, threading
from homebody.service.lifecycle import Signals

signals = Signals()
hit = lambda: signal.pthread_kill(threading.get_ident(), signal.SIGTERM)
threading.Timer(0.2, hit).start()
print(signals.wait())
"""


def test_a_signal_that_another_thread_was_given_is_heard():
    """The kernel chooses the thread; the daemon ends all the same."""
    child = subprocess.run(
        [sys.executable, "-c", IN_ANOTHER_THREAD], capture_output=True, text=True, timeout=20, check=True
    )
    assert str(int(signal.SIGTERM)) == child.stdout.strip()


WITH_A_SOCKET = """
import os, socket
from homebody.errors import SealError
from homebody.service.lifecycle import Readiness

os.environ["NOTIFY_SOCKET"] = "/nowhere/at/all"
quiet = Readiness(os.environ)  # a manager that is gone is no reason not to start
assert not quiet.held
quiet.tell()
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM):
    try:
        Readiness({}).tell()
    except SealError as error:
        print(error)
"""


def test_nothing_is_said_while_a_socket_leads_outside():
    """With a foreign socket open the daemon does not go on; without a manager it does."""
    child = subprocess.run(
        [sys.executable, "-c", WITH_A_SOCKET], capture_output=True, text=True, timeout=20, check=True
    )
    assert "Sockets that lead outside are open after the seal: 1." == child.stdout.splitlines()[-1]


def test_the_holder_of_a_lock_is_named_by_the_kernel(tmp_path: Path):
    """Nobody before, the process that holds it meanwhile, nobody after, whatever the file says."""
    path = tmp_path / "lock"
    assert holder(path) is None
    lock = Lock(path)
    lock.take()
    assert holder(path) == os.getpid()
    assert _is_held(path)
    path.write_text("1")
    assert holder(path) is None
    lock.release()
    assert not _is_held(path)
    path.write_text(str(os.getpid()))
    assert holder(path) is None


def test_a_hang_up_ends_only_a_daemon_on_a_terminal():
    """Without a terminal it calls back, each time, and the next signal is the end."""
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGPIPE)
    before = {number: signal.getsignal(number) for number in numbers}
    calls: list[str] = []
    try:
        signals = Signals(on_terminal=False)
        for number in (signal.SIGHUP, signal.SIGHUP, signal.SIGTERM):
            os.kill(os.getpid(), number)
        assert signal.SIGTERM == signals.wait_for_the_end(lambda: calls.append("look"))
        assert ["look", "look"] == calls
        signals = Signals(on_terminal=True)
        os.kill(os.getpid(), signal.SIGHUP)
        assert signal.SIGHUP == signals.wait_for_the_end(lambda: calls.append("never"))
        assert ["look", "look"] == calls
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
