"""Is the model process alive, what does it say, and how did it end?"""

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, BinaryIO, cast

from homebody.errors import CancelledError, ModelGoneError
from homebody.model.last_words import last_words
from homebody.model.wire import WireError, encode, receive
from homebody.seal import scrub_environment

COMMAND = (sys.executable, "-I", "-m", "homebody.engine.main")
"""How the model process is started: by exec, so that it shares nothing with its parent."""

TAIL_BYTES = 8192
STOP_SECONDS = 3

ANSWER_SECONDS = 600.0
"""For how long a process may say nothing, unless a request says otherwise."""

CANCEL_SECONDS = 1.0
"""How long a cancelled request waits for the process to say that it was given up; then it goes without its word."""

_QUIET = {
    "GGML_NO_BACKTRACE": "1",  # ggml would start a debugger to print where it failed
    "OPENBLAS_NUM_THREADS": "1",  # numpy's own threads would stand in the way of the seal and of ggml's
    "OMP_NUM_THREADS": "1",
}

Event = dict[str, Any]


class ProcessEndedError(ModelGoneError):
    """The model process ended.

    ``signal`` names the signal that killed it, if one did; ``asked`` is true when homebody itself ended it, and
    ``unheard`` when the request never reached it.
    """

    def __init__(self, message: str, *, signal_name: str | None, asked: bool, unheard: bool = False) -> None:
        super().__init__(message, hint="homebody starts it again before the next run.")
        self.signal = signal_name
        self.asked = asked
        self.unheard = unheard


class Exchange:
    """One request to the model process and the events that answer it."""

    def __init__(self, process: "ModelProcess", number: int, seconds: float) -> None:
        self._process = process
        self._number = number
        self._until: float | None = None
        self.done = False
        """Whether the process has ended the exchange itself, with an answer or an error."""
        self.seconds = seconds
        """For how long the process may say nothing at all before it counts as hanging."""
        self.events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()

    def next(self) -> Event:
        """Return the next event.

        Raises CancelledError when the request was cancelled and the process does not say so itself. Raises
        ProcessEndedError when the process ends first, or when it says nothing, to anybody, for as long as those who
        wait for it allow: then it is killed, because nothing else helps against native code that hangs.
        """
        while True:
            left = self._process.patience() if self._until is None else self._until - time.monotonic()
            try:
                event = self.events.get(timeout=max(0.0, left))
            except queue.Empty:
                if self._until is not None:
                    raise CancelledError from None
                self._process.lose_patience()
                continue
            if event is None:
                raise self._process.ending()
            if event is not _CANCELLED:
                self.done = "answer" in event or "error" in event
                return event
            self._until = time.monotonic() + CANCEL_SECONDS

    def cancel(self) -> None:
        """Ask the process to give this request up; whoever waits for the answer waits no longer than a moment."""
        if self.done:
            return
        self.events.put(_CANCELLED)
        with contextlib.suppress(ModelGoneError):
            self._process.tell({"do": "cancel", "of": self._number})

    def broken(self, why: str) -> ProcessEndedError:
        """End a process that says of itself that it cannot go on, and return the error to raise."""
        self._process.kill(why)
        return self._process.ending()

    def close(self) -> None:
        """Forget the request: what still comes for it is dropped."""
        self._process.forget(self._number)


_CANCELLED: Event = {}
"""Put among the events of an exchange that was cancelled, to wake whoever waits for the next one."""


class ModelProcess:
    """A running model process; two threads of ours read its answers and its complaints."""

    def __init__(
        self, command: Sequence[str] | None = None, unasked: Callable[[Event], None] | None = None
    ) -> None:
        """Start it; *unasked* hears what it says on its own account, in the thread that listens: it must be quick."""
        self._unasked = unasked
        self._sending = threading.Lock()
        self._waiting: dict[int, Exchange] = {}
        self._registry = threading.Lock()
        self._numbers = 0
        self._over = False
        self._asked = False
        self._fault: str | None = None
        self._tail = b""
        self._heard = time.monotonic()
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

    @property
    def busy(self) -> bool:
        """Return whether somebody waits for an answer."""
        return bool(self._waiting)

    def ask(self, request: Event, seconds: float = ANSWER_SECONDS) -> Exchange:
        """Send a request and return the exchange. Raises ProcessEndedError when nobody is there."""
        with self._registry:
            self._numbers += 1
            number = self._numbers
            exchange = Exchange(self, number, seconds)
            if self._over:
                exchange.events.put(None)
            if not self._waiting:
                self._heard = time.monotonic()
            self._waiting[number] = exchange
        try:
            self.tell({"id": number, **request})
        except BaseException:
            self.forget(number)
            raise
        return exchange

    def patience(self) -> float:
        """Return the seconds for which the process may go on to say nothing: as the most patient request allows.

        It works on all requests at once, so one that hears nothing is no sign while another does.
        """
        with self._registry:
            longest = max((exchange.seconds for exchange in self._waiting.values()), default=0.0)
            return self._heard + longest - time.monotonic()

    def lose_patience(self) -> None:
        """End the process if it has said nothing for too long."""
        with self._registry:
            longest = max((exchange.seconds for exchange in self._waiting.values()), default=0.0)
        if self.patience() <= 0:
            self.kill(f"it said nothing for {longest:.0f} s and was ended")
            self.ending()

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
            raise self.ending(unheard=True) from error

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

    def ending(self, *, unheard: bool = False) -> ProcessEndedError:
        """Return how the process ended, as the error to raise; end it if it has only gone mute."""
        try:
            self._child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill("it no longer answered and was ended")
        self._settle()
        code = self._child.returncode
        name = signal.Signals(-code).name if code < 0 else None
        how = self._fault or (f"it was killed by {name}" if name else f"it exited with code {code}")
        how += ", as the kernel does when memory runs out" if how.endswith(" SIGKILL") else ""
        tail = last_words(self._tail)
        message = f"The model process ended: {how}." + (f" It last said: {tail}" if tail else "")
        name = None if self._fault else name
        return ProcessEndedError(message, signal_name=name, asked=self._asked, unheard=unheard)

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
                    self._heard = time.monotonic()
                    exchange = self._waiting.get(event.get("id", 0))
                if exchange is not None:
                    exchange.events.put(event)
                elif "id" not in event and self._unasked is not None:
                    self._unasked(event)
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
