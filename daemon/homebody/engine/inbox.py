"""What has the parent asked for, and what may it not wait for: a cancel, a probe, its own end?

A thread reads the pipe while native code works, so that a cancel is heard between two graph nodes.
"""

import os
import queue
import threading
import time
from typing import Any, BinaryIO

from homebody import seal
from homebody.errors import CancelledError, DeadlineError, HomebodyError, ModelError
from homebody.model.wire import WireError, receive, send


class Watch:
    """Whether one request should still be worked on; cheap enough to be asked at every graph node."""

    def __init__(self, cancelled: set[int], number: int, until: float, seconds: float) -> None:
        self._cancelled = cancelled
        self._number = number
        self._until = until
        self._seconds = seconds

    def over(self) -> bool:
        """Return whether to stop."""
        return self._number in self._cancelled or time.monotonic() > self._until

    def check(self) -> None:
        """Raise CancelledError, or DeadlineError past the deadline, when the work should stop."""
        if self._number in self._cancelled:
            raise CancelledError
        if time.monotonic() > self._until:
            raise DeadlineError(
                f"The model did not finish within {self._seconds:g} seconds.",
                hint="Give it less to read at once, or use a smaller model.",
            )


class Inbox:
    """The parent's requests, in order, and the way back to it."""

    def __init__(self, requests: BinaryIO, answers: BinaryIO) -> None:
        self._requests = requests
        self._answers = answers
        self._sending = threading.Lock()
        self._queue: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._open: set[int] = set()
        self._cancelled: set[int] = set()

    def start(self) -> None:
        """Begin to listen. The seal must be on: it wants a process of one thread."""
        threading.Thread(target=self._listen, name="inbox", daemon=True).start()

    def next(self, *, wait: bool) -> dict[str, Any] | None:
        """Return the next request; where there is none, *wait* for one, or return None."""
        try:
            return self._queue.get(block=wait)
        except queue.Empty:
            return None

    def watch(self, number: int, until: float, seconds: float) -> Watch:
        """Return the watch over the request *number*, which must end by *until*."""
        return Watch(self._cancelled, number, until, seconds)

    def finished(self, number: int) -> None:
        """Forget what was asked about the request *number*."""
        self._open.discard(number)
        self._cancelled.discard(number)

    def answer(self, number: int, found: Any) -> None:
        """Send the answer to a request."""
        self._send({"id": number, "answer": found})

    def progress(self, number: int, phase: str, done: int, total: int, **more: float | str) -> None:
        """Send how far a request is."""
        self._send({"id": number, "progress": {"phase": phase, "done": done, "total": total, **more}})

    def fail(self, number: int, error: HomebodyError) -> None:
        """Send why a request failed."""
        found = {"kind": type(error).__name__, "message": str(error), "hint": error.hint}
        self._send({"id": number, "error": found})

    def give(self, what: str, found: dict[str, Any]) -> None:
        """Send what nobody asked for: ``keep`` or ``used``, about a beginning (`homebody.engine.keeping`)."""
        self._send({what: found})

    def _send(self, message: dict[str, Any]) -> None:
        """Send one message; nobody there to hear it means that there is nothing left to do."""
        try:
            with self._sending:
                send(self._answers, message)
        except OSError:
            os._exit(0)

    def _listen(self) -> None:
        """Sort what comes; end the process when the parent is gone, whatever it is doing."""
        while True:
            try:
                request = receive(self._requests)
            except (WireError, OSError):
                request = None
            if request is None:
                os._exit(0)
            if request["do"] == "cancel":
                if request["of"] in self._open:
                    self._cancelled.add(request["of"])
            elif request["do"] == "probe":
                self._probe(request)
            elif request["do"] == "descriptors":
                self.answer(request["id"], [one.to_dict() for one in seal.own_descriptors()])
            else:
                self._open.add(request["id"])
                self._queue.put(request)

    def _probe(self, request: dict[str, Any]) -> None:
        """Try to get out, here and now, even while native code works: the seal holds every thread."""
        try:
            results = seal.run_probes(request["names"], seal.ProbeTargets(**request["targets"]))
            self.answer(request["id"], [result.to_dict() for result in results])
        except Exception as error:  # noqa: BLE001 - reported to whoever asked; the process goes on
            self.fail(request["id"], ModelError(f"The probes failed ({type(error).__name__})."))
