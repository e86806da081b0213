"""What happens before the n-th system call by which a deed looks at files or changes them?

The calls are taken at Python's ``os`` module and at ``renameat2``, and only those that the rooms of the deeds make:
so every one of them is reached at every position, with the real code above and the real file system below, while the
journal beside them works on. (A library that is preloaded would meet SQLite's calls, too, and want a compiler.)
"""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from homebody.actions import swap
from homebody.actions.tags import ATTRIBUTE
from homebody.journal.run import Run, RunState

ROOMS = tuple(
    str(Path(swap.__file__).with_name(f"{room}.py"))
    for room in ("apply", "attributes", "duplicate", "relocate", "swap", "tags", "temporary")
)
CALLS = (
    "open", "read", "write", "link", "rename", "unlink", "fsync", "stat", "fstat", "mkdir", "rmdir", "utime", "fchmod",
    "fchown", "getxattr", "setxattr", "removexattr", "listxattr",
)  # fmt: skip


class Killed(BaseException):
    """What no code of ours catches: the process is gone."""


@dataclass
class Trouble:
    """Counts the calls, and does its deed before the one that it waits for."""

    at: int = 0
    deed: Callable[[], None] = lambda: None
    count: int = 0
    struck: str = ""
    dead: bool = False

    def wait_for(self, at: int, deed: Callable[[], None]) -> None:
        """Count from now on, and do *deed* before the *at*-th call."""
        self.at, self.deed, self.count, self.struck = at, deed, 0, ""

    def over(self) -> bool:
        """Do nothing any more, and return whether the deed was done."""
        self.at, self.dead = 0, False
        return bool(self.struck)

    def kill_at(self, at: int) -> None:
        """Let nothing be done from the *at*-th call on, not even clearing up: Killed is raised."""
        self.wait_for(at, self._die)

    def _die(self) -> None:
        self.dead = True
        raise Killed

    def before(self, name: str) -> None:
        """Be told that *name* is about to be called."""
        if self.dead:
            raise Killed
        self.count += 1
        if self.count == self.at:
            self.at, self.struck = 0, name
            self.deed()


def of_a_deed(depth: int = 2) -> bool:
    """Return whether one of the two callers above stands in a room of the deeds."""
    for level in (depth, depth + 1):
        frame = sys._getframe(level)
        if frame.f_code.co_filename in ROOMS:
            return True
    return False


def stand_before_the_calls(monkeypatch: pytest.MonkeyPatch) -> Trouble:
    """Return what stands before every call of the deeds."""
    made = Trouble()

    def taken(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            if (made.at or made.dead) and of_a_deed():
                made.before(name)
            return real(*arguments, **named)

        return call

    def opened(*arguments: Any, **named: Any) -> Any:
        file = fdopen(*arguments, **named)
        file.flush = taken("write", file.flush)  # where a buffered file writes
        return file

    fdopen = os.fdopen
    for name in CALLS:
        monkeypatch.setattr(os, name, taken(name, getattr(os, name)))
    monkeypatch.setattr(os, "fdopen", opened)
    monkeypatch.setattr(swap, "_rename", taken("renameat2", swap._rename))
    return made


Tree = dict[str, tuple[bytes, int, bytes | None]]


def tree(**tops: Path) -> Tree:
    """Return every file under *tops*, hidden ones too: content, mode and desktop tags."""
    return {
        f"{name}/{path.relative_to(top)}": (path.read_bytes(), path.stat().st_mode & 0o777, tags(path))
        for name, top in tops.items()
        for path in sorted(top.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def tags(path: Path) -> bytes | None:
    """Return the desktop tags of *path*, None for none."""
    try:
        return os.getxattr(path, ATTRIBUTE)
    except OSError:
        return None


def says_why(run: Run) -> bool:
    """Return whether the run is in a state that tells a person what became of it."""
    ends = (RunState.QUEUED, RunState.SKIPPED, RunState.FAILED, RunState.QUARANTINED)
    return run.state == RunState.DONE or (run.state in ends and bool(run.reason))
