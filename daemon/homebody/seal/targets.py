"""What is there to be reached on this computer, and did anything arrive?"""

import contextlib
import os
import secrets
import select
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType

from homebody.errors import UsageError
from homebody.paths import SOCKET_PATH_BYTES
from homebody.seal.attempts.files import SECRET
from homebody.seal.probe import ProbeTargets

WAIT_FOR_END = "import sys; sys.stdin.read()"
GRACE_SECONDS = 0.05
BACKLOG = 128


class Targets:
    """Listeners on the loopback and on unix sockets, a file outside, and a process to be attacked.

    A context manager for an unsealed process: ``targets`` tells the probes where everything is, ``arrived``
    counts connections and datagrams, ``counts`` those at each listener. Everything is gone at its end. Entering it
    raises UsageError where the folder for temporary files has too long a path for a socket.
    """

    def __init__(self, outside: Path | None = None) -> None:
        self._parent = outside
        self._short: Path | None = None
        self._outside: Path | None = None
        self._victim: subprocess.Popen[bytes] | None = None
        self._listeners: dict[socket.socket, str] = {}
        self.counts: dict[str, int] = {}
        """How many have come to each listener, by its name, as of the last look by `arrived`."""

    def __enter__(self) -> "Targets":
        with contextlib.ExitStack() as undo:
            undo.callback(self._close)
            self._prepare()
            undo.pop_all()
        return self

    def _prepare(self) -> None:
        self._short = Path(tempfile.mkdtemp(prefix="homebody-targets-"))
        if len(os.fsencode(self._short / "datagram")) >= SOCKET_PATH_BYTES:
            raise UsageError(
                f"The folder for temporary files has too long a path for a socket: {tempfile.gettempdir()}",
                hint="Set TMPDIR to a shorter folder, or leave it out.",
            )
        self._outside = Path(tempfile.mkdtemp(prefix=".homebody-outside-", dir=self._parent))
        (self._outside / SECRET).write_bytes(b"s" * 64)
        command = [sys.executable, "-I", "-S", "-c", WAIT_FOR_END]
        self._victim = subprocess.Popen(command, stdin=subprocess.PIPE)
        tcp = self._open("TCP", socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0))
        udp = self._open("UDP", socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0))
        stream, datagram = str(self._short / "stream"), str(self._short / "datagram")
        self._open("unix", socket.AF_UNIX, socket.SOCK_STREAM, stream)
        self._open("unix datagram", socket.AF_UNIX, socket.SOCK_DGRAM, datagram)
        abstract = None
        if sys.platform == "linux":
            abstract = f"homebody-{os.getpid()}-{secrets.token_hex(8)}"
            self._open("abstract unix", socket.AF_UNIX, socket.SOCK_STREAM, "\0" + abstract)
        self.targets = ProbeTargets(
            tcp_port=tcp.getsockname()[1],
            udp_port=udp.getsockname()[1],
            unix_path=stream,
            datagram_path=datagram,
            abstract_name=abstract,
            outside=str(self._outside),
            victim=self._victim.pid,
        )

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def _close(self) -> None:
        for listener in self._listeners:
            listener.close()
        if self._victim is not None:
            assert self._victim.stdin is not None
            self._victim.stdin.close()
            self._victim.kill()
            self._victim.wait()
        for folder in (self._short, self._outside):
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)

    @property
    def arrived(self) -> int:
        """How many connections and datagrams have come so far.

        The kernel queues them; they are taken and counted here, until none comes for a moment.
        """
        while ready := select.select(list(self._listeners), [], [], GRACE_SECONDS)[0]:
            for listener in ready:
                if listener.type == socket.SOCK_STREAM:
                    listener.accept()[0].close()
                else:
                    listener.recv(64)
                self.counts[self._listeners[listener]] += 1
        return sum(self.counts.values())

    def _open(self, name: str, family: int, kind: int, address: tuple[str, int] | str) -> socket.socket:
        listener = socket.socket(family, kind)
        self._listeners[listener] = name
        self.counts[name] = 0
        listener.bind(address)
        if kind == socket.SOCK_STREAM:
            listener.listen(BACKLOG)
        return listener
