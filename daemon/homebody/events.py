"""Why did we wake? Each answer is a frozen value."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSettled:
    """A file in a watched folder has stopped changing.

    ``content`` identifies what it holds: the SHA-256 in hex, or a key of another form for what is never read
    (a link, a pipe, a file larger than any recipe may read).
    """

    path: Path
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleDue:
    """A recipe's schedule says that it is time; ``due`` is the moment that was planned."""

    recipe: str
    due: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A person asked for a recipe to run, on one file or on what its schedule would take."""

    recipe: str
    path: Path | None


Event = FileSettled | ScheduleDue | Asked
