"""JSON: as it stands, but on lines that can be read, and with letters instead of their numbers."""

import json
import re
from dataclasses import replace

from homebody.documents.extract import MOST_CHARACTERS, TOO_LONG, Extract, FormatError
from homebody.documents.formats import text

SUFFIXES = (".json", ".jsonl", ".ndjson", ".geojson", ".webmanifest")

LONG_LINE = 1_000
"""A line with more characters was written for machines."""

PART = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^"{}\[\],:\s]+', re.DOTALL)
"""A string, a bracket, a comma, a colon, and what is between these; no number is read, so none changes."""

ESCAPED = re.compile(
    r"(?:\\\\)|\\u([Dd][89ABab][0-9A-Fa-f]{2})\\u([Dd][C-Fc-f][0-9A-Fa-f]{2})|\\u([0-9A-Fa-f]{4})"
)
INDENT = " "
DEEPEST = 60
"""Beyond so many levels nothing is indented further."""


def preload() -> None:
    """Load the codecs now: inside the seal no file can be opened."""
    text.preload()


def extract(data: bytes) -> Extract:
    """Return the text, with long lines broken at brackets and commas. Raises FormatError for what is no text."""
    whole = text.extract(data)
    lines = (
        laid_out(line) if len(line) > LONG_LINE and is_json(line) else line for line in whole.text.split("\n")
    )
    found = ESCAPED.sub(_letter, "\n".join(lines))
    if len(found) > MOST_CHARACTERS:
        raise FormatError(TOO_LONG)
    return replace(whole, text=found)


def is_json(source: str) -> bool:
    """Return whether *source* is one whole value: what is broken stays as it stands."""
    try:
        json.loads(source)
    except (ValueError, RecursionError):
        return False
    return True


def laid_out(source: str) -> str:
    """Return *source*, which is JSON, with each member and item on a line of its own; its parts stay as they are."""
    out: list[str] = []
    depth, length = 0, 0
    fresh = True
    for found in PART.finditer(source):
        part = found.group()
        if part in ("}", "]"):
            depth = max(0, depth - 1)
            if not fresh:
                out.append("\n" + INDENT * min(depth, DEEPEST))
        elif fresh and out:
            out.append("\n" + INDENT * min(depth, DEEPEST))
        out.append(": " if part == ":" else part)
        depth += part in ("{", "[")
        fresh = part in ("{", "[", ",")
        length += len(part) + (min(depth, DEEPEST) + 1 if fresh else 0)
        if length > MOST_CHARACTERS:
            raise FormatError(TOO_LONG)
    return "".join(out)


def _letter(found: re.Match[str]) -> str:
    """Return the letter beyond ASCII that an escape means; others, and what belongs to the grammar, stay."""
    high, low, one = found.groups()
    if high is not None:
        return chr(0x10000 + ((int(high, 16) - 0xD800) << 10) + int(low, 16) - 0xDC00)
    if one is None or not 0xA0 <= int(one, 16) < 0xD800:
        return found.group()
    letter = chr(int(one, 16))
    return letter if letter.isprintable() else found.group()
