"""The daemon's life: one at a time, a word when it is sealed, and an orderly end."""

import fcntl
import os
import queue
import signal
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType
from typing import IO

from homebody import seal
from homebody.errors import AlreadyRunningError, SealError
from homebody.logs import get_log


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


def _is_held(path: Path) -> bool:
    with path.open("r", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


class Readiness:
    """The word to systemd that homebody is sealed (sd_notify(3)): one datagram, and then no socket any more."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Open the socket that *environ* names, before the seal; without one there is nobody to tell."""
        self._socket: socket.socket | None = None
        address = environ.get("NOTIFY_SOCKET", "")
        if not address.startswith(("/", "@")):
            return
        opened = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)  # closed in children (PEP 446)
        try:
            opened.connect("\0" + address[1:] if address.startswith("@") else address)
        except OSError as error:
            opened.close()
            get_log().warning("the service manager cannot be told", error=error)
        else:
            self._socket = opened

    @property
    def held(self) -> frozenset[int]:
        """The descriptor that is open until the word was given."""
        return frozenset() if self._socket is None else frozenset({self._socket.fileno()})

    def tell(self) -> None:
        """Say READY=1 from inside the seal, and close the socket: one that stays open could send to others.

        Raises SealError if a socket is open after that which leads outside.
        """
        opened, self._socket = self._socket, None
        if opened is not None:
            try:
                opened.send(b"READY=1\nSTATUS=Sealed: no way to the network.")
            except OSError as error:
                get_log().warning("the service manager cannot be told", error=error)
            opened.close()
        if foreign := seal.foreign_sockets(()):
            raise SealError(f"Sockets that lead outside are open after the seal: {len(foreign)}.",
                            hint="This is a mistake in homebody: please report it.")  # fmt: skip


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
