"""How is a whole screen drawn and its keys heard? The terminal is given back as it was, whatever happens.

A dozen sequences that every terminal since the VT100 knows (ECMA-48) do, so that no terminal's description is needed.
"""

import contextlib
import os
import re
import select
import shutil
import signal
import sys
import termios
import tty
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import FrameType

from homebody.cli.paragraphs import visible

ENTER = "\x1b[?1049h\x1b[?25l\x1b[?7l"
"""Another page, no cursor, and no line that goes on in the next one."""

LEAVE = "\x1b[?7h\x1b[?25h\x1b[?1049l"

COLOURS = {"": "", "bold": "\x1b[1m", "dim": "\x1b[2m", "red": "\x1b[31m", "yellow": "\x1b[33m"}

KEYS: Mapping[bytes, str] = {
    b"\x1b[A": "up", b"\x1bOA": "up", b"k": "up", b"\x1b[B": "down", b"\x1bOB": "down", b"j": "down", b"\x03": "q",
    b"\x04": "q",
}  # fmt: skip


_ONE_KEY = re.compile(rb"\x1b[\[O][0-9;]*[A-Za-z~]|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the screen, and how it looks: one of COLOURS."""

    text: str
    style: str = ""


def possible(environ: Mapping[str, str]) -> bool:
    """Return whether there is a terminal here that a screen can be drawn on."""
    return sys.stdin.isatty() and sys.stdout.isatty() and environ.get("TERM", "dumb") not in ("", "dumb")


def picture(lines: Sequence[Line], *, colour: bool) -> str:
    """Return what draws *lines* from above; what could drive a terminal is spelled out. Pure.

    Each line is cleared before it is written: after a line that fills it, that would take its last character.
    """
    drawn = []
    for number, line in enumerate(lines, start=1):
        code = COLOURS[line.style] if colour else ""
        end = "\x1b[0m" if code else ""
        drawn.append(f"\x1b[{number};1H\x1b[2K{code}{visible(line.text)}{end}")
    return "".join(drawn)


def keys_in(data: bytes) -> list[str]:
    """Return the names of the keys in *data*, in order: KEYS' words, or the character itself. Pure."""
    return [KEYS.get(one, one.decode("ascii", "replace")) for one in _ONE_KEY.findall(data)]


class Screen:
    """A page of the terminal, from `with` to its end; keys come one by one and are not shown."""

    def __init__(self, *, colour: bool) -> None:
        self._colour = colour
        self._in, self._out = sys.stdin.fileno(), sys.stdout.fileno()
        self._encoding = sys.stdout.encoding or "utf-8"
        self._told: set[int] = set()
        self._typed: list[str] = []

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows."""
        found = shutil.get_terminal_size()
        return found.columns, found.lines

    def __enter__(self) -> "Screen":
        sys.stdout.flush()
        self._usual = termios.tcgetattr(self._in)
        self._bell = os.pipe()
        for end in self._bell:
            os.set_blocking(end, False)
        self._before = signal.set_wakeup_fd(self._bell[1], warn_on_full_buffer=False)
        wanted = (signal.SIGWINCH, signal.SIGTSTP, signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
        self._handlers = {number: signal.signal(number, self._tell) for number in wanted}
        self._begin()
        return self

    def __exit__(self, *_error: object) -> None:
        self._end()
        signal.set_wakeup_fd(self._before)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        for end in self._bell:
            os.close(end)

    def draw(self, lines: Sequence[Line]) -> None:
        """Show *lines* instead of what was there."""
        self._write(picture(lines, colour=self._colour))

    def key(self, seconds: float) -> str:
        """Return the next key's name, waiting so long; "" for none, "resize" for another size, "q" at the end."""
        if self._typed:
            return self._typed.pop(0)
        ready, _, _ = select.select([self._in, self._bell[0]], [], [], seconds)
        if self._bell[0] in ready:
            with contextlib.suppress(BlockingIOError):
                os.read(self._bell[0], 4096)
        if self._told:
            told, self._told = self._told, set()
            if told & {signal.SIGTERM, signal.SIGHUP, signal.SIGINT}:
                return "q"
            if signal.SIGTSTP in told:
                self._stand_by()
            return "resize"
        if self._in in ready:
            self._typed = keys_in(os.read(self._in, 64)) or ["q"]
            return self._typed.pop(0)
        return ""

    @contextlib.contextmanager
    def away(self) -> Iterator[None]:
        """Give the terminal back for as long as this lasts."""
        self._end()
        try:
            yield
        finally:
            self._begin()

    def _stand_by(self) -> None:
        """Be stopped as Ctrl+Z wants it, with the terminal as it was, until the shell lets us go on."""
        with self.away():
            os.kill(os.getpid(), signal.SIGSTOP)

    def _tell(self, number: int, _frame: FrameType | None) -> None:
        self._told.add(number)

    def _begin(self) -> None:
        tty.setcbreak(self._in, termios.TCSADRAIN)
        self._write(ENTER)

    def _end(self) -> None:
        with contextlib.suppress(OSError, termios.error):  # a terminal that was closed needs nothing back
            self._write(LEAVE)
            termios.tcsetattr(self._in, termios.TCSADRAIN, self._usual)

    def _write(self, text: str) -> None:
        data = text.encode(self._encoding, "backslashreplace")
        while data:
            data = data[os.write(self._out, data) :]
