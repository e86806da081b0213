"""How could a process start something else, or drive another process?"""

import errno
import os
import resource
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Callable

from homebody.seal import kernel
from homebody.seal.interpreter import interpreter_programs
from homebody.seal.probe import Probe, ProbeTargets, Untestable, needs, probe

PROGRAMS = ("/bin/true", "/usr/bin/true", "/bin/sh")
HELPERS = ("/usr/bin/su", "/bin/su", "/usr/bin/mount", "/bin/mount", "/usr/bin/sudo")
CHILD_SECONDS = 20
PTRACE_SEIZE, PTRACE_DETACH = 0x4206, 17
CLONE_NEWUSER = 0x10000000

FROM_SIGNALS_ON = 6
"""The Landlock ABI that keeps signals in."""

TRY_SOCKET = """
import socket, sys
try:
    socket.socket().close()
except OSError as error:
    sys.exit(error.errno)
"""


def child(_targets: ProbeTargets) -> None:
    """Start another program."""
    for program in PROGRAMS:
        try:
            subprocess.run([program, "-c", ":"], check=False, timeout=CHILD_SECONDS)
        except FileNotFoundError:
            continue
        return
    raise Untestable("this computer has no program to start")


def loader(_targets: ProbeTargets) -> None:
    """Let the ELF loader, which may be started, load another program."""
    programs = interpreter_programs()
    if len(programs) < 2:
        raise Untestable("this Python has no ELF loader")
    command = [str(programs[1]), PROGRAMS[0]]
    done = subprocess.run(command, check=False, timeout=CHILD_SECONDS, capture_output=True)
    if b"Permission denied" in done.stderr:
        raise OSError(errno.EACCES, os.strerror(errno.EACCES))
    if done.returncode:
        raise Untestable("the ELF loader does not start programs here")


def helper(_targets: ProbeTargets) -> None:
    """Start a program that would run as root, whoever starts it."""
    for program in HELPERS:
        try:
            subprocess.run([program, "--version"], check=False, timeout=CHILD_SECONDS, capture_output=True)
        except FileNotFoundError:
            continue
        return
    raise Untestable("this computer has no such program")


def child_socket(_targets: ProbeTargets) -> None:
    """Start our own interpreter and let it make a socket: the seal is inherited."""
    command = [sys.executable, "-I", "-S", "-c", TRY_SOCKET]
    done = subprocess.run(command, check=False, timeout=CHILD_SECONDS, capture_output=True)
    if done.returncode:
        raise OSError(done.returncode, "the child was refused")


def in_a_thread(attempt: Callable[[], None]) -> None:
    """Make *attempt* in a new thread, and raise here what the kernel said to it there."""
    refused: list[OSError] = []

    def run() -> None:
        try:
            attempt()
        except OSError as error:
            refused.append(error)

    thread = threading.Thread(target=run)
    try:
        thread.start()
    except RuntimeError as error:
        raise OSError(errno.EPERM, "no thread can be started") from error
    thread.join()
    if refused:
        raise refused[0]


def thread_socket(_targets: ProbeTargets) -> None:
    """Make a socket in a new thread."""
    in_a_thread(lambda: os.close(kernel.call("socket", 2, 1, 0)))


def fork(_targets: ProbeTargets) -> None:
    """Make a user namespace for a new process, in which it would have powers."""
    pid = kernel.call("clone", CLONE_NEWUSER | signal.SIGCHLD, 0, 0, 0, 0)
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def victim(targets: ProbeTargets) -> int:
    """Return the process that was put up to be attacked."""
    return needs(targets.victim, "process")


def ptrace(targets: ProbeTargets) -> None:
    """Take hold of another process of the same user."""
    kernel.call("ptrace", PTRACE_SEIZE, victim(targets), 0, 0)


def read_memory(targets: ProbeTargets) -> None:
    """Read another process's memory."""
    kernel.call("process_vm_readv", victim(targets), 0, 0, 0, 0, 0)


def write_memory(targets: ProbeTargets) -> None:
    """Write another process's memory."""
    kernel.call("process_vm_writev", victim(targets), 0, 0, 0, 0, 0)


def open_memory(targets: ProbeTargets) -> None:
    """Open another process's memory as a file."""
    os.close(os.open(f"/proc/{victim(targets)}/mem", os.O_RDWR))


def read_environment(targets: ProbeTargets) -> None:
    """Read another process's environment, where tokens are."""
    os.close(os.open(f"/proc/{victim(targets)}/environ", os.O_RDONLY))


def take_descriptor(targets: ProbeTargets) -> None:
    """Take an open file out of another process."""
    handle = kernel.call("pidfd_open", victim(targets), 0)
    try:
        os.close(kernel.call("pidfd_getfd", handle, 0, 0))
    finally:
        os.close(handle)


def send_signal(targets: ProbeTargets) -> None:
    """Send a signal to another process; number 0, which only asks whether it could."""
    os.kill(victim(targets), 0)


def change_limits(targets: ProbeTargets) -> None:
    """Change another process's limits; a null pointer, which the kernel looks at after the right to."""
    kernel.call("prlimit64", victim(targets), 4, kernel.buffer(16), 0)


def dumpable(_targets: ProbeTargets) -> None:
    """Open ourselves to debuggers and core dumps again."""
    kernel.prctl(4, 1)


def core_dump(_targets: ProbeTargets) -> None:
    """Allow ourselves core dumps of one byte."""
    kernel.call("prlimit64", 0, resource.RLIMIT_CORE, struct.pack("=QQ", 1, 1), 0)


PROBES = (
    probe("child", "programs", "start another program", child),
    probe("helper", "programs", "start a program that runs as root", helper),
    probe("loader", "programs", "start a program through the ELF loader", loader),
    probe("child_socket", "programs", "let a child make a socket", child_socket),
    probe("thread_socket", "programs", "let a new thread make a socket", thread_socket),
    probe("fork_namespace", "namespaces", "start a process with powers of its own", fork),
    probe("ptrace", "other processes", "take hold of another process", ptrace),
    probe("read_memory", "other processes", "read another process's memory", read_memory),
    probe("write_memory", "other processes", "write another process's memory", write_memory),
    probe("open_memory", "other processes", "open another process's memory", open_memory),
    probe("read_environment", "other processes", "read another process's environment", read_environment),
    probe("take_descriptor", "other processes", "take an open file from another process", take_descriptor),
    Probe(name="signal", channel="other processes", words="send a signal to another process", attempt=send_signal,
          landlock_abi=FROM_SIGNALS_ON),
    probe("limits", "other processes", "change another process's limits", change_limits),
    probe("dumpable", "dumps", "open itself to debuggers again", dumpable),
    probe("core_dump", "dumps", "allow a dump of its memory again", core_dump),
)  # fmt: skip
