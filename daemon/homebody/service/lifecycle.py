"""The daemon's life: one at a time, and an orderly end."""

import fcntl
import os
import queue
import signal
from collections.abc import Callable
from pathlib import Path
from types import FrameType
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
        """Let the next one in."""
        if self._file is not None:
            self._file.close()
            self._file = None

    @property
    def fileno(self) -> int:
        """The descriptor of the lock that is held."""
        assert self._file is not None, "the lock is not held"
        return self._file.fileno()


LOOK_SECONDS = 0.5
"""How late a signal is heard at most that another thread than the main one was given."""


class Signals:
    """Waits for the signals that end the daemon; made in the main thread.

    A hang-up ends a daemon on a terminal, which is then gone. For others it is the old way to say "look again".

    The handler only puts a number into a SimpleQueue, whose ``put`` may interrupt itself (Python's queue
    documentation); setting an Event there could deadlock with the very wait it interrupts.
    """

    def __init__(self, *, on_terminal: bool = True) -> None:
        self._on_terminal = on_terminal
        self._heard: queue.SimpleQueue[int] = queue.SimpleQueue()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._note)
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self._heard.put(number)

    def wait(self) -> int:
        """Return the number of the next signal, waiting for it.

        The kernel may give a signal to any thread, and Python runs its handler only when the main thread is awake:
        so this one wakes now and then (Python's documentation of signal, "Signals and threads").
        """
        while True:
            try:
                return self._heard.get(timeout=LOOK_SECONDS)
            except queue.Empty:
                continue

    def wait_for_the_end(self, hang_up: Callable[[], None]) -> int:
        """Return the number of the signal that is the end; *hang_up* is called for each SIGHUP that is none."""
        while (number := self.wait()) == signal.SIGHUP and not self._on_terminal:
            hang_up()
        return number

    def end(self) -> None:
        """Make ``wait`` return, as if a person had pressed Ctrl+C."""
        self._heard.put(signal.SIGINT)
