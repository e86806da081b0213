"""Is the model process alive, what does it say, and how did it end?"""

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import Any, BinaryIO, cast

from homebody.errors import ModelGoneError
from homebody.model.wire import WireError, encode, receive
from homebody.seal import scrub_environment

COMMAND = (sys.executable, "-I", "-m", "homebody.engine.main")
"""How the model process is started: by exec, so that it shares nothing with its parent."""

TAIL_BYTES = 8192
TAIL_LINES = 3
STOP_SECONDS = 3

_QUIET = {
    "GGML_NO_BACKTRACE": "1",  # ggml would start a debugger to print where it failed
    "OPENBLAS_NUM_THREADS": "1",  # numpy's own threads would stand in the way of the seal and of ggml's
    "OMP_NUM_THREADS": "1",
}

Event = dict[str, Any]


class ProcessEndedError(ModelGoneError):
    """The model process ended.

    ``signal`` names the signal that killed it, if one did; ``asked`` is true when homebody itself ended it.
    """

    def __init__(self, message: str, *, signal_name: str | None, asked: bool) -> None:
        super().__init__(message, hint="homebody starts it again before the next run.")
        self.signal = signal_name
        self.asked = asked


class Exchange:
    """One request to the model process and the events that answer it."""

    def __init__(self, process: "ModelProcess", number: int) -> None:
        self._process = process
        self._number = number
        self.events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()

    def next(self, seconds: float) -> Event:
        """Return the next event.

        Raises ProcessEndedError when the process ends first, or when it says nothing for *seconds*: then it
        is killed, because nothing else helps against native code that hangs.
        """
        try:
            event = self.events.get(timeout=seconds)
        except queue.Empty:
            self._process.kill(f"it said nothing for {seconds:.0f} s and was ended")
            event = None
        if event is None:
            raise self._process.ending()
        return event

    def cancel(self) -> None:
        """Ask the process to give this request up."""
        with contextlib.suppress(ModelGoneError):
            self._process.tell({"do": "cancel", "of": self._number})

    def close(self) -> None:
        """Forget the request: what still comes for it is dropped."""
        self._process.forget(self._number)


class ModelProcess:
    """A running model process; two threads of ours read its answers and its complaints."""

    def __init__(self, command: Sequence[str] | None = None) -> None:
        self._sending = threading.Lock()
        self._waiting: dict[int, Exchange] = {}
        self._registry = threading.Lock()
        self._numbers = 0
        self._over = False
        self._asked = False
        self._fault: str | None = None
        self._tail = b""
        self._child = subprocess.Popen(
            list(command or COMMAND),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            close_fds=True,
            cwd="/",
            env=scrub_environment(os.environ) | _QUIET,
        )
        self._threads = [
            threading.Thread(target=self._listen, name="model-answers", daemon=True),
            threading.Thread(target=self._keep_tail, name="model-complaints", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    @property
    def pid(self) -> int:
        """Return the number of the process."""
        return self._child.pid

    @property
    def alive(self) -> bool:
        """Return whether the process still answers."""
        return not self._over

    def ask(self, request: Event) -> Exchange:
        """Send a request and return the exchange. Raises ProcessEndedError when nobody is there."""
        with self._registry:
            self._numbers += 1
            number = self._numbers
            exchange = Exchange(self, number)
            if self._over:
                exchange.events.put(None)
            self._waiting[number] = exchange
        self.tell({"id": number, **request})
        return exchange

    def tell(self, message: Event) -> None:
        """Send a message that is not answered. Raises ProcessEndedError or WireError."""
        data = encode(message)
        stream = self._child.stdin
        assert stream is not None
        try:
            with self._sending:
                stream.write(data)
                stream.flush()
        except (OSError, ValueError) as error:  # ValueError: closed by stop() meanwhile
            raise self.ending() from error

    def forget(self, number: int) -> None:
        """Drop whatever still comes for the request *number*."""
        with self._registry:
            self._waiting.pop(number, None)

    def kill(self, why: str | None = None) -> None:
        """End the process at once."""
        self._fault = self._fault or why
        self._asked = self._asked or why is None
        with contextlib.suppress(ProcessLookupError, PermissionError):  # a seal may let us signal nobody
            self._child.kill()

    def stop(self) -> None:
        """End the process: close its input, and kill it when that is not enough."""
        self._asked = True
        assert self._child.stdin is not None
        with contextlib.suppress(OSError):
            self._child.stdin.close()
        try:
            self._child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
        self._settle()

    def ending(self) -> ProcessEndedError:
        """Return how the process ended, as the error to raise; end it if it has only gone mute."""
        try:
            self._child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill("it no longer answered and was ended")
        self._settle()
        code = self._child.returncode
        name = signal.Signals(-code).name if code < 0 else None
        how = self._fault or (f"it was killed by {name}" if name else f"it exited with code {code}")
        tail = self._last_words()
        message = f"The model process ended: {how}." + (f" It last said: {tail}" if tail else "")
        return ProcessEndedError(message, signal_name=None if self._fault else name, asked=self._asked)

    def _settle(self) -> None:
        """Reap the process and close what leads to it."""
        self._child.wait()
        for thread in self._threads:
            thread.join(STOP_SECONDS)
        for stream in (self._child.stdin, self._child.stdout, self._child.stderr):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()

    def _listen(self) -> None:
        """Hand each event to the exchange that waits for it, until the process ends."""
        try:
            stream = cast(BinaryIO, self._child.stdout)
            while (event := receive(stream)) is not None:
                with self._registry:
                    exchange = self._waiting.get(event.get("id", 0))
                if exchange is not None:
                    exchange.events.put(event)
        except WireError as error:
            self.kill(f"it sent what is not a message ({error})")
        finally:
            with self._registry:
                self._over = True
                for exchange in self._waiting.values():
                    exchange.events.put(None)

    def _keep_tail(self) -> None:
        """Keep the last of what native code writes to its error output."""
        assert self._child.stderr is not None
        while piece := self._child.stderr.read1(TAIL_BYTES):  # type: ignore[attr-defined]
            self._tail = (self._tail + piece)[-TAIL_BYTES:]

    def _last_words(self) -> str:
        """Return the last lines of the error output, fit for a terminal."""
        text = self._tail.decode("utf-8", "replace")
        lines = ["".join(c for c in line if c.isprintable()).strip() for line in text.splitlines()]
        return " / ".join([line for line in lines if line][-TAIL_LINES:])[-600:]
