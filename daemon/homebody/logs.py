"""How does homebody log, and what keeps a person's words out of it?

An event is a constant sentence plus keys. Only the keys in ``KEYS`` pass; a value is a number, a flag, or a
short word of ours. Paths, document text, prompts and answers have no key, so they cannot be logged by
mistake: an unknown key fails in the tests and is dropped in the field.
"""

import contextlib
import itertools
import logging
import os
import sys
import threading
from collections.abc import MutableMapping
from io import FileIO
from pathlib import Path
from typing import Any, TextIO

import structlog

KEYS = frozenset(
    {
        "attempt", "pid", "run", "recipe_number", "recipes", "folders", "files", "effects", "state", "why",
        "error", "tokens", "answer_tokens", "seconds", "milliseconds", "tokens_per_second", "signal", "exit_code",
        "landlock_abi", "seccomp_sha256", "tier", "as_root", "missing", "model_sha256", "quantization", "context",
        "memory_bytes", "count", "finished", "taken_back", "handed_back", "version", "step", "port", "due_in",
        "threads", "extra_buffers", "gpu_layers", "mmap", "where", "queue", "request", "status",
        "line", "column", "reads", "writes", "new", "changed", "removed",
    }
)  # fmt: skip
"""Every key that a log line may have besides its time, level and event."""

TALKATIVE = ("apscheduler", "asyncio", "keyring", "tzlocal", "watchdog")
"""Libraries whose own log lines can hold paths and tracebacks, and so go nowhere."""

OURS = frozenset({"event", "level", "timestamp"})

LARGEST_BYTES = 5_000_000
"""So large the file may become: some 30,000 lines, weeks of a busy house. Then a new one is begun."""

OLDER = 2
"""How many files are kept beside the one in use: ``homebody.log.1`` is the newer of them."""


def keep_private(_logger: Any, _name: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop what has no key in ``KEYS`` and what is neither number, flag nor short word of ours.

    An exception is reduced to the name of its class: its message may name a file.
    """
    kept: dict[str, Any] = {}
    for key, value in line.items():
        if key in OURS:
            kept[key] = value
        elif key in KEYS:
            kept[key] = harmless(value)
        elif key == "exc_info":
            kind = value if isinstance(value, BaseException) else sys.exc_info()[1]
            kept["error"] = type(kind).__name__
        else:
            kept["dropped"] = kept.get("dropped", 0) + 1
    return kept


def harmless(value: Any) -> Any:
    """Return *value* if it is a number, a flag or a short word without a slash; else its type's name."""
    if isinstance(value, bool | int | float | None):
        return value
    if isinstance(value, BaseException):
        return type(value).__name__
    if (
        isinstance(value, str)
        and len(value) <= 64
        and "/" not in value
        and "\\" not in value
        and value.isascii()
    ):
        return value
    if isinstance(value, list | tuple) and len(value) <= 32:
        return [harmless(item) for item in value]
    return f"<{type(value).__name__}>"


def configure(file: Path | None, terminal: TextIO | None = None, *, verbose: bool = False) -> "Tee":
    """Send log lines to *file* as JSON, and to *terminal* in words; either may be None.

    The file is opened here, before the seal; inside it, a new one can be begun, because it lies in the state
    folder. The returned Tee closes it.
    """
    tee = Tee(file, terminal)
    for name in TALKATIVE:
        library = logging.getLogger(name)
        library.handlers, library.propagate = [logging.NullHandler()], False
    steps: list[Any] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        keep_private,
        tee,
    ]
    structlog.configure(
        processors=steps,
        wrapper_class=structlog.make_filtering_bound_logger("debug" if verbose else "info"),
        logger_factory=structlog.ReturnLoggerFactory(),
        cache_logger_on_first_use=False,
    )
    return tee


class Tee:
    """The last processor: one line as JSON to the file, one in words to the terminal."""

    def __init__(self, file: Path | None, terminal: TextIO | None) -> None:
        self._path = file
        self._size = 0
        self._writing = threading.Lock()
        self._file: FileIO | None = None
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._open(file)
        self._cut = b""
        self._lost = 0
        self._terminal = terminal
        self._json = structlog.processors.JSONRenderer(ensure_ascii=False)
        self._words = structlog.dev.ConsoleRenderer(colors=False) if terminal is not None else None

    def __call__(self, logger: Any, name: str, line: MutableMapping[str, Any]) -> str:
        """Write the line; a full disk or a closed terminal must not stop the daemon.

        Lines that find no room are counted, and the count is logged when there is some again.
        """
        with self._writing:
            self._to_file(logger, name, line)
        if self._terminal is not None and self._words is not None:
            try:
                print(self._words(logger, name, dict(line)), file=self._terminal, flush=True)
            except OSError:
                self._terminal = None
        return ""

    def _to_file(self, logger: Any, name: str, line: MutableMapping[str, Any]) -> None:
        if self._file is not None:
            self._begin_anew()
            if self._lost:
                told = {key: line[key] for key in ("timestamp",) if key in line}
                lost = {
                    "event": "the log had no room for lines",
                    "count": self._lost,
                    "level": "warning",
                } | told
                if self._write(self._json(logger, name, lost)):
                    self._lost = 0
            if self._lost or not self._write(self._json(logger, name, dict(line))):
                self._lost += 1

    def _open(self, path: Path) -> FileIO:
        """Return the log at *path*, open for its owner alone."""
        number = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        file = os.fdopen(number, "ab", buffering=0)
        self._size = os.fstat(file.fileno()).st_size
        return file

    def _begin_anew(self) -> None:
        """Set a file that has become too large aside, and begin a new one; where that fails, go on in the old one."""
        if self._size < LARGEST_BYTES:
            return
        assert self._path is not None
        assert self._file is not None
        names = [self._path, *(self._path.with_name(f"{self._path.name}.{n}") for n in range(1, OLDER + 1))]
        try:
            for newer, older in reversed(list(itertools.pairwise(names))):
                if newer.exists():
                    newer.replace(older)
            fresh = self._open(self._path)
        except OSError:
            self._size = 0  # asked again after as many bytes, not at each line
            return
        self._file.close()
        self._file, self._cut = fresh, b""

    def _write(self, text: str | bytes) -> bool:
        """Return whether a whole line was written; one that was cut is ended before the next."""
        assert self._file is not None
        data = self._cut + str(text).encode("utf-8", "backslashreplace") + b"\n"
        try:
            written = self._file.write(data)
        except OSError:
            return False
        self._size += written
        if written == len(data):
            self._cut = b""
            return True
        if written >= len(self._cut):
            self._cut = b"\n" if written > len(self._cut) else b""
        return False

    def close(self) -> None:
        """Close the file; what is logged after that is lost."""
        file, self._file = self._file, None
        if file is not None:
            with contextlib.suppress(OSError):
                file.close()


def get_log() -> Any:
    """Return the logger; its methods are ``debug``, ``info``, ``warning``, ``error``."""
    return structlog.get_logger()
