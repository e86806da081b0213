"""How do we call the functions of macOS that Python has none for?

Private but long-standing ones (Chromium and WebKit seal themselves by them): sandbox_init_with_parameters and
sandbox_check of libSystem, sandbox_compile_string of libsandbox. Never run on a Mac; the tests call a library of
the same functions that records what it is given.
"""

import ctypes
import os
from collections.abc import Iterable
from pathlib import Path

from homebody.errors import SealError
from homebody.seal.seatbelt import Profile

SYSTEM_LIBRARY = "/usr/lib/libSystem.B.dylib"
SANDBOX_LIBRARY = "/usr/lib/libsandbox.1.dylib"
"""Neither is a file on newer releases; dyld finds both in its shared cache."""

F_GETPATH = 50
"""fcntl(2): the path by which the kernel knows an open file."""

PATH_BYTES = 1024
PT_DENY_ATTACH = 31
"""ptrace(2): whoever tries to debug this process from now on fails."""

Text = ctypes.c_char_p


class Apple:
    """The few functions, each with Python's types; found when the first is called."""

    def __init__(self, system: str = SYSTEM_LIBRARY, sandbox: str = SANDBOX_LIBRARY) -> None:
        self._names = system, sandbox

    def init(self, profile: Profile) -> None:
        """Put *profile* on this process for good. Raises SealError with what the system says when it cannot be."""
        library = self._library(0)
        library.sandbox_init_with_parameters.argtypes = [
            Text, ctypes.c_uint64, ctypes.POINTER(Text), ctypes.POINTER(ctypes.c_void_p),
        ]  # fmt: skip
        words = [word.encode() for pair in profile.parameters for word in pair]
        parameters = (Text * (len(words) + 1))(*words, None)
        said = ctypes.c_void_p()
        failed = library.sandbox_init_with_parameters(
            profile.text.encode(), 0, parameters, ctypes.byref(said)
        )
        if failed or said.value:
            why = self._said(library, said)
            raise SealError(
                f"macOS did not take the seal ({why}).",
                hint="Start homebody outside any other sandbox: a seal cannot be put on inside one."
                " If it was, please report this with your version of macOS.",
            )

    def sealed(self, pid: int) -> bool:
        """Return whether the kernel says that the process *pid* is in a sandbox."""
        library = self._library(0)
        return int(library.sandbox_check(ctypes.c_int(pid), None, ctypes.c_int(0))) == 1

    def complaint(self, program: str, parameters: Iterable[tuple[str, str]]) -> str | None:
        """Return why *program* does not compile on this release of macOS, or None when it does."""
        library = self._library(1)
        library.sandbox_create_params.restype = ctypes.c_void_p
        library.sandbox_compile_string.restype = ctypes.c_void_p
        named = ctypes.c_void_p(library.sandbox_create_params())
        for name, value in parameters:
            library.sandbox_set_param(named, Text(name.encode()), Text(value.encode()))
        said = ctypes.c_void_p()
        compiled = library.sandbox_compile_string(Text(program.encode()), named, ctypes.byref(said))
        library.sandbox_free_params(named)
        if not compiled:
            return self._said(library, said)
        library.sandbox_free_profile(ctypes.c_void_p(compiled))
        return None

    def deny_attach(self) -> bool:
        """Keep debuggers of the same user away from this process, and return whether the kernel agreed."""
        return int(self._library(0).ptrace(PT_DENY_ATTACH, 0, None, 0)) == 0

    def _library(self, which: int) -> ctypes.CDLL:
        try:
            return ctypes.CDLL(self._names[which], use_errno=True)
        except OSError as error:
            raise SealError(
                f"{self._names[which]}, which macOS seals with, cannot be loaded.",
                hint="homebody needs macOS 12 or newer.",
            ) from error

    @staticmethod
    def _said(library: ctypes.CDLL, said: ctypes.c_void_p) -> str:
        """Return the first line of what a function said, and free it."""
        if not said.value:
            return "it gave no reason"
        text = ctypes.string_at(said.value).decode("utf-8", "replace")
        library.sandbox_free_error(said)
        lines = ["".join(c for c in line if c.isprintable()).strip() for line in text.splitlines()]
        return next((line for line in lines if line), "it gave no reason")[:300]


def kernel_path(path: Path) -> Path:
    """Return the path by which the kernel knows the file or folder *path*, with its capitals and accents.

    A profile is compared with that one, and on a disk that takes either spelling a person may have typed another.
    Raises OSError. Written for macOS, whose fcntl(2) has F_GETPATH.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        return Path(path_of(descriptor))
    finally:
        os.close(descriptor)


def path_of(descriptor: int) -> str:
    """Return the path by which the kernel knows the open file *descriptor*. Raises OSError for what has none."""
    import fcntl

    found = fcntl.fcntl(descriptor, F_GETPATH, bytes(PATH_BYTES))
    return os.fsdecode(found.partition(b"\0")[0])
