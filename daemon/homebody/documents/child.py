"""How does one talk to a child process that may hang, die or lie? With a deadline on every byte."""

import contextlib
import os
import select
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from typing import Any

from homebody.documents.frames import FrameError, pack, receive
from homebody.errors import DocumentError

BLOCK = 1 << 20
LAST_WORDS = 8192
WAIT_SECONDS = 5.0


class LateError(DocumentError):
    """The child did not answer in time, and was ended."""


class GoneError(DocumentError):
    """The child ended by itself; ``signal`` names what killed it, and ``asked`` says that we did."""

    def __init__(self, code: int, words: str, *, asked: bool) -> None:
        name = signal.Signals(-code).name if code < 0 else None
        super().__init__(f"{name or f'exit code {code}'}{f': {words}' if words else ''}")
        self.signal = name
        self.asked = asked


def how_it_died(error: GoneError) -> str:
    """Return in words why there is no answer."""
    if error.asked:
        return "the reader process was stopped"
    if error.signal == "SIGXCPU":
        return "reading the document took too much work"
    if error.signal == "SIGKILL":
        return "the reader process was killed while it read the document (out of memory?)"
    return f"the reader process died of the document ({error})"


class Child:
    """A child process with frames over its standard input and output; whatever goes wrong, it is ended."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start *command*. Raises OSError when the system starts no more processes."""
        self._asked = False
        self._deadline = 0.0
        self._process = subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            close_fds=True,
            cwd="/",
            env=dict(environment),
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        self._input, self._output = self._process.stdin, self._process.stdout
        self._complaints = self._process.stderr
        for stream in (self._input, self._output, self._complaints):
            os.set_blocking(stream.fileno(), False)

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def hello(self, seconds: float) -> tuple[dict[str, Any], bytes]:
        """Return the frame that the child sends first, and stop listening to its complaints.

        Raises LateError, GoneError or FrameError; the child has ended then.
        """
        answer = self._answered(b"", seconds)
        self._complaints.close()
        return answer

    def ask(self, header: Mapping[str, Any], data: bytes, seconds: float) -> tuple[dict[str, Any], bytes]:
        """Send a frame and return the child's answer.

        Raises LateError, GoneError or FrameError; the child has ended then.
        """
        return self._answered(pack(header, data), seconds)

    def kill(self) -> None:
        """End the child at once; may be called from any thread, and whoever waits for an answer hears of it."""
        self._asked = True
        with contextlib.suppress(ProcessLookupError, PermissionError):  # a seal may let us signal nobody
            self._process.kill()

    def end(self) -> None:
        """End the child, close its pipes and reap it; one that may not be signalled ends when it finds them closed."""
        self.kill()
        for stream in (self._input, self._output, self._complaints):
            with contextlib.suppress(OSError):
                stream.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=WAIT_SECONDS)

    def _answered(self, frame: bytes, seconds: float) -> tuple[dict[str, Any], bytes]:
        self._deadline = time.monotonic() + seconds
        try:
            self._write(frame)
            answer = receive(self._exactly)
            if answer is None:
                raise self._gone()
        except BrokenPipeError as error:
            raise self._gone() from error
        except FrameError:
            if not self._ended():
                self.end()
                raise
            raise self._gone() from None
        except LateError:
            self.end()
            raise
        return answer

    def _write(self, frame: bytes) -> None:
        left = memoryview(frame)
        while left:
            self._wait(self._input.fileno(), select.POLLOUT)
            with contextlib.suppress(BlockingIOError):
                left = left[os.write(self._input.fileno(), left[:BLOCK]) :]

    def _exactly(self, number: int) -> bytes:
        """Return *number* bytes, or fewer when the child closes its output before."""
        blocks: list[bytes] = []
        left = number
        while left:
            self._wait(self._output.fileno(), select.POLLIN)
            with contextlib.suppress(BlockingIOError):
                block = os.read(self._output.fileno(), min(left, BLOCK))
                if not block:
                    break
                blocks.append(block)
                left -= len(block)
        return b"".join(blocks)

    def _wait(self, descriptor: int, event: int) -> None:
        """Wait until *descriptor* is ready. Raises LateError at the deadline."""
        poller = select.poll()
        poller.register(descriptor, event)
        left = self._deadline - time.monotonic()
        if left <= 0 or not poller.poll(left * 1000):
            raise LateError

    def _ended(self) -> bool:
        """Return whether the child has ended by itself, given a moment to do so."""
        try:
            self._process.wait(timeout=WAIT_SECONDS if self._hung_up() else 0)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _hung_up(self) -> bool:
        """Return whether the child's end of its output is closed."""
        poller = select.poll()
        poller.register(self._output.fileno(), 0)
        return any(found & select.POLLHUP for _, found in poller.poll(0))

    def _gone(self) -> GoneError:
        """Return how the child ended, after seeing to it that it has."""
        asked = self._asked
        try:
            code = self._process.wait(timeout=WAIT_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            code = self._process.wait()
        words = self._last_words()
        self.end()
        return GoneError(code, words, asked=asked)

    def _last_words(self) -> str:
        """Return the last line of what the child complained of before it said hello."""
        if self._complaints.closed:
            return ""
        text = ""
        with contextlib.suppress(BlockingIOError):
            text = os.read(self._complaints.fileno(), LAST_WORDS).decode("utf-8", "replace")
        lines = ["".join(c for c in line if c.isprintable()).strip() for line in text.splitlines()]
        return next((line for line in reversed(lines) if line), "")
