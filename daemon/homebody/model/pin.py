"""Which bytes is this model, exactly?"""

import hashlib
from pathlib import Path

from homebody.errors import ModelFileError


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of the file in hex. Raises ModelFileError when it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelFileError(f"The model file {path} cannot be read: {error.strerror}.") from error
