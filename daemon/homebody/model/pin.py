"""Which bytes is this model, exactly?"""

import hashlib
from collections.abc import Callable
from pathlib import Path

from homebody.errors import ModelFileError

PIECE = 4 * 1024 * 1024

Tell = Callable[[int, int], None]
"""Hears how many of how many bytes are read."""


def sha256_of(path: Path, tell: Tell = lambda _done, _total: None) -> str:
    """Return the SHA-256 of the file in hex; *tell* hears how far it is. Raises ModelFileError."""
    digest, done, room = hashlib.sha256(), 0, bytearray(PIECE)
    try:
        with path.open("rb", buffering=0) as file:
            total = file.seek(0, 2)
            file.seek(0)
            while count := file.readinto(room):
                digest.update(memoryview(room)[:count])
                done += count
                tell(done, max(done, total))
    except OSError as error:
        raise ModelFileError(f"The model file {path} cannot be read: {error.strerror}.") from error
    return digest.hexdigest()


def hold_to_pin(path: Path, sha256: str, pin: str | None, purpose: str = "") -> None:
    """Raise ModelFileError when there is a *pin*, and the file's *sha256* is another.

    *purpose* is what `homebody model use` has to be told beside the path.
    """
    if pin is not None and sha256 != pin.casefold():
        raise ModelFileError(
            f"The model file {path} is not the one that you chose any more: its SHA-256 begins with {sha256[:12]}, and"
            f" {pin[:12]} is pinned.",
            hint=f"If you replaced it yourself, `homebody model use {path}{purpose}` checks and pins it anew; else copy"
            " the file again from where it came.",
        )
