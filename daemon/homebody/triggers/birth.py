"""When was a file made? The file system may know; Python's own stat does not say it on Linux (statx(2))."""

import ctypes
import os
import struct
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

_AT_FDCWD = -100
_AT_SYMLINK_NOFOLLOW = 0x100
_STATX_BTIME = 0x800
_SIZE, _BTIME = 256, 80
"""The bytes of struct statx, and where in it the time of birth stands."""


@cache
def _statx() -> Any:
    """Return the C library's statx, or None where it has none."""
    return getattr(ctypes.CDLL(None, use_errno=True), "statx", None)


def born(path: Path) -> datetime | None:
    """Return when the file at *path* was made, links not followed; None when nobody knows, or it is gone."""
    try:
        found = path.lstat()
    except OSError:
        return None
    if (moment := getattr(found, "st_birthtime", None)) is not None:
        return datetime.fromtimestamp(moment, UTC)
    call, room = _statx(), ctypes.create_string_buffer(_SIZE)
    if call is None or call(_AT_FDCWD, os.fsencode(path), _AT_SYMLINK_NOFOLLOW, _STATX_BTIME, room) != 0:
        return None
    mask: int = struct.unpack_from("=I", room)[0]
    seconds, nanoseconds = struct.unpack_from("=qI", room, _BTIME)
    return datetime.fromtimestamp(seconds + nanoseconds / 1e9, UTC) if mask & _STATX_BTIME else None
