"""Which inputs reach code that none before them reached? Those are kept, and changed further."""

import signal
import sys
import types
from pathlib import Path
from typing import Any

from homebody.documents.formats import suffixes
from homebody.model.header import read_header

PACKAGE = str(Path(sys.modules["homebody"].__file__ or "").parent)
TRACED = (f"{PACKAGE}/documents/formats/", f"{PACKAGE}/model/header.py")
UNTRACED = (".html", ".pdf", ".txt", ".md")
"""Their work is done in C, where lines say nothing, or there is hardly any."""

SECONDS = 2.0


class _LateError(BaseException):
    """The input takes too long to be followed."""


class Guide:
    """Remembers the lines of the readers that were ever run."""

    def __init__(self) -> None:
        self.lines: set[tuple[types.CodeType, int]] = set()

    def novel(self, data: bytes, suffix: str) -> bool:
        """Run the reader of *suffix* over *data* here, followed line by line, and return whether any line was new."""
        if suffix in UNTRACED:
            return False
        before = len(self.lines)
        signal.signal(signal.SIGALRM, late)
        signal.setitimer(signal.ITIMER_REAL, SECONDS)
        sys.settrace(self._call)
        try:
            run(data, suffix)
        except (_LateError, Exception):  # noqa: BLE001 - what comes of it is for the real reader to say
            pass
        finally:
            sys.settrace(None)
            signal.setitimer(signal.ITIMER_REAL, 0)
        return len(self.lines) > before

    def _call(self, frame: types.FrameType, event: str, argument: Any) -> Any:
        return self._line if frame.f_code.co_filename.startswith(TRACED) else None

    def _line(self, frame: types.FrameType, event: str, argument: Any) -> Any:
        self.lines.add((frame.f_code, frame.f_lineno))
        return self._line


def run(data: bytes, suffix: str) -> None:
    """Read *data* in this process."""
    if suffix == ".gguf":
        import io

        read_header(io.BytesIO(data), len(data))
    else:
        suffixes()[suffix].extract(data)


def late(*_: object) -> None:
    """Break off."""
    raise _LateError
