"""This side of the reader process: started when needed, judged by a deadline, replaced when it misbehaves."""

import os
import re
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from homebody import __version__, seal
from homebody.clock import Clock
from homebody.documents.child import Child, GoneError, LateError, how_it_died
from homebody.documents.extract import LEFT_OUT, MOST_CHARACTERS, Extract
from homebody.documents.file import Unreadable
from homebody.documents.frames import FrameError
from homebody.errors import ReaderNotReadyError, SealError
from homebody.upgrading import upgraded

SECONDS = 30.0
"""How long one document may take."""

MEMORY_BYTES = 512 << 20
"""Address space of the reader, its libraries included."""

DOCUMENTS = 200
"""After so many documents the reader is replaced: what a library leaks goes with it."""

WORK_SECONDS = 60
"""After so much work the reader is replaced, so that the kernel's limit on work never meets an innocent."""

START_SECONDS = 60.0
PROBE_SECONDS = 60.0
MOST_REASON = 300
MOST_COUNTED = 1 << 40
"""More pages or pictures than that is nothing that a document has."""

NO_SENSE = "the reader process gave an answer that makes no sense"

Heed = Callable[[], None]
"""Raises when a text is not wanted any more."""

ENCODING = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*(?: \((?:assumed|damaged)\))?")
"""How the name of an encoding looks, and what is said with it."""

COMMAND = (sys.executable, "-I", "-m", "homebody.documents.worker")


class ScanError(Unreadable):
    """The document has no text, and it may have pictures of some."""


class Reader:
    """Reads documents in a sealed child process, one at a time."""

    work_seconds: float = WORK_SECONDS
    """After how much work of its process another takes its place."""

    def __init__(
        self,
        *,
        clock: Clock,
        seconds: float = SECONDS,
        memory_bytes: int = MEMORY_BYTES,
        documents: int = DOCUMENTS,
        command: Sequence[str] = COMMAND,
        patience: float = START_SECONDS,
    ) -> None:
        self._clock = clock
        self._seconds = seconds
        self._memory = memory_bytes
        self._documents = documents
        self._command = command
        self._patience = patience
        self._child: Child | None = None
        self._read = 0
        self._lock = threading.Lock()
        self._ahead: deque[Child] | None = None
        self.seal: Mapping[str, Any] | None = None
        """What the running reader said of its seal."""
        self.start_seconds = 0.0
        """How long the last start took."""

    @property
    def pid(self) -> int | None:
        """The process number of the running reader, if one runs."""
        child = self._child
        return child.pid if child is not None and child.alive else None

    @property
    def used_up(self) -> bool:
        """Whether every reader that was started before the seal has ended, and none may be started any more."""
        return self._ahead is not None and self._child is None and not self._ahead

    def start_ahead(self, number: int) -> tuple[int, ...]:
        """Start *number* readers now and none later, and return their process numbers.

        For systems on which a sealed daemon starts nothing (`seal.Starts`). They wait sealed, and each takes the
        place of the one before it. Raises DocumentError when one does not come up.
        """
        with self._lock:
            self._ahead = deque()
            for _ in range(number):
                self._ahead.append(self._launched())
                self._child = None
            return tuple(child.pid for child in self._ahead)

    def read(self, data: bytes, suffix: str, pages: tuple[int, int | None] | None = None) -> Extract:
        """Return the text of a document; *suffix* is that of its file name, with the dot.

        *pages* are the first and the last page to be read, where a document has any; None stands for the end.

        Raises ScanError for a document whose text may be in pictures. Raises DocumentError with the reason: not text,
        damaged, no text in it, too slow, or the reader died of it; its ``lasting`` says that another try cannot help.
        Raises ReaderNotReadyError when all of those that were started ahead have ended, or homebody was upgraded.
        """
        with self._lock:
            asked: dict[str, Any] = {"suffix": suffix.lower()}
            header, found = self._ask(
                asked if pages is None else asked | {"pages": pages}, data, self._seconds
            )
            try:
                return extract_of(header, found)
            except FrameError as error:
                self._end()
                raise Unreadable(NO_SENSE, lasting=False) from error
            finally:
                self._count(header)

    def probe(self, names: Sequence[str] | None, targets: seal.ProbeTargets) -> tuple[seal.ProbeResult, ...]:
        """Let the reader try to get out, and return what happened. Raises DocumentError when it does not answer."""
        with self._lock:
            asked = {"probe": list(names) if names is not None else None, "targets": targets.to_dict()}
            header, _ = self._ask(asked, b"", PROBE_SECONDS)
        try:
            return tuple(seal.ProbeResult.from_dict(result) for result in header["results"])
        except (KeyError, TypeError) as error:
            raise FrameError("The reader process gave no results of its probes.") from error

    def descriptors(self) -> tuple[seal.Descriptor, ...]:
        """Return what the reader has open by its own account. Raises DocumentError when it does not answer."""
        with self._lock:
            header, _ = self._ask({"descriptors": True}, b"", PROBE_SECONDS)
        try:
            return tuple(seal.Descriptor.from_dict(one) for one in header["descriptors"])
        except (KeyError, TypeError, ValueError) as error:
            raise FrameError("The reader process gave no account of what it has open.") from error

    def stop(self) -> None:
        """End the reader process, if one runs, even in the middle of a document."""
        child = self._child
        if child is not None:
            child.kill()
        with self._lock:
            self._end()
            while self._ahead:
                self._ahead.popleft().end()

    def _count(self, header: Mapping[str, Any]) -> None:
        """Take note that a document was read, the last answer being *header*; end a reader that did enough."""
        self._read += 1
        if self._read >= self._documents or not worked_little(header, self.work_seconds):
            self._end()

    def _ask(self, header: Mapping[str, Any], data: bytes, seconds: float) -> tuple[dict[str, Any], bytes]:
        """Return the reader's answer; on any fault the reader is ended, and the next call starts a fresh one."""
        child = self._started()
        try:
            return child.ask(header, data, seconds)
        except LateError as error:
            self._end()
            raise Unreadable(
                f"reading the document took longer than {seconds:.0f} s", lasting=True
            ) from error
        except GoneError as error:
            self._end()
            raise Unreadable(how_it_died(error), lasting=error.signal == "SIGXCPU") from error
        except FrameError as error:
            self._end()
            raise Unreadable(NO_SENSE, lasting=False) from error

    def _started(self) -> Child:
        """Return the running reader, started and sealed. Raises DocumentError when it does not come up."""
        if self._child is not None and self._child.alive:
            return self._child
        self._end()
        if self._ahead is None:
            return self._launched()
        while self._ahead:
            child = self._ahead.popleft()
            if child.alive:
                self._child, self._read = child, 0
                return child
            child.end()
        raise ReaderNotReadyError

    def _launched(self) -> Child:
        """Return a reader that was started just now and is sealed.

        Raises DocumentError, and ReaderNotReadyError when it is one of another homebody than this.
        """
        began = self._clock.monotonic()
        work = str(int(WORK_SECONDS + self._seconds) + 1)
        try:
            child = Child([*self._command, str(self._memory), work], seal.scrub_environment(os.environ))
        except OSError as error:
            raise Unreadable(
                f"the reader process cannot be started: {error.strerror}", lasting=False
            ) from error
        self._child, self._read = child, 0
        try:
            hello, _ = child.hello(self._patience)
        except (LateError, GoneError, FrameError) as error:
            self._end()
            raise Unreadable(f"the reader process did not start ({error})", lasting=False) from error
        report = hello.get("seal")
        if not isinstance(report, dict) or report.get("tier") != seal.Tier.READER:
            self._end()
            raise Unreadable(
                f"the reader process is not sealed, so it gets nothing to read: {plain_words(hello.get('failed'))}",
                lasting=False,
                hint="See `homebody doctor`.",
            )
        try:
            seal.refuse_unsealed(child.pid)
        except SealError as error:
            self._end()
            raise Unreadable(
                f"the reader process gets nothing to read: {error}", lasting=False, hint=error.hint
            ) from error
        if (words := upgraded(__version__, hello.get("version"))) is not None:
            self._end()
            raise ReaderNotReadyError(f"it waits for a reader: {words}")
        self.seal = report
        self.start_seconds = self._clock.monotonic() - began
        return child

    def _end(self) -> None:
        """End the reader, if one runs."""
        child, self._child = self._child, None
        if child is not None:
            child.end()


def extract_of(header: Mapping[str, Any], data: bytes) -> Extract:
    """Return what the reader found, believed only as far as it has the right form.

    Raises FrameError for what makes no sense, and DocumentError with the reader's own reason.
    """
    refuse_error(header)
    front, pages, encoding = header.get("front"), header.get("pages"), header.get("encoding")
    sizes = (front, pages)
    if not all(size is None or (type(size) is int and 0 <= size < MOST_COUNTED) for size in sizes):
        raise FrameError
    if not (encoding is None or (isinstance(encoding, str) and ENCODING.fullmatch(encoding))):
        raise FrameError
    left_out = header.get("left_out", {})
    if not isinstance(left_out, dict) or not all(
        what in LEFT_OUT and type(number) is int and 0 < number < MOST_COUNTED
        for what, number in left_out.items()
    ):
        raise FrameError
    try:
        text = data[front or 0 :].decode("utf-8")
        block = None if front is None else data[:front].decode("utf-8")
    except UnicodeDecodeError as error:
        raise FrameError from error
    if len(text) + len(block or "") > MOST_CHARACTERS:
        raise FrameError
    return Extract(text=text, front=block, pages=pages, encoding=encoding, left_out=left_out)


def refuse_error(header: Mapping[str, Any]) -> None:
    """Raise DocumentError with the reason if the reader gave one, ScanError if the text may be in pictures."""
    if "error" in header:
        kind = ScanError if header.get("scan") is True else Unreadable
        raise kind(plain_words(header["error"]), lasting=True)


def nothing() -> None:
    """Heed nothing: somebody waits for the text."""


def worked_little(header: Mapping[str, Any], seconds: float) -> bool:
    """Return whether the reader that gave *header* may go on: it says that it has worked for less than *seconds*."""
    work = header.get("work")
    return isinstance(work, int | float) and work < seconds


def plain_words(reason: object) -> str:
    """Return a reason that came from the reader as one short line that no terminal can trip over."""
    words = reason if isinstance(reason, str) else "it gave no reason"
    return " ".join("".join(c if c.isprintable() else " " for c in words[:MOST_REASON]).split())
