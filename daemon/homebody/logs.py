"""How does homebody log, and what keeps a person's words out of it?

An event is a constant sentence plus keys. Only the keys in ``KEYS`` pass; a value is a number, a flag, or a
short word of ours. Paths, document text, prompts and answers have no key, so they cannot be logged by
mistake: an unknown key fails in the tests and is dropped in the field.
"""

import contextlib
import logging
import sys
from collections.abc import MutableMapping
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

    The file is opened here, once, so that logging goes on inside the seal; the returned Tee closes it.
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
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
        self._file = file.open("ab", buffering=0) if file is not None else None
        self._cut = b""
        self._lost = 0
        self._terminal = terminal
        self._json = structlog.processors.JSONRenderer(ensure_ascii=False)
        self._words = structlog.dev.ConsoleRenderer(colors=False) if terminal is not None else None

    def __call__(self, logger: Any, name: str, line: MutableMapping[str, Any]) -> str:
        """Write the line; a full disk or a closed terminal must not stop the daemon.

        Lines that find no room are counted, and the count is logged when there is some again.
        """
        if self._file is not None:
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
        if self._terminal is not None and self._words is not None:
            try:
                print(self._words(logger, name, dict(line)), file=self._terminal, flush=True)
            except OSError:
                self._terminal = None
        return ""

    def _write(self, text: str | bytes) -> bool:
        """Return whether a whole line was written; one that was cut is ended before the next."""
        assert self._file is not None
        data = self._cut + str(text).encode("utf-8", "backslashreplace") + b"\n"
        try:
            written = self._file.write(data)
        except OSError:
            return False
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
