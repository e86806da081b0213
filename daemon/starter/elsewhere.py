"""How good is the starter model on real text that nobody here wrote?

The text is documentation under free licences that every machine with homebody and its tests already has: what the
modules of Python's library say of themselves, and the READMEs of the libraries that are installed with homebody and
used by its tests, each from its beginning, as homebody shows it to a model (``documents.shown``).
Nothing of it is in the repository, and training never sees it: of Python it sees what stands further in
(``corpus.library``), of READMEs none. The rule tells what is from the text, and not whether it is of use.
"""

import importlib.metadata
from collections.abc import Iterator

from homebody.documents.shown import shown
from homebody.slots import TextSlot
from starter.corpus.asks import SUMMARISE
from starter.corpus.invent import spaced
from starter.corpus.library import LEAST, beginning, modules
from starter.corpus.topics import WORD
from starter.evaluate import Asked, Report, verbatim

LIBRARIES = spaced(
    "anyio apscheduler attrs cffi chardet click click-default-group condense-json cryptography defusedxml "
    "diskcache et_xmlfile google-re2 grimp hypothesis idna import-linter iniconfig jaraco.context "
    "jaraco.functools jinja2 jiter keyring llama-cpp-python lxml markdown-it-py markupsafe mypy odfpy "
    "openai openpyxl packaging pathspec pillow platformdirs pluggy puremagic pycparser pydantic "
    "pydantic_core pygments pypdfium2 python-docx python-pptx python-ulid pyyaml referencing rich rpds-py "
    "ruamel.yaml ruff secretstorage selectolax sortedcontainers soundfile sqlite-utils structlog tabulate "
    "truststore types-pyyaml typing_extensions tzdata tzlocal watchdog zipp"
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
        text = beginning(shown(str(held.json.get("description", ""))).text)
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
