"""Putting the seal on: what it reports, and that it refuses rather than half hold."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from homebody.errors import SealError
from homebody.seal import entry, kernel, landlock, reader_policy, rehearse, seccomp, system
from homebody.seal.policy import Policy
from homebody.seal.syscalls import Machine
from homebody.seal.tier import Tier

REPORT = """
folder = Path(given["folder"])
told(seal.enter(seal.daemon_policy(read=[], write=[folder])).to_dict())
"""


def test_report_says_what_was_put_on(child: Callable[..., Any], tmp_path: Path) -> None:
    """The report names tier, kernel, ABI, filter and time, and is the same on every start but for the time."""
    first, second = (child(REPORT, folder=str(tmp_path)) for _ in range(2))
    assert first["tier"] == "daemon"
    assert first["kernel"] == os.uname().release
    assert first["landlock_abi"] == landlock.abi()
    assert first["as_root"] == (os.geteuid() == 0)
    assert first["instructions"] > 200
    assert len(first["seccomp_sha256"]) == 64
    assert first | {"milliseconds": 0} == second | {"milliseconds": 0}


def test_hash_is_that_of_the_filter_with_no_pid(child: Callable[..., Any], tmp_path: Path) -> None:
    """The SHA-256 can be computed by anybody from the rules, although the reader's filter has its pid in it."""
    import hashlib

    told = child("told(seal.enter(seal.reader_policy()).to_dict())")
    program = seccomp.program_for(Tier.READER, Machine(os.uname().machine))
    assert told["seccomp_sha256"] == hashlib.sha256(program).hexdigest()


def test_seal_goes_on_fast(child: Callable[..., Any], tmp_path: Path) -> None:
    """It takes less than five milliseconds of work, the best of some starts; the computer may be busy."""
    code = """
import time
policy = seal.daemon_policy(read=[], write=[Path(given["folder"])])
began = time.process_time()
seal.enter(policy)
told((time.process_time() - began) * 1000)
"""
    assert min(child(code, folder=str(tmp_path)) for _ in range(5)) < 5


def test_ordinary_user_is_sealed_as_well(as_user: Callable[..., Any], everyone_folder: Path) -> None:
    """Without any power the same seal goes on, and nothing is missing for want of root."""
    told = as_user(REPORT, folder=str(everyone_folder))
    assert told["as_root"] is False
    assert told["missing"] == list(landlock.lacks(told["landlock_abi"]))


def test_second_thread_is_refused(child: Callable[..., Any]) -> None:
    """With another thread alive the seal does not go on, even one that Python knows nothing of."""
    code = """
import ctypes, threading
stop = threading.Event()
thread = threading.Thread(target=stop.wait)
thread.start()
try:
    seal.enter(seal.reader_policy())
except SealError as error:
    told([str(error), error.hint is not None])
stop.set()
thread.join()
"""
    message, has_hint = child(code)
    assert "one thread, and there are 2" in message
    assert has_hint


def test_native_threads_are_counted(child: Callable[..., Any]) -> None:
    """Threads that a C library started count, although Python knows nothing of them."""
    code = """
import ctypes, threading, time
libc = ctypes.CDLL(None)
handle = ctypes.c_ulong()
started = libc.pthread_create(ctypes.byref(handle), None, ctypes.cast(libc.pause, ctypes.c_void_p), None)
try:
    seal.enter(seal.reader_policy())
except SealError as error:
    told([started, threading.active_count(), str(error)])
os._exit(0)
"""
    started, known, message = child(code)
    assert (started, known) == (0, 1)
    assert "there are 2" in message


def test_missing_path_is_refused(child: Callable[..., Any], tmp_path: Path) -> None:
    """A path that went away between policy and seal is named."""
    code = """
policy = seal.Policy(tier=seal.Tier.READER, read=(Path(given["gone"]),))
try:
    seal.enter(policy)
except SealError as error:
    told([str(error), error.hint])
"""
    message, hint = child(code, gone=str(tmp_path / "gone"))
    assert "gone cannot be reached (No such file or directory)" in message
    assert "Make the folder" in hint


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM])
def test_kernel_without_landlock_is_refused(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Where Landlock is not built in, switched off or forbidden by a container, the error says what to do."""

    def refused(name: str, *arguments: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(kernel, "call", refused)
    with pytest.raises(SealError, match="no Landlock") as raised:
        landlock.restrict(Policy(tier=Tier.READER))
    assert "lsm=landlock" in (raised.value.hint or "")


def test_kernel_without_seccomp_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the filter is not taken, the error names the kernel's reason."""

    def refused(name: str, *arguments: object) -> int:
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

    monkeypatch.setattr(kernel, "call", refused)
    with pytest.raises(SealError, match=r"seccomp filter \(EINVAL\)"):
        seccomp.install(b"\0" * 8)


def test_thread_that_cannot_be_sealed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """seccomp says which thread it could not synchronise by a positive number; that is a refusal, too."""
    monkeypatch.setattr(kernel, "call", lambda *_: 77)
    with pytest.raises(SealError, match="Thread 77"):
        seccomp.install(b"\0" * 8)


def test_filter_that_the_kernel_rejects_is_refused(child: Callable[..., Any]) -> None:
    """A broken program is refused by the real kernel, and the error says so."""
    code = """
from homebody.seal import kernel, seccomp
kernel.prctl(38, 1)
try:
    seccomp.install(bytes(8))
except SealError as error:
    told(str(error))
"""
    assert "EINVAL" in child(code)


def test_other_systems_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a system whose seal is not there yet, homebody says that and does not start."""
    monkeypatch.setattr(system, "PLATFORM", "freebsd14")
    with pytest.raises(SealError, match="not there yet") as raised:
        entry.enter(reader_policy())
    assert raised.value.hint is not None


def test_rehearsal_reports_and_leaves_us_free() -> None:
    """The trial process reports the daemon's seal, and this process is not sealed by it."""
    report = rehearse()
    assert report.tier == "daemon"
    assert report.landlock_abi == landlock.abi()
    assert os.access("/etc/passwd", os.R_OK)


def test_capabilities_are_gone(child: Callable[..., Any], tmp_path: Path) -> None:
    """Sealed, a process holds no capability, and root's bounding set is empty; an exec gives none back."""
    code = """
import subprocess
ask = '''
import json
lines = [line.split() for line in open("/proc/self/status") if line.startswith("Cap")]
print(json.dumps({name.rstrip(":"): int(value, 16) for name, value in lines}))
'''
seal.enter(seal.daemon_policy(read=[], write=[Path(given["folder"])]))
exec(ask)
told(json.loads(subprocess.check_output([sys.executable, "-I", "-c", ask], text=True)))
"""
    held = child(code, folder=str(tmp_path))
    bounding = held.pop("CapBnd")
    assert set(held.values()) == {0}
    assert bounding == 0 or os.geteuid() != 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has capabilities that a container can keep")
def test_container_that_keeps_the_bounding_set(child: Callable[..., Any], tmp_path: Path) -> None:
    """Without CAP_SETPCAP the bounding set stays; the report says so, and an exec gives no power all the same."""
    code = """
import subprocess
from homebody.seal import kernel
CAP_SETPCAP, PR_CAPBSET_DROP = 8, 24
INNER = '''
import json, subprocess, sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from homebody import seal
report = seal.enter(seal.daemon_policy(read=[], write=[Path(sys.argv[2])]))
ask = "print([line.split()[1] for line in open('/proc/self/status') if line.startswith('CapEff')][0])"
held = subprocess.check_output([sys.executable, "-I", "-c", ask], text=True).strip()
print(json.dumps([report.missing[-1], int(held, 16)]))
'''
kernel.prctl(PR_CAPBSET_DROP, CAP_SETPCAP)
command = [sys.executable, "-I", "-c", INNER, sys.path[0], given["folder"]]
told(json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True).stdout))
"""
    missing, held = child(code, folder=str(tmp_path))
    assert "bounding set" in missing
    assert held == 0
