"""RTF: its words, letter by letter in the encoding of their font; no pictures, no fields' codes, no hidden text."""

import re
from collections import Counter
from dataclasses import dataclass, replace

from homebody.documents.extract import TOO_DEEP, Extract, FormatError
from homebody.documents.formats import charsets
from homebody.documents.formats.flow import Flow, side_by_side, tidy

SUFFIXES = (".rtf",)

MOST_DEPTH = 2_000

TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?[0-9]{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n]+|([^\\{}\r\n]+)",
    re.DOTALL,
)
"""A control word, a letter in hexadecimal, a control symbol, a brace, or text (RTF 1.9.1, "RTF syntax")."""

NOT_SHOWN = frozenset(
    b"""
    fonttbl colortbl stylesheet info listtable listoverridetable rsidtbl generator pict objdata datafield filetbl
    xmlnstbl themedata colorschememapping latentstyles annotation atnid atnauthor atrfstart atrfend datastore
    mmathPr pgdsctbl revtbl fldinst bkmkstart bkmkend template private xe tc nonshppict pntext
""".split()
)
"""Groups that hold no words of the document."""

CELL = "\x1f"
"""Stands at the end of each cell until its row is written: a character that nobody prints."""

CHARACTERS = {
    b"tab": "\t", b"emdash": "—", b"endash": "–", b"emspace": " ", b"enspace": " ", b"qmspace": " ", b"bullet": "•",
    b"lquote": "‘", b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”", b"cell": CELL, b"nestcell": CELL,
}  # fmt: skip
SYMBOLS = {b"~": " ", b"_": "-", b"\\": "\\", b"{": "{", b"}": "}"}
LINES = frozenset({b"line", b"row", b"nestrow", b"sect", b"page", b"column"})
CHARSETS = {
    0: "cp1252", 77: "mac_roman", 128: "cp932", 129: "cp949", 134: "gb18030", 136: "big5", 161: "cp1253", 162: "cp1254",
    163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251",
    222: "cp874", 238: "cp1250", 255: "cp437",
}  # fmt: skip
"""\\fcharsetN of a font, and the encoding that it means."""


@dataclass(frozen=True, slots=True)
class State:
    """What holds within a group, until it ends."""

    silent: bool = False
    hidden: bool = False
    in_fonts: bool = False
    font: int = -1
    fallbacks: int = 1


def preload() -> None:
    """Load the codecs now: inside the seal no file can be opened."""
    charsets.preload()


def extract(data: bytes) -> Extract:
    """Return the text. Raises FormatError for what is no RTF, or has no text in it."""
    if not data.lstrip().startswith(b"{\\rtf"):
        raise FormatError("the file is named RTF and is none")
    document = _Document()
    at = 0
    while (token := TOKEN.search(data, at)) is not None:
        at = token.end()
        if token.group(1) == b"bin":
            at += max(0, int(token.group(2) or 0))
        document.take(token)
    text = document.text()
    if not text:
        raise FormatError("the RTF document has no text in it (only pictures?)")
    return Extract(text=text, left_out=document.left_out)


class _Document:
    """Reads token by token."""

    def __init__(self) -> None:
        self.left_out: Counter[str] = Counter()
        self._flow = Flow()
        self._state = State()
        self._outer: list[State] = []
        self._codec = "cp1252"
        self._fonts: dict[int, str] = {}
        self._bytes = bytearray()
        self._to_skip = 0
        self._starred = False
        self._spoke = False

    def take(self, token: re.Match[bytes]) -> None:
        """Take up one token."""
        word, argument, hexadecimal, symbol, brace, plain = token.groups()
        if brace:
            self._brace(brace)
        elif word:
            self._word(word, int(argument) if argument else None)
        elif hexadecimal:
            self._letters(bytes([int(hexadecimal, 16)]))
        elif symbol == b"*":
            self._starred = True
            return
        elif symbol in SYMBOLS:
            self._characters(SYMBOLS[symbol])
        elif symbol in (b"\n", b"\r"):
            self._paragraph()
        elif plain:
            self._letters(plain)
        self._starred = False

    def _brace(self, brace: bytes) -> None:
        self._flush()
        self._to_skip = 0
        if brace == b"{":
            self._outer.append(self._state)
            if len(self._outer) > MOST_DEPTH:
                raise FormatError(TOO_DEEP)
        elif self._outer:
            self._state = self._outer.pop()

    def _word(self, word: bytes, argument: int | None) -> None:
        """Take up a control word; those that are not known change nothing."""
        if word in NOT_SHOWN or (self._starred and word not in (b"shppict", b"shpinst")):
            self._flush()
            self._count(word)
            self._state = replace(self._state, silent=True, in_fonts=word == b"fonttbl")
        elif word in CHARACTERS:
            self._characters(CHARACTERS[word])
        elif word == b"par":
            self._paragraph()
        elif word in LINES:
            self._flush()
            self._flow.end()
        elif word == b"u" and argument is not None:
            self._characters(chr(argument & 0xFFFF))
            self._to_skip = self._state.fallbacks
        else:
            self._property(word, argument)

    def _count(self, word: bytes) -> None:
        """Count what a person would see, or could open, and the text does not hold."""
        if self._state.silent:
            return
        if word == b"pict":
            self.left_out["images"] += 1
        elif word == b"annotation":
            self.left_out["comments"] += 1

    def _property(self, word: bytes, argument: int | None) -> None:
        """Take up what holds from here on."""
        if word == b"ansicpg" and argument is not None:
            self._codec = charsets.codec(f"cp{argument}") or self._codec
        elif word == b"mac":
            self._codec = "mac_roman"
        elif word == b"f" and argument is not None:
            self._flush()
            self._state = replace(self._state, font=argument)
        elif word == b"fcharset" and self._state.in_fonts and len(self._fonts) < 10_000:
            self._fonts[self._state.font] = CHARSETS.get(argument or 0, self._codec)
        elif word == b"uc" and argument is not None:
            self._state = replace(self._state, fallbacks=min(max(argument, 0), 10))
        elif word in (b"v", b"deleted"):
            self._flush()
            hidden = argument != 0
            self.left_out["hidden parts"] += hidden and not self._state.silent
            self._state = replace(self._state, hidden=hidden)
        elif word == b"plain":
            self._flush()
            self._state = replace(self._state, hidden=False)

    def _letters(self, found: bytes) -> None:
        """Take up letters in the encoding of their font, but those that stand in for a letter of Unicode."""
        skipped = min(self._to_skip, len(found))
        self._to_skip -= skipped
        if self._quiet():
            return
        self._bytes += found[skipped:]

    def _characters(self, text: str) -> None:
        self._flush()
        if not self._quiet():
            self._flow.words(text)
            self._spoke = True

    def _paragraph(self) -> None:
        self._flush()
        if not self._quiet():
            self._flow.end(1 if self._spoke else 2)
            self._spoke = False

    def _quiet(self) -> bool:
        return self._state.silent or self._state.hidden

    def _flush(self) -> None:
        """Decode the letters so far."""
        if self._bytes:
            codec = self._fonts.get(self._state.font, self._codec)
            self._flow.words(self._bytes.decode(codec, "replace"))
            self._spoke = True
            self._bytes.clear()

    def text(self) -> str:
        """Return the text; two halves of a letter outside of Unicode's first plane become one."""
        self._flush()
        whole = self._flow.text().encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return tidy(
            "\n".join(side_by_side(row(line)) if CELL in line else line for line in whole.split("\n"))
        )


def row(line: str) -> list[str]:
    """Return the cells of a line, without empty ones at its end."""
    cells = [cell.strip() for cell in line.split(CELL)]
    while cells and not cells[-1]:
        cells.pop()
    return cells
