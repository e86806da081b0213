"""What reaches the person's terminal? Words only: what could drive it, or hide words, is spelled out.

File names, answers and reasons come from outside, and a terminal obeys what stands in them (CWE-150): it clears the
screen, fills the clipboard (OSC 52), shows one address and opens another (OSC 8). Commands make their lines safe
where they know what a name is; this is the net under all of them, JSON included.
"""

import io
import re
import sys
import unicodedata
from collections.abc import Mapping
from typing import TextIO

_JOINERS = "\u200c\u200d"
"""Persian, Hindi and emoji are spelt with them."""

_COLOUR = re.compile(r"(\x1b\[(?:0|1|2|3[1-7])m)")
"""What `click.style` writes for bold, dim and a bright colour, and for their end (ECMA-48, SGR). None of them moves
anything or hides a word; black, backgrounds and concealment are not among them."""


def spelled(text: str) -> str:
    r"""Return *text* with every control, direction mark and invisible character as ``\u009b``: JSON reads it back."""
    return "".join(c if c in "\n\t" or _seen(c) else _number(c) for c in text)


def _seen(c: str) -> bool:
    return c in _JOINERS or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp")


def _number(c: str) -> str:
    data = c.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{data[place : place + 4]}" for place in range(0, len(data), 4))


class Careful(io.TextIOWrapper):
    """A text stream that writes what ``spelled`` makes of its text, and our own colours as they are."""

    def write(self, text: str) -> int:
        """Write *text*, and return its length. Raises TypeError for bytes, which click asks every stream about."""
        if not isinstance(text, str):
            raise TypeError("only text can be written here")
        super().write(
            "".join(part if _COLOUR.fullmatch(part) else spelled(part) for part in _COLOUR.split(text))
        )
        return len(text)


def takes_colour(environ: Mapping[str, str]) -> bool:
    """Return whether colours may be written to a terminal: not with NO_COLOR (no-color.org), not to a dumb one."""
    return not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def be_careful() -> None:
    """Let everything that this process prints from now on go through ``spelled``."""
    sys.stdout = careful(sys.stdout)
    sys.stderr = careful(sys.stderr)


def careful(stream: TextIO) -> TextIO:
    """Return *stream* as a careful one over the same descriptor; one that has no bytes below it stays as it is."""
    if not isinstance(stream, io.TextIOWrapper) or isinstance(stream, Careful):
        return stream
    stream.flush()
    return Careful(
        stream.buffer,
        encoding=stream.encoding,
        errors="backslashreplace",
        line_buffering=stream.line_buffering,
    )
