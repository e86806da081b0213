"""How do we make the few system calls that Python has no function for?"""

import ctypes
import functools
import os

from homebody.seal.syscalls import number, this_machine

Argument = int | bytes | None | ctypes.Array[ctypes.c_char] | ctypes.Structure


@functools.cache
def _libc() -> ctypes.CDLL:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    return libc


def call(name: str, *arguments: Argument) -> int:
    """Make the system call *name* and return its result; raise OSError as Python's own functions do.

    bytes, buffers and structures are handed over by address and have to outlive the call.
    """
    wanted = number(name, this_machine())
    if wanted is None:
        raise OSError(38, os.strerror(38))
    return call_number(wanted, *arguments)


def call_number(wanted: int, *arguments: Argument) -> int:
    """Make the system call with this number, like `call`."""
    result = _libc().syscall(ctypes.c_long(wanted), *(_word(argument) for argument in arguments))
    if result == -1:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return int(result)


def prctl(option: int, *arguments: int) -> int:
    """Call prctl(2) with the arguments padded by zeros, and return its result; raise OSError."""
    return call("prctl", option, *(*arguments, 0, 0, 0, 0)[:4])


def _word(argument: Argument) -> object:
    if isinstance(argument, int):
        return ctypes.c_ulong(argument & 0xFFFFFFFFFFFFFFFF)
    if isinstance(argument, ctypes.Structure):
        return ctypes.byref(argument)
    return argument


def buffer(size: int) -> ctypes.Array[ctypes.c_char]:
    """Return *size* zero bytes that the kernel may write to."""
    return ctypes.create_string_buffer(size)
