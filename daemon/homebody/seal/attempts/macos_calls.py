"""Which calls of macOS lead to other processes, drivers, shared names and files, past what Python has functions for?

Never run on a Mac; the job of `.github/workflows` does so.
"""

import contextlib
import ctypes
import errno
import mmap
import os
from collections.abc import Callable
from typing import Any

from homebody.seal.attempts import files, processes
from homebody.seal.probe import ProbeTargets, Untestable

IO_NOT_PERMITTED = 0xE00002E2
CTL_KERN, KERN_PROCARGS2, PROC_PIDTBSDINFO, PT_ATTACHEXC, MAP_JIT = 1, 49, 3, 14, 0x800
IOKIT = "/System/Library/Frameworks/IOKit.framework/IOKit"


def function(name: str, library: str | None = None) -> Any:
    """Return the C function *name*, or raise Untestable where there is none."""
    try:
        return getattr(ctypes.CDLL(library, use_errno=True), name)
    except (OSError, AttributeError) as error:
        raise Untestable(f"this process finds no {name}") from error


def variable(name: str) -> int:
    """Return a port that libSystem keeps in a variable, or raise Untestable."""
    try:
        return int(ctypes.c_uint.in_dll(ctypes.CDLL(None), name).value)
    except ValueError as error:
        raise Untestable(f"this system has no {name}") from error


def checked(result: int) -> int:
    """Return *result*, or raise the OSError that -1 stands for."""
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return int(result)


def refused() -> OSError:
    """Return the error that stands for a refusal which has a number of its own."""
    return OSError(errno.EPERM, os.strerror(errno.EPERM))


def fork(_targets: ProbeTargets) -> None:
    """Make a second process."""
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def spawn(_targets: ProbeTargets) -> None:
    """Start a program by posix_spawn."""
    os.waitpid(os.posix_spawn("/usr/bin/true", ["true"], {}), 0)


def take_task(targets: ProbeTargets) -> None:
    """Take hold of another process by its task port, through which its memory is read and written."""
    port = ctypes.c_uint()
    ask = function("task_for_pid")
    own = ctypes.c_uint(variable("mach_task_self_"))
    if ask(own, ctypes.c_int(processes.victim(targets)), ctypes.byref(port)):
        raise refused()


def attach(targets: ProbeTargets) -> None:
    """Take hold of another process as a debugger."""
    checked(function("ptrace")(PT_ATTACHEXC, processes.victim(targets), None, 0))


def ask_about(targets: ProbeTargets) -> None:
    """Learn what another process is."""
    room = ctypes.create_string_buffer(512)
    ask = function("proc_pidinfo")
    got = ask(processes.victim(targets), PROC_PIDTBSDINFO, ctypes.c_uint64(0), room, len(room))
    checked(-1 if got <= 0 else got)


def read_words(targets: ProbeTargets) -> None:
    """Read another process's arguments and environment, where tokens are."""
    what = (ctypes.c_int * 3)(CTL_KERN, KERN_PROCARGS2, processes.victim(targets))
    room, size = ctypes.create_string_buffer(1 << 20), ctypes.c_size_t(1 << 20)
    checked(function("sysctl")(what, 3, room, ctypes.byref(size), None, ctypes.c_size_t(0)))


def xattr_outside(targets: ProbeTargets) -> None:
    """Hang an attribute on a file outside."""
    path = os.fsencode(files.secret(targets))
    checked(function("setxattr")(path, b"org.homebody.probe", b"x", ctypes.c_size_t(1), 0, 0))


def flags_outside(targets: ProbeTargets) -> None:
    """Change the flags of a file outside, to none."""
    checked(function("chflags")(os.fsencode(files.secret(targets)), 0))


def clone_outside(targets: ProbeTargets) -> None:
    """Clone a file outside, and take the clone away again."""
    path = files.own_name(targets, "clone")
    checked(function("clonefile")(os.fsencode(files.secret(targets)), os.fsencode(path), 0))
    files.take_away(path)


def truncate_outside(targets: ProbeTargets) -> None:
    """Cut a file outside by its path, to the length that it has."""
    os.truncate(files.secret(targets), 64)


def posix_name(name: str, *arguments: int) -> Callable[[ProbeTargets], None]:
    """Return the attempt to make shared memory or a semaphore that others can open by its name."""

    def attempt(_targets: ProbeTargets) -> None:
        label = f"/homebody-{os.getpid()}".encode()
        make = function(f"{name}_open")
        make.argtypes, make.restype = [ctypes.c_char_p, ctypes.c_int], ctypes.c_ssize_t
        made = checked(make(label, os.O_CREAT | os.O_RDWR, *(ctypes.c_int(value) for value in arguments)))
        function(f"{name}_unlink")(label)
        if name == "shm":
            os.close(made)

    return attempt


def system_v(name: str, *arguments: int) -> Callable[[ProbeTargets], None]:
    """Return the attempt to ask for System V memory, semaphores or messages that are not there."""

    def attempt(_targets: ProbeTargets) -> None:
        with contextlib.suppress(FileNotFoundError):  # the kernel looked
            checked(function(name)(0x686F6D65, *arguments))

    return attempt


def device(_targets: ProbeTargets) -> None:
    """Open a driver: the one of power management, which every unsealed process may open."""
    matching, get, own = (
        function(name, IOKIT)
        for name in ("IOServiceMatching", "IOServiceGetMatchingService", "IOServiceOpen")
    )
    matching.restype = ctypes.c_void_p
    found = get(0, ctypes.c_void_p(matching(b"IOPMrootDomain")))
    connection = ctypes.c_uint()
    answer = own(found, variable("mach_task_self_"), 0, ctypes.byref(connection)) & 0xFFFFFFFF
    if answer == IO_NOT_PERMITTED:
        raise refused()
    if answer:
        raise Untestable(f"the driver did not open ({answer:#x})")


def make_code(_targets: ProbeTargets) -> None:
    """Make memory that is written and executed."""
    with contextlib.closing(mmap.mmap(-1, 1 << 14, flags=mmap.MAP_PRIVATE | mmap.MAP_ANON | MAP_JIT, prot=7)):
        pass
