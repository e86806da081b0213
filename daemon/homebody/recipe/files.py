"""What do a recipe's files hold, whatever lies there under their name?"""

import os
import stat
from pathlib import Path

from homebody.errors import RecipeError
from homebody.recipe.source import LARGEST


def read_text_file(path: Path) -> bytes:
    """Return the bytes of a plain file, one more than the largest recipe at most; raise RecipeError for others."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise RecipeError(f"the file cannot be read: {error.strerror}") from error
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise RecipeError("this is not a plain file")
        return file.read(LARGEST + 1)
