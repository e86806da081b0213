"""The tricks that go round a filter: other ABIs, later filters, handed-in descriptors, older threads."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ENTER = """
import ctypes, socket
from homebody.seal import kernel
def enter(tier="daemon"):
    folder = Path(given["folder"])
    seal.enter(seal.daemon_policy(read=[], write=[folder]) if tier == "daemon" else
               seal.model_policy(model=folder / "one.gguf") if tier == "model" else seal.reader_policy())
"""

MACHINE_CODE = """
import mmap
def run(code):
    pid = os.fork()
    if pid == 0:
        page = mmap.mmap(-1, 4096, prot=7)
        page.write(bytes.fromhex(code))
        start = ctypes.addressof(ctypes.c_char.from_buffer(page))
        made = ctypes.CFUNCTYPE(ctypes.c_long)(start)()
        os._exit(0 if made >= 0 else 7)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
"""

SOCKET_BY_INT_80 = "53b867010000bb02000000b90100000031d2cd805b4898c3"
"""mov eax, 359 (socket of i386); mov ebx, 2; mov ecx, 1; xor edx, edx; int 0x80; give eax back."""

SOCKET_BY_X32 = "b829000040bf02000000be0100000031d20f05c3"
"""mov eax, 0x40000029 (socket of x32); mov edi, 2; mov esi, 1; xor edx, edx; syscall."""

on_x86 = pytest.mark.skipif(os.uname().machine != "x86_64", reason="machine code for x86-64")


@pytest.fixture
def sealed(child: Callable[..., Any], tmp_path: Path) -> Callable[..., Any]:
    """Return a function that runs code which may call ``enter(tier)``."""
    (tmp_path / "one.gguf").write_bytes(b"GGUF")
    return lambda code: child(f"{ENTER}\n{code}", folder=str(tmp_path))


@on_x86
@pytest.mark.parametrize("code", [SOCKET_BY_INT_80, SOCKET_BY_X32])
def test_other_abi_ends_the_process(sealed: Callable[..., Any], code: str) -> None:
    """A socket through int 0x80 or x32 is answered with SIGSYS; unsealed the code runs to its end."""
    outside = sealed(f"{MACHINE_CODE}\ntold(run({code!r}))")
    if outside not in (0, 7):
        pytest.skip("this kernel or processor does not run such code unsealed")
    assert sealed(f"enter()\n{MACHINE_CODE}\ntold(run({code!r}))") == -signal.SIGSYS


@pytest.mark.parametrize("tier", ["daemon", "model", "reader"])
def test_later_filter_loosens_nothing(sealed: Callable[..., Any], tier: str) -> None:
    """A filter that allows everything, put on top, either is not taken or changes nothing."""
    code = f"""
import struct
enter({tier!r})
class Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))
allow = ctypes.create_string_buffer(struct.pack("=HBBI", 6, 0, 0, 0x7FFF0000), 8)
added = name_of_refusal(lambda: kernel.call("seccomp", 1, 0, Program(1, ctypes.addressof(allow))))
told([added, name_of_refusal(socket.socket)])
"""
    added, refused = sealed(code)
    assert added == ("done" if tier == "daemon" else "EPERM")
    assert refused == "EPERM"


@pytest.mark.parametrize("tier", ["daemon", "model", "reader"])
def test_descriptor_cannot_be_handed_in(sealed: Callable[..., Any], tier: str) -> None:
    """A connected socket sent over a pair that was there before never arrives."""
    code = f"""
import subprocess
ours, theirs = socket.socketpair()
GIVE = '''
import os, socket, sys
with socket.create_server(("127.0.0.1", 0)) as server:
    made = socket.create_connection(server.getsockname())
    socket.send_fds(socket.socket(fileno=int(sys.argv[1])), [b"x"], [made.fileno()])
'''
subprocess.run([sys.executable, "-I", "-c", GIVE, str(theirs.fileno())], pass_fds=[theirs.fileno()], check=True)
enter({tier!r})
told(name_of_refusal(lambda: socket.recv_fds(ours, 1, 1)))
"""
    assert sealed(code) == "EPERM"


def test_thread_from_before_is_under_the_filter(sealed: Callable[..., Any]) -> None:
    """Even if a thread were there before, the filter would hold it, for seccomp is put on all threads."""
    code = """
import threading
from homebody.seal import seccomp
from homebody.seal.syscalls import this_machine
go, said = threading.Event(), []
def wait():
    go.wait()
    said.append(name_of_refusal(socket.socket))
thread = threading.Thread(target=wait)
thread.start()
kernel.prctl(38, 1)
seccomp.install(seccomp.program_for(seal.Tier.DAEMON, this_machine()))
go.set()
thread.join()
told(said)
"""
    assert sealed(code) == ["EPERM"]


def test_second_seal_of_the_same_kind_is_fine(sealed: Callable[..., Any]) -> None:
    """Landlock's own limit of layers is far: the seal can be put on twice, and holds as before."""
    assert sealed("enter()\nenter()\ntold(name_of_refusal(socket.socket))") == "EPERM"


def test_no_new_privileges_cannot_be_taken_back(sealed: Callable[..., Any]) -> None:
    """The flag stays: clearing it is an error of the kernel, and it reads as set."""
    code = "enter()\ntold([name_of_refusal(lambda: kernel.prctl(38, 0)), kernel.prctl(39)])"
    assert sealed(code) == ["EINVAL", 1]


def test_memory_file_cannot_be_executed(sealed: Callable[..., Any]) -> None:
    """A program that lies in no folder, in memory, cannot be made at all: Landlock would not guard it."""
    assert sealed('enter()\ntold(name_of_refusal(lambda: os.memfd_create("x")))') == "EPERM"


def test_open_file_of_another_tier_keeps_its_rights(sealed: Callable[..., Any]) -> None:
    """What was opened before stays usable, which is why descriptors are closed and looked at first."""
    code = """
before = open(given["folder"] + "/log", "w")
enter("reader")
before.write("line")
before.flush()
told("written")
"""
    assert sealed(code) == "written"
