"""What the tests of putting files share: a change to a file, and what is in a folder afterwards."""

import hashlib
import os
from pathlib import Path

from homebody.actions.effect import Put


def sha(data: bytes) -> str:
    """Return the SHA-256 of *data*."""
    return hashlib.sha256(data).hexdigest()


def change(path: Path, content: bytes, *, mode: int | None = None) -> Put:
    """Return the change of what is at *path* now into *content*."""
    before = sha(path.read_bytes()) if path.is_file() else None
    return Put(path=path, content=content, before=before, kind="write", mode=mode)


def names(folder: Path) -> list[str]:
    """Return everything in *folder*, hidden files too."""
    return sorted(os.listdir(folder))  # noqa: PTH208 - names are what is wanted
