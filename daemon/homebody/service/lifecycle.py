"""The daemon's life: a word when it is sealed, and an orderly end."""

import queue
import signal
import socket
from collections.abc import Callable, Mapping
from types import FrameType

from homebody import seal
from homebody.errors import SealError
from homebody.logs import get_log


class Readiness:
    """The word to systemd that homebody is sealed (sd_notify(3)): one datagram, and then no socket any more."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Open the socket that *environ* names, before the seal; without one there is nobody to tell."""
        self._socket: socket.socket | None = None
        address = environ.get("NOTIFY_SOCKET", "")
        self.supervised = bool(address)
        """Whether systemd started this process, and starts it again when it fails."""
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
