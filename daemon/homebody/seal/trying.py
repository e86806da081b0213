"""May this process read and write the folders that it is meant to, by the kernel's word?

What a terminal may read an agent may not (macOS asks per program, a service manager can take folders away, the
seal names them), so the question is put to the process that does the work.
"""

import contextlib
import os
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

Purpose = Literal["read", "write"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A folder, what it is for, and why that does not work; None when it does."""

    folder: str
    purpose: Purpose
    problem: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON takes it."""
        return asdict(self)


def try_folders(read: Iterable[Path], write: Iterable[Path]) -> list[Tried]:
    """Return for each folder whether it can be listed, or a file made and removed in it; nothing stays behind."""
    return [
        *(Tried(folder=str(folder), purpose="read", problem=_listing(folder)) for folder in read),
        *(Tried(folder=str(folder), purpose="write", problem=_writing(folder)) for folder in write),
    ]


def _listing(folder: Path) -> str | None:
    try:
        with os.scandir(folder) as entries:
            next(entries, None)
    except OSError as error:
        return error.strerror or type(error).__name__
    return None


def _writing(folder: Path) -> str | None:
    """Return why no file can be made; its name is one that is watched by nobody and swept after a crash."""
    path = folder / f".homebody-{secrets.token_hex(8)}.tmp"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        return error.strerror or type(error).__name__
    try:
        os.write(descriptor, b"x")
    except OSError as error:
        return error.strerror or type(error).__name__
    finally:
        os.close(descriptor)
        with contextlib.suppress(OSError):
            path.unlink()
    return None
