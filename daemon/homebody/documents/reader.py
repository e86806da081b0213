"""This side of the reader process: started when needed, judged by a deadline, replaced when it misbehaves."""

import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import Any

from homebody import seal
from homebody.clock import Clock
from homebody.documents.file import Unreadable
from homebody.documents.formats.extract import Extract
from homebody.documents.frames import FrameError, receive, send
from homebody.errors import DocumentError

SECONDS = 30.0
"""How long one document may take."""

MEMORY_BYTES = 768 << 20
"""Address space of the reader, its libraries included."""

DOCUMENTS = 200
"""After so many documents the reader is replaced: what a library leaks goes with it."""

START_SECONDS = 30.0


class Reader:
    """Reads documents in a sealed child process, one at a time."""

    def __init__(self, *, clock: Clock, seconds: float = SECONDS, memory_bytes: int = MEMORY_BYTES) -> None:
        self._clock = clock
        self._seconds = seconds
        self._memory = memory_bytes
        self._process: subprocess.Popen[bytes] | None = None
        self._read = 0
        self._lock = threading.Lock()
        self.seal: dict[str, Any] | None = None
        """What the running reader said of its seal."""

    @property
    def pid(self) -> int | None:
        """The process number of the running reader, if one runs."""
        return self._process.pid if self._process is not None else None

    def read(self, data: bytes, suffix: str) -> Extract:
        """Return the text of a document.

        Raises DocumentError with the reason: not text, damaged, no text in it, too slow, or the reader died of
        it; its ``lasting`` says that another try cannot help.
        """
        with self._lock:
            header, text = self._ask({"suffix": suffix.lower()}, data)
            self._read += 1
            if self._read >= DOCUMENTS:
                self._end()
        if "error" in header:
            raise Unreadable(str(header["error"]), lasting=True)
        return Extract(
            text=text.decode("utf-8"),
            front=header.get("front"),
            pages=header.get("pages"),
            encoding=header.get("encoding"),
        )

    def probe(self, names: Sequence[str] | None, targets: "seal.ProbeTargets") -> tuple["seal.ProbeResult", ...]:
        """Let the reader try to get out, and return what happened."""
        with self._lock:
            asked = {"probe": list(names) if names is not None else None, "targets": targets.to_dict()}
            header, _ = self._ask(asked, b"")
        return tuple(seal.ProbeResult.from_dict(result) for result in header["results"])

    def stop(self) -> None:
        """End the reader process, if one runs."""
        with self._lock:
            self._end()

    def _ask(self, header: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
        """Return the reader's answer; on any fault the reader is ended, and the next call starts a fresh one."""
        process = self._started()
        assert process.stdin is not None
        watch = threading.Timer(self._seconds, process.kill)
        watch.daemon = True
        watch.start()
        try:
            send(process.stdin, header, data)
            answer = receive(process.stdout)  # type: ignore[arg-type]
        except (OSError, FrameError) as error:
            raise self._died(process) from error
        finally:
            watch.cancel()
        if answer is None:
            raise self._died(process)
        return answer

    def _died(self, process: subprocess.Popen[bytes]) -> DocumentError:
        """Return the error that says how the reader ended, after seeing to it that it has."""
        process.kill()
        code = process.wait()
        self._end()
        if code == -signal.SIGKILL:
            return Unreadable(f"reading the document took longer than {self._seconds:.0f} s", lasting=True)
        if code == -signal.SIGXCPU:
            return Unreadable("reading the document took too much work", lasting=True)
        words = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return Unreadable(f"the reader process died of the document ({words})", lasting=False)

    def _started(self) -> subprocess.Popen[bytes]:
        """Return the running reader, started and sealed. Raises DocumentError when it does not come up."""
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._end()
        command = [sys.executable, "-I", "-m", "homebody.documents.worker", str(self._memory), str(int(self._seconds) + 600)]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, close_fds=True,
            env=seal.scrub_environment(os.environ),
        )  # fmt: skip
        self._process, self._read = process, 0
        ready, _, _ = select.select([process.stdout], [], [], START_SECONDS)
        hello = receive(process.stdout) if ready else None  # type: ignore[arg-type]
        if hello is None:
            process.kill()
            _, words = process.communicate()
            self._process = None
            last = words.decode("utf-8", "replace").strip().splitlines()[-1:] or ["it said nothing"]
            raise Unreadable(f"the reader process did not start: {last[0]}", lasting=False)
        self.seal = hello[0]["seal"]
        assert process.stderr is not None
        process.stderr.close()
        return process

    def _end(self) -> None:
        """End the reader and close its pipes."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                with_quiet_close(stream)


def with_quiet_close(stream: Any) -> None:
    """Close a pipe whose other end may be gone."""
    try:
        stream.close()
    except OSError:
        return
