"""Markdown: its front matter is kept apart from its text."""

import re
from dataclasses import replace

from homebody.documents.extract import Extract
from homebody.documents.formats import text

SUFFIXES = (".md", ".markdown", ".mdown", ".mkd")

FRONT = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
"""A block between three dashes at the very top, as Jekyll, Pandoc and Obsidian have it."""

KEY = re.compile(r"""(?:"[^"\n]*"|'[^'\n]*'|[^\s#:"'\-][^:\n]*|-[^\s:][^:\n]*):(?:\s|\Z)""")
"""How a line of YAML begins that gives a key its value."""


def preload() -> None:
    """Load the codecs now: inside the seal no file can be opened."""
    text.preload()


def extract(data: bytes) -> Extract:
    """Return the text below the front matter, and the front matter as it stands. Raises FormatError."""
    whole = text.extract(data)
    found = FRONT.match(whole.text)
    if found is None or not is_mapping(found.group(1)):
        return whole
    return replace(whole, text=whole.text[found.end() :], front=found.group(1))


def is_mapping(block: str) -> bool:
    """Return whether *block* looks like YAML keys: prose between two rules is text, and must not be lost."""
    lines = (line for line in block.splitlines() if line.strip() and not line.lstrip().startswith("#"))
    first = next(lines, None)
    return first is None or first.startswith("{") or KEY.match(first) is not None
