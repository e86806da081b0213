"""How good is the starter model on real text that nobody here wrote?

The text is documentation under free licences that every machine with homebody already has: what the modules of
Python's library say of themselves, and the READMEs of the libraries that homebody is installed with. Nothing of it
is in the repository, and training never sees it. The rule tells what is from the text, and not whether it is of use: of
what the shipped model says of these texts some three quarters are, read by eye.
"""

import ast
import importlib.metadata
import importlib.util
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from homebody.slots import TextSlot
from starter.corpus.asks import SUMMARISE
from starter.corpus.topics import WORD
from starter.evaluate import Asked, Report, verbatim

LIBRARIES = (
    "apscheduler",
    "jinja2",
    "keyring",
    "llama-cpp-python",
    "pydantic",
    "pytest",
    "structlog",
    "watchdog",
)
LEAST, MOST = 50, 1200
"""Words that a text has at least, and characters that are taken of it."""
READABLE = 3
"""Words that a summary has at least, unless it is a whole sentence."""


def modules() -> Iterator[tuple[str, str]]:
    """Return the name and the docstring of each module of Python's library that says enough; nothing is imported."""
    for name in sorted(sys.stdlib_module_names):
        spec = importlib.util.find_spec(name) if not name.startswith("_") else None
        if spec is None or not str(spec.origin).endswith(".py"):
            continue
        text = ast.get_docstring(ast.parse(Path(str(spec.origin)).read_bytes()))
        if (text := beginning(text or "")) and len(text.split()) >= LEAST:
            yield name, text


def readmes() -> Iterator[tuple[str, str]]:
    """Return the name and the README of each library that is installed."""
    for name in LIBRARIES:
        try:
            held = importlib.metadata.metadata(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        text = beginning(str(held.json.get("description", "")))
        if len(text.split()) >= LEAST:
            yield name, text


def beginning(text: str) -> str:
    """Return the first paragraphs of *text*, of `MOST` characters together, at least one."""
    kept: list[str] = []
    for part in re.split(r"\n\s*\n", text.strip()):
        if kept and sum(map(len, kept)) + len(part) > MOST:
            break
        kept.append(part[:MOST])
    return "\n\n".join(kept)


def elsewhere(runner: Asked) -> Report:
    """Return the report on these texts: is the summary from the text, more than a word or two?"""
    report = Report()
    for name, text in (*modules(), *readmes()):
        reply = runner.ask(SUMMARISE, {"summary": TextSlot(max=400)}, text)
        said = str(reply.value().get("summary", ""))
        readable = len(WORD.findall(said)) >= READABLE or said.endswith((".", "!", "?"))
        good = bool(WORD.search(said)) and readable and verbatim(said, text)
        report.count("elsewhere", good, miss=f"{name} {said!r}")
        report.count("stops", reply.stopped, miss=name)
    return report
