"""Who has this state folder? One at a time holds its lock, and the kernel knows who.

Whoever only asks imports nothing else with this: `homebody status` is to answer at once.
"""

import contextlib
import fcntl
import os
from pathlib import Path
from typing import IO

from homebody.errors import AlreadyRunningError


class Lock:
    """Held by the one daemon on a state folder, until it closes or the process ends in whatever way."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[str] | None = None

    def take(self) -> None:
        """Take the lock, or raise AlreadyRunningError naming who has it.

        flock(2) is released by the kernel when its holder dies, so a lock is never stale.
        """
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = self._path.open("a+", encoding="ascii")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            holder = file.read(20).strip()
            file.close()
            raise AlreadyRunningError(
                f"Another homebody (process {holder or 'unknown'}) already uses this state folder.",
                hint="Stop it first, or give this one a home of its own with --home.",
            ) from error
        file.seek(0)
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        self._file = file

    def release(self) -> None:
        """Let the next one in, and leave no number behind: it is by its number that one is known who was killed."""
        if self._file is not None:
            with contextlib.suppress(OSError):  # the lock itself goes with the file
                self._file.truncate(0)
            self._file.close()
            self._file = None

    @property
    def fileno(self) -> int:
        """The descriptor of the lock that is held."""
        assert self._file is not None, "the lock is not held"
        return self._file.fileno()


def holder(path: Path) -> int | None:
    """Return the number of the process that holds the lock at *path*, None when nobody does.

    Linux is asked itself (proc(5), /proc/locks): trying the lock could turn away a daemon that is just starting.
    Elsewhere the lock is tried, and its file says the number.
    """
    try:
        inode, written = path.stat().st_ino, path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None
    try:
        listed = Path("/proc/locks").read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        return int(written or 0) or None if _is_held(path) else None
    for words in (line.split() for line in listed):
        # The device is not compared: on btrfs and overlayfs it is another than stat's.
        if words[1] == "FLOCK" and words[4] == written and words[5].endswith(f":{inode}"):
            return int(written)
    return None


def cut_off(path: Path) -> int | None:
    """Return the process that held the lock at *path* last and never released it, None when nobody was cut off so."""
    try:
        number = int(path.read_text(encoding="ascii").strip() or 0)
    except (FileNotFoundError, ValueError):
        return None
    return number if number and holder(path) is None else None


def _is_held(path: Path) -> bool:
    with path.open("r", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
