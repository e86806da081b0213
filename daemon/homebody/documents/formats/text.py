"""Plain text: which encoding is it in, and is it text at all?"""

import codecs

from homebody.documents.formats.extract import MOST_CHARACTERS, Extract, FormatError

SUFFIXES = (".txt", ".text", ".log", ".org", ".rst", ".tex", "")

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Byte order marks, the longer ones first: UTF-32's begins like UTF-16's."""

MOST_CONTROLS = 0.01
"""The share of control characters above which bytes are no text."""


def extract(data: bytes) -> Extract:
    """Return *data* as text. Raises FormatError for what is binary, or longer than any text may be."""
    text, encoding = decoded(data)
    if len(text) > MOST_CHARACTERS:
        raise FormatError(f"the text has {len(text)} characters, and at most {MOST_CHARACTERS} are read")
    return Extract(text=text.replace("\r\n", "\n").replace("\r", "\n"), encoding=encoding)


def decoded(data: bytes) -> tuple[str, str]:
    """Return the text and its encoding: by its mark, else UTF-8, else Windows-1252 (WHATWG's fall-back)."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            try:
                return data.decode(encoding), encoding
            except UnicodeDecodeError as error:
                raise FormatError(f"the file begins as {encoding} text and is broken after that") from error
    if b"\0" in data[:65536]:
        raise FormatError("the file is binary, not text")
    try:
        text, encoding = data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        text, encoding = data.decode("cp1252", "replace"), "windows-1252"
    controls = sum(1 for c in text[:65536] if ord(c) < 32 and c not in "\t\n\r\f\x1b") + text[:65536].count("\ufffd")
    if controls > MOST_CONTROLS * min(len(text), 65536):
        raise FormatError("the file is binary, not text")
    return text, encoding
