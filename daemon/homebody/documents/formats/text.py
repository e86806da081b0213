"""Plain text: which encoding is it in, and is it text at all?"""

import codecs

from homebody.documents.extract import MOST_CHARACTERS, Extract, FormatError
from homebody.documents.formats import guessing

SUFFIXES = (".txt", ".text", ".log", ".org", ".rst", ".tex", "")

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Byte order marks, the longer ones first: UTF-32's begins like UTF-16's."""

BINARY = "the file is binary, not text"

MOST_CONTROLS = 0.01
"""The share of control characters above which bytes are no text."""

MOST_BYTES = 4 * MOST_CHARACTERS + 4
"""More bytes than that cannot be few enough characters, in any encoding that we read."""

SAMPLE = 1 << 16

MOST_DAMAGE = 0.1
"""The share of undecodable places above which bytes are no text."""

CONTROLS = dict.fromkeys([*(code for code in range(32) if chr(code) not in "\t\n\r\f\x1b"), 0x7F])


def preload() -> None:
    """Load the codecs now: each is a module, and inside the seal no file can be opened."""
    for encoding in ("utf-8", *(encoding for _, encoding in MARKS)):
        codecs.lookup(encoding)
    guessing.preload()


def extract(data: bytes) -> Extract:
    """Return *data* as text. Raises FormatError for what is binary, or longer than any text may be."""
    if len(data) > MOST_BYTES:
        raise FormatError(f"the text has more than {MOST_CHARACTERS:,} characters, and no more are read")
    text, encoding = decoded(data)
    if len(text) > MOST_CHARACTERS:
        raise FormatError(f"the text has {len(text):,} characters, and at most {MOST_CHARACTERS:,} are read")
    return Extract(text=text.replace("\r\n", "\n").replace("\r", "\n"), encoding=encoding)


def decoded(data: bytes) -> tuple[str, str]:
    """Return the text and its encoding: by its mark, else UTF-8, else what its bytes are most likely in.

    Raises FormatError for what is no text.
    """
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return by_mark(data, encoding), encoding
    text, encoding = without_mark(data)
    sample = text[:SAMPLE]
    controls = len(sample) - len(sample.translate(CONTROLS))
    damage = sample.count("\ufffd")
    if controls > 1 + MOST_CONTROLS * len(sample) or damage > 1 + MOST_DAMAGE * len(sample):
        raise FormatError(BINARY)
    return text, encoding


def without_mark(data: bytes) -> tuple[str, str]:
    """Return what *data* most likely says, and its encoding. Raises FormatError for zero bytes that say nothing."""
    if b"\0" in data:
        name = guessing.wide(data)
        if name is None:
            raise FormatError(BINARY)
        try:
            return data.decode(name), guessing.told(name)
        except UnicodeDecodeError as error:
            raise FormatError(BINARY) from error
    if guessing.is_shifted(data):
        try:
            return data.decode("iso2022_jp"), guessing.told("iso2022_jp")
        except UnicodeDecodeError:
            pass
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return without_utf8(data)


def by_mark(data: bytes, encoding: str) -> str:
    """Return *data* decoded as its mark says; an odd byte left over at the end is a cut, and is shown as one."""
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        if error.start < len(data) - 4:
            raise FormatError(
                f"the file begins as {encoding.upper()} text and is broken after that"
            ) from error
        return data.decode(encoding, "replace")


def without_utf8(data: bytes) -> tuple[str, str]:
    """Return the text of bytes that are not clean UTF-8.

    Where UTF-8 explains more bytes than it leaves unexplained, the text is UTF-8 with damage, and the damage
    is marked with U+FFFD; else it comes from an older program, and the likeliest encoding is assumed.
    """
    text = data.decode("utf-8", "replace")
    damage = text.count("\ufffd")
    foreign = sum(1 for character in text if character > "\x7f") - damage
    if foreign > damage:
        return text, "utf-8 (damaged)"
    name = guessing.guess(data)
    return data.decode(name, "replace"), guessing.told(name)
