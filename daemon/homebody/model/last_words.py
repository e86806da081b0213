"""What did the model process say before it ended, in one line that a person may read?"""

import re

LONGEST = 400
LINES = 3

_TELLING = re.compile(r"^ggml: |GGML_ASSERT\(|GGML_ABORT|^terminate called|fatal error", re.IGNORECASE)
"""How ggml and C++ say why they abort (ggml_abort in ggml.c; std::terminate)."""

_PATH = re.compile(r"(?<![^\s'\"()])[^\s:'\"()]*/(?=[^\s/:'\"()]+\.\w)|(?<![^\s'\"()])/(?:[^\s/:'\"()]+/)+")
"""The folders in front of a file's name: those of the machine on which the library was built tell nobody anything."""


def last_words(tail: bytes) -> str:
    """Return why the process ended by its own account, else the last lines that it wrote; "" when it wrote none.

    *tail* is the end of its error output. No folders, nothing that drives a terminal, at most LONGEST characters.
    """
    text = tail.decode("utf-8", "replace")
    lines = [_shown(line) for line in text.splitlines() if line.strip()]
    lines = [line for line in lines if line]
    telling = [line for line in lines if _TELLING.search(line)]
    if telling:
        return telling[-1].removeprefix("ggml: ")[:LONGEST]
    return " / ".join(lines[-LINES:])[-LONGEST:]


def _shown(line: str) -> str:
    """Return a line without folders and without what drives a terminal; its beginning if it is very long."""
    clean = "".join(c if c.isprintable() else " " * c.isspace() for c in line[: 4 * LONGEST])
    return " ".join(_PATH.sub("", clean).split())
