"""How does the benchmark run other programs so that none outlives it, and says why when one does not come up?"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

RIVALS = Path(__file__).with_name("rivals")
LAST_LINES = 12
END_SECONDS = 5

QUIET = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "GGML_NO_BACKTRACE": "1"}
"""As homebody's own model process has it: numpy's threads would stand in the way of ggml's."""


class RivalError(Exception):
    """A program that homebody is compared with did not do what it was started for; the message has its last lines."""


class Child:
    """A running program, whose complaints are kept."""

    def __init__(self, name: str, process: "subprocess.Popen[str]") -> None:
        self.name = name
        self.process = process
        self.first: dict[str, Any] = {}
        """What it said when it was ready."""
        self._last: deque[str] = deque(maxlen=LAST_LINES)
        complaints = process.stderr if process.stderr is not None else process.stdout
        self._listener = threading.Thread(target=self._listen, args=(complaints,), daemon=True)
        self._listener.start()

    def ask(self, request: dict[str, Any] | None = None) -> dict[str, Any]:
        """Send a line of JSON, if there is one, and return the next line that comes. Raises RivalError."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        line = ""
        with contextlib.suppress(OSError):
            if request is not None:
                self.process.stdin.write(json.dumps(request) + "\n")
                self.process.stdin.flush()
            line = self.process.stdout.readline()
        if not line:
            raise self.failed("it ended without an answer")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def timed(self, request: dict[str, Any]) -> tuple[float, dict[str, Any]]:
        """Return the seconds that an answer takes, and the answer. Raises RivalError."""
        began = time.perf_counter()
        answer = self.ask(request)
        return time.perf_counter() - began, answer

    def failed(self, why: str) -> RivalError:
        """Return what to raise when it failed: why, and what it said last."""
        if self.process.poll() is not None:
            self._listener.join(END_SECONDS)
            why += f" (exit code {self.process.returncode})"
        said = "\n".join(f"    {line}" for line in self._last)
        return RivalError(f"{self.name}: {why}. Its last lines:\n{said or '    (none)'}")

    def end(self) -> None:
        """End it and whatever it started itself, and wait until it has ended."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(OSError):
                os.killpg(self.process.pid, number)  # it leads a session of its own
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(END_SECONDS)
                break
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()

    def _listen(self, stream: Any) -> None:
        """Keep the last lines of its error output."""
        for line in stream:
            self._last.append(line.rstrip()[:300])


@contextlib.contextmanager
def running(
    name: str, command: Sequence[str | Path], *, answers: bool = True, environ: dict[str, str] | None = None
) -> Iterator[Child]:
    """Give a child that runs *command*; it has ended when this is left, however it is left.

    With *answers* its output is what `ask` returns; else it is kept with its complaints.
    """
    process = subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE if answers else subprocess.STDOUT,
        text=True,
        errors="replace",
        env={**os.environ, **(environ or {})},
        start_new_session=True,  # Ctrl-C is ours to hear; we end it ourselves
    )
    child = Child(name, process)
    try:
        yield child
    finally:
        child.end()


def script(name: str, *arguments: str | Path | int | bool) -> list[str]:
    """Return the command of one of the rivals that are written in Python."""
    words = [str(int(word)) if isinstance(word, bool) else str(word) for word in arguments]
    return [sys.executable, str(RIVALS / f"{name}.py"), *words]


def end_as_on_interrupt() -> None:
    """Let a request to end (SIGTERM) leave every `with` behind it, as Ctrl-C does."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
