"""Whoever starts it, whichever tier, whichever way: a socket is refused, and so is a start with a thread too many."""

import os
import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ENTER = """
import ctypes, mmap, subprocess, threading
from homebody.seal import entry, kernel
libc = ctypes.CDLL(None, use_errno=True)
ASK = "import ctypes; l = ctypes.CDLL(None, use_errno=True); l.socket(2, 1, 0); print(ctypes.get_errno())"

def enter():
    folder = Path(given["folder"])
    policies = {
        "daemon": lambda: seal.daemon_policy(read=[], write=[folder]),
        "model": lambda: seal.model_policy(model=folder / "one.gguf"),
        "reader": seal.reader_policy,
    }
    return seal.enter(policies[given["tier"]]())

def native():
    ctypes.set_errno(0)
    made = libc.socket(2, 1, 0)
    if made < 0:
        return ctypes.get_errno()
    os.close(made)
    return "made"

def in_thread():
    said = []
    thread = threading.Thread(target=lambda: said.append(native()))
    try:
        thread.start()
    except RuntimeError:
        return "no thread"
    thread.join()
    return said[0]

def in_fork():
    try:
        pid = os.fork()
    except OSError as error:
        return f"no fork: {error.errno}"
    if pid == 0:
        said = native()
        os._exit(said if isinstance(said, int) else 99)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

def in_program():
    try:
        return int(subprocess.run([sys.executable, "-I", "-S", "-c", ASK], capture_output=True, text=True).stdout)
    except OSError as error:
        return f"no exec: {error.errno}"
"""

MACHINE_CODE = {
    "int 0x80": "53b867010000bb02000000b90100000031d2cd805b4898c3",
    "x32": "b829000040bf02000000be0100000031d20f05c3",
}
"""A socket by i386's number 359 and by x32's 41, as in test_loopholes."""

WAYS = {
    "daemon": {"native": 1, "thread": 1, "fork": 1, "program": 1},
    "model": {"native": 1, "thread": 1, "fork": "no fork: 1", "program": "no exec: 1"},
    "reader": {"native": 1, "thread": "no thread", "fork": "no fork: 1", "program": "no exec: 1"},
}

EACH = pytest.mark.parametrize(
    ("who", "tier"),
    [
        pytest.param(who, tier, marks=pytest.mark.long if who != "ourselves" and tier != "daemon" else ())
        for who in ("ourselves", "ordinary user")
        for tier in WAYS
    ],
)
"""All six; an ordinary user's model and reader are tried with --long only."""


@pytest.fixture
def run(
    child: Callable[..., Any], request: pytest.FixtureRequest, everyone_folder: Path, who: str, tier: str
) -> Callable[[str], Any]:
    """Return a function that runs code as one of the two users, for one tier."""
    (everyone_folder / "one.gguf").write_bytes(b"GGUF")
    start = child if who == "ourselves" else request.getfixturevalue("as_user")
    return lambda code: start(f"{ENTER}\n{code}", folder=str(everyone_folder), tier=tier)


@EACH
def test_no_way_makes_a_socket(run: Callable[[str], Any], who: str, tier: str) -> None:
    """Native code, a new thread, a fork and a new program are all refused; the small tiers refuse those themselves."""
    code = """
free = [native(), in_thread(), in_fork(), in_program()]
enter()
told([free, {"native": native(), "thread": in_thread(), "fork": in_fork(), "program": in_program()}])
"""
    free, sealed = run(code)
    assert free == ["made", "made", 99, 0]
    assert sealed == WAYS[tier]


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="machine code for x86-64")
@pytest.mark.parametrize("way", MACHINE_CODE)
@EACH
def test_other_abis_kill(run: Callable[[str], Any], who: str, tier: str, way: str) -> None:
    """A call through another ABI ends the process itself; it does not come back to say anything."""
    code = f"""
page = mmap.mmap(-1, 4096, prot=7)
page.write(bytes.fromhex({MACHINE_CODE[way]!r}))
call = ctypes.CFUNCTYPE(ctypes.c_long)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
enter()
call()
told("came back")
"""
    with pytest.raises(AssertionError) as ended:
        run(code)
    assert re.match(rf"exit -{signal.SIGSYS.value}\b", str(ended.value)), str(ended.value)[:200]


@EACH
def test_early_thread_stops_the_start(run: Callable[[str], Any], who: str, tier: str) -> None:
    """With a thread that is there already the seal does not go on."""
    code = """
go = threading.Event()
threading.Thread(target=go.wait, daemon=True).start()
try:
    enter()
except SealError as error:
    told(str(error))
"""
    assert "one thread, and there are 2" in run(code)


@EACH
def test_filter_covers_an_early_thread(run: Callable[[str], Any], who: str, tier: str) -> None:
    """Were the thread not refused, the filter would hold it all the same (TSYNC), and Landlock would not."""
    code = """
entry.refuse_threads = lambda: None
go, said = threading.Event(), []
def wait():
    go.wait()
    said.append(native())
    said.append(name_of_refusal(lambda: os.close(os.open("/etc/hostname", os.O_RDONLY))))
thread = threading.Thread(target=wait)
thread.start()
enter()
go.set()
thread.join()
told([said, name_of_refusal(lambda: os.open("/etc/hostname", os.O_RDONLY))])
"""
    (socket_errno, old_thread), ours = run(code)
    assert socket_errno == 1
    assert (old_thread, ours) == (("EPERM", "EPERM") if tier == "reader" else ("done", "EACCES"))


@EACH
def test_second_run_is_the_same(run: Callable[[str], Any], who: str, tier: str) -> None:
    """Two starts report the same filter, the same level and the same gaps."""
    first, second = (run('told(enter().to_dict() | {"milliseconds": 0})') for _ in range(2))
    assert first == second
