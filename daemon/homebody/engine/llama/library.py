"""What does the native library say, and who hears it?"""

import contextlib
import ctypes
import os
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import llama_cpp as native
from llama_cpp import _ggml as ggml

WARNING, ERROR = 3, 4
"""ggml_log_level in ggml.h; llama-cpp-python's own table of them is off by one."""

KEPT_LINES = 8
KEPT_CHARACTERS = 400

_ASSERTION = ctypes.CFUNCTYPE(None, ctypes.c_char_p)

KEPT: list[Any] = []
"""Callbacks that native code was given. It never gives one back, and would call what is no longer there."""


class Library:
    """llama.cpp, started once; it keeps what the library complained of, for the reasons of errors."""

    def __init__(self) -> None:
        """Start the library, and let an assertion that fails say so before it ends the process."""
        self._said: deque[str] = deque(maxlen=KEPT_LINES)
        self._log = native.llama_log_callback(self._hear)
        native.llama_log_set(self._log, ctypes.c_void_p(0))
        self._stop: Callable[[], bool] = bool
        self.abort = native.ggml_abort_callback(lambda _: self._stop())
        self._assertion = _ASSERTION(_tell)
        with contextlib.suppress(AttributeError):  # an older library has no such hook: it prints by itself
            ggml.libggml.ggml_set_abort_callback.restype = ctypes.c_void_p
            ggml.libggml.ggml_set_abort_callback(self._assertion)
        KEPT.extend((self._log, self.abort, self._assertion))
        native.llama_backend_init()

    def abort_when(self, stop: Callable[[], bool] | None) -> None:
        """Let *stop* be asked between two graph nodes (on the CPU; a GPU hears only between two steps)."""
        self._stop = stop or bool

    def said(self) -> str:
        """Return the last of what the library complained of, and forget it."""
        lines = [" ".join(line.split()) for line in self._said if line.strip()]
        self._said.clear()
        return "; ".join(lines)[-KEPT_CHARACTERS:].rstrip(".") or "it gave no reason"

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Forget what was said, and hear also what native code prints to the error output meanwhile.

        The grammar parser prints its reasons there and nowhere else (llama-grammar.cpp, parse).
        """
        self._said.clear()
        lines: list[str] = []
        try:
            with _error_output(lines):
                yield
        finally:
            self._said += lines

    def _hear(self, level: int, text: bytes | None, _: Any) -> None:
        """Keep the library's warnings and errors; they are the reason when something is refused."""
        line = (text or b"").decode("utf-8", "replace").strip()
        if level in (WARNING, ERROR) and line:
            self._said.append(line)


def _tell(text: bytes | None) -> None:
    """Write a failed assertion to the error output, whose last lines the parent keeps; abort() follows."""
    line = b" ".join((text or b"").split())
    place, _, what = line.partition(b": ")
    with contextlib.suppress(OSError):
        os.write(2, b"ggml: " + place.rsplit(b"/", 1)[-1] + b": " + (what or b"?") + b"\n")


@contextlib.contextmanager
def _error_output(lines: list[str]) -> Iterator[None]:
    """Collect in *lines* what native code prints to the error output meanwhile, as far as a pipe holds it."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    kept = os.dup(2)
    os.dup2(writing, 2)
    os.close(writing)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        with os.fdopen(reading, "rb") as stream:
            lines += stream.read().decode("utf-8", "replace").splitlines()
