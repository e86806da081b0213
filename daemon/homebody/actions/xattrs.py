"""How are extended attributes of an open file read and set, where Python has functions for it and where not?

Python has them on Linux only. macOS' own take a position and options besides (getxattr(2) there); they are called
through ctypes, and were never run on a Mac: the tests call a library with the same functions.
"""

import ctypes
import errno
import os
from typing import Any

SYSTEM_LIBRARY = "/usr/lib/libSystem.B.dylib"
ENOATTR = 93
"""macOS' number for "no such attribute" (sys/errno.h), which Python does not name."""


class MacAttributes:
    """macOS' functions, with the types and errors of Python's own."""

    def __init__(self, library: str = SYSTEM_LIBRARY) -> None:
        self._library = ctypes.CDLL(library, use_errno=True)
        for name in ("flistxattr", "fgetxattr"):
            getattr(self._library, name).restype = ctypes.c_ssize_t

    def listxattr(self, file: int) -> list[str]:
        """Return the names of the attributes of the open *file*. Raises OSError."""
        found = self._sized(lambda room, size: self._library.flistxattr(file, room, size, 0))
        return [os.fsdecode(name) for name in found.split(b"\0") if name]

    def getxattr(self, file: int, name: str) -> bytes:
        """Return the value of one attribute. Raises OSError, with ENODATA when there is none of that name."""
        label = os.fsencode(name)
        return self._sized(lambda room, size: self._library.fgetxattr(file, label, room, size, 0, 0))

    def setxattr(self, file: int, name: str, value: bytes) -> None:
        """Set one attribute. Raises OSError."""
        size = ctypes.c_size_t(len(value))
        self._checked(self._library.fsetxattr(file, os.fsencode(name), value, size, 0, 0))

    def removexattr(self, file: int, name: str) -> None:
        """Take one attribute off. Raises OSError."""
        self._checked(self._library.fremovexattr(file, os.fsencode(name), 0))

    def _sized(self, call: Any) -> bytes:
        """Return what *call* writes into a buffer that is as large as it asks for."""
        size = self._checked(call(None, ctypes.c_size_t(0)))
        room = ctypes.create_string_buffer(max(size, 1))
        written = self._checked(call(room, ctypes.c_size_t(size)))
        return room.raw[:written]

    @staticmethod
    def _checked(result: int) -> int:
        if result >= 0:
            return int(result)
        number = ctypes.get_errno()
        number = errno.ENODATA if number == ENOATTR else number
        raise OSError(number, os.strerror(number))


def attributes() -> Any:
    """Return what has ``listxattr``, ``getxattr``, ``setxattr`` and ``removexattr`` on this system, for open files."""
    return os if hasattr(os, "listxattr") else MacAttributes()
