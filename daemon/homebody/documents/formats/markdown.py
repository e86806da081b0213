"""Markdown: its front matter is kept apart from its text."""

import re
from dataclasses import replace

from homebody.documents.formats import text
from homebody.documents.formats.extract import Extract

SUFFIXES = (".md", ".markdown", ".mdown", ".mkd")

FRONT = re.compile(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
"""A block between three dashes at the very top, as Jekyll, Pandoc and Obsidian have it."""


def extract(data: bytes) -> Extract:
    """Return the text below the front matter, and the front matter as it stands. Raises FormatError."""
    whole = text.extract(data)
    found = FRONT.match(whole.text)
    if found is None:
        return whole
    return replace(whole, text=whole.text[found.end() :], front=found.group(1))
