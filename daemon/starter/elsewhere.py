"""How good is the starter model on real text that nobody here wrote?

The text is documentation under free licences that every machine with homebody already has: what the modules of
Python's library say of themselves, and the READMEs of the libraries that homebody is installed with. Nothing of it
is in the repository, and training never sees it. The rule tells what is from the text, and not whether it is of use: of
what the shipped model says of these texts some three quarters are, read by eye.
"""

import importlib.metadata
from collections.abc import Iterator

from homebody.slots import TextSlot
from starter.corpus.asks import SUMMARISE
from starter.corpus.library import LEAST, beginning, modules
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
READABLE = 3
"""Words that a summary has at least, unless it is a whole sentence."""


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
