"""What does homebody write, and what does it ask for, to be kept running by the computer's service manager?"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from homebody.paths import Home

Call = tuple[str, ...]
"""A program and its arguments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manager:
    """One service manager: the file that homebody writes for it, and the calls that it takes; all of it values."""

    name: str
    file: Path
    reachable: Call
    """Ends with 0 when the manager answers."""
    install: tuple[Call, ...]
    """To be called when the file is there."""
    remove: tuple[Call, ...]
    """To be called while the file is still there; a failure may mean that there was nothing to take back."""
    removed: tuple[Call, ...]
    """To be called when the file is gone."""
    traces: tuple[Path, ...]
    """What the manager made beside the file, to be removed where it does not answer."""
    forgive: Call
    """Lets it forget an earlier failure."""
    start: Call
    stop: Call
    ended: Call
    """Ends with 0 when the manager has given the service up after a failure."""
    after: str
    """What a person should know then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What is to be kept running: this Python's homebody on *home*, found by *environ* or named."""

    python: str
    home: Home
    named: bool
    """Whether the home has to be named, because it is not the usual place."""
    environ: Mapping[str, str]
    """The variables that lead to the usual place, where the manager does not have them."""
