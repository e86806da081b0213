"""Which system calls does each kind of process have left, and how does the kernel learn it?

The daemon has a deny-list: sockets, and whatever could make, borrow or drive one. The model and the reader
have allow-lists (`rules`). See seccomp(2).
"""

import ctypes
import errno
import hashlib

from homebody.errors import SealError
from homebody.seal import kernel
from homebody.seal.bpf import compile_filter
from homebody.seal.rules import DEFAULTS, rules_for
from homebody.seal.syscalls import Machine
from homebody.seal.tier import Tier

SET_MODE_FILTER = 1
FLAG_TSYNC, FLAG_LOG = 1, 2


class Program(ctypes.Structure):
    """struct sock_fprog: how seccomp(2) takes a filter."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def program_for(tier: Tier, machine: Machine, pid: int = 0) -> bytes:
    """Return the filter of *tier*; the model and the reader may signal only themselves, who are *pid*.

    With the pid left at 0 it is the same on every start: its SHA-256 is what reports name.
    """
    return compile_filter(rules_for(tier, pid), DEFAULTS[tier], machine)


def fingerprint(tier: Tier, machine: Machine) -> str:
    """Return the SHA-256 of the filter of *tier* with the pid left at 0, the same on every start."""
    return digest(program_for(tier, machine))


def digest(program: bytes) -> str:
    """Return the SHA-256 of *program* in hex, by which a filter is named in reports."""
    return hashlib.sha256(program).hexdigest()


def install(program: bytes) -> None:
    """Put *program* on every thread of this process, for good. Raises SealError when the kernel will not."""
    buffer = ctypes.create_string_buffer(program, len(program))
    described = Program(len(program) // 8, ctypes.addressof(buffer))
    try:
        left_out = kernel.call("seccomp", SET_MODE_FILTER, FLAG_TSYNC, described)
    except OSError as error:
        why = errno.errorcode.get(error.errno or 0, str(error.errno))
        raise SealError(
            f"The kernel does not take the seccomp filter ({why}).",
            hint="homebody needs Linux 5.13 or newer with CONFIG_SECCOMP_FILTER; a container may have to"
            " allow the seccomp call.",
        ) from error
    if left_out:
        raise SealError(f"Thread {left_out} of this process cannot be sealed.", hint="Start homebody again.")
