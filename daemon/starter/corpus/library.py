"""What real prose does every Python have with it? The documentation inside its own library, under the PSF's licence.

What the modules say of themselves is kept for measuring (``modules``); what their functions and classes say, and the
pages of the language reference (``taught``), may be learned from. No text of it is in the repository, nothing is
imported to read it, and no sentence of what is measured is taught.
"""

import ast
import importlib.util
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LEAST, MOST = 50, 1200
"""Words that a measured text has at least, and characters that are taken of it."""
SHORTEST = 25
"""Words that a taught text has at least."""
FEW, LONG = 4, 300
"""Words of prose that a paragraph has at least, and characters that its first sentence has at most."""
UNTAUGHT = frozenset({"test", "tests", "idle_test", "site-packages", "lib2to3", "turtledemo"})
"""Folders of the library that are left out."""
ENDS = re.compile(r"[.!?]['\")\]*`”]*(?=\s+[A-Z\"'(`*<“]|\s*$)")
SHORTENED = ("e.g.", "i.e.", "cf.", "vs.", "etc.", "resp.", "Mr.", "Dr.", "No.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Paragraphs of documentation, and the sentence that says what they are about: the first of the first prose."""

    paragraphs: tuple[str, ...]
    key: str


def modules() -> Iterator[tuple[str, str]]:
    """Return the name and the docstring of each module of Python's library that says enough."""
    for name, text in _said():
        if len((text := beginning(text)).split()) >= LEAST:
            yield name, text


def _said() -> Iterator[tuple[str, str]]:
    for name in sorted(sys.stdlib_module_names):
        spec = importlib.util.find_spec(name) if not name.startswith("_") else None
        if spec is not None and str(spec.origin).endswith(".py"):
            yield name, ast.get_docstring(ast.parse(Path(str(spec.origin)).read_bytes())) or ""


def beginning(text: str) -> str:
    """Return the first paragraphs of *text*, of `MOST` characters together, at least one."""
    kept: list[str] = []
    for part in re.split(r"\n\s*\n", text.strip()):
        if kept and sum(map(len, kept)) + len(part) > MOST:
            break
        kept.append(part[:MOST])
    return "\n\n".join(kept)


@cache
def taught() -> tuple[Text, ...]:
    """Return what may be learned from, always in the same order for the same Python."""
    kept = {squeezed(sentence) for _, text in _said() for sentence in sentences(text)}
    found: dict[str, Text] = {}
    for text in (*_docstrings(), *_pages()):
        made = marked(text)
        if made is None or len(text.split()) < SHORTEST:
            continue
        if kept.isdisjoint(map(squeezed, sentences(text))):
            found.setdefault(made.key, made)
    return tuple(found.values())


def _docstrings() -> Iterator[str]:
    """Return what the functions, classes and methods of the library say."""
    library = Path(ast.__file__).parent
    for path in sorted(library.rglob("*.py")):
        if UNTAUGHT.isdisjoint(path.relative_to(library).parts):
            try:
                whole = ast.parse(path.read_bytes())
            except (SyntaxError, ValueError):  # a sample of what is wrong
                continue
            for node in ast.walk(whole):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                    yield ast.get_docstring(node) or ""


def _pages() -> Iterator[str]:
    """Return the pages of the language reference that ``help()`` has, from each paragraph on that begins one."""
    try:
        from pydoc_data.topics import topics
    except ModuleNotFoundError:  # some systems pack a small Python
        return
    for name in sorted(topics):
        parts = re.split(r"\n\s*\n", str(topics[name]).strip())
        for at in range(0, len(parts), 4):
            yield beginning("\n\n".join(parts[at:]))


def marked(text: str) -> Text | None:
    """Return the paragraphs of *text* and its key sentence, or nothing when none of it is prose that ends."""
    paragraphs = tuple(part.strip("\n") for part in re.split(r"\n\s*\n", text) if part.strip())
    first = next((part for part in paragraphs if is_prose(part)), None)
    key = first_sentence(first) if first else ""
    return Text(paragraphs=paragraphs, key=key) if key else None


def is_prose(part: str) -> bool:
    """Return whether a paragraph is running text, and no heading, list, table or sample."""
    begins = part[:1].isupper() or (part[:1] in "\"'`*“" and part[1:2].isalpha())
    plain = not re.search(r"^\s*(>>>|\.\. |[-*=~^]{3,})|::=|->|^\s*[-*] |^\w+\(.*\)$", part, re.MULTILINE)
    letters = sum(letter.isalpha() or letter.isspace() for letter in part)
    return begins and plain and len(part.split()) >= FEW and letters > 0.85 * len(part)


def first_sentence(part: str) -> str:
    """Return the first sentence of a paragraph on one line; the whole of a short one without an end; else nothing."""
    return next(_split(" ".join(part.split())), "")


def sentences(text: str) -> list[str]:
    """Return the sentences of *text*, paragraph by paragraph."""
    return [one for part in re.split(r"\n\s*\n", text) for one in _split(" ".join(part.split()))]


def _split(line: str) -> Iterator[str]:
    begun = 0
    for end in ENDS.finditer(line):
        if not line[: end.end()].endswith(SHORTENED) and end.end() - begun <= LONG:
            yield line[begun : end.end()].strip()
            begun = end.end()
    rest = line[begun:].strip()
    if rest and len(rest) <= LONG // 2 and not rest.endswith((":", ",", ";")):
        yield rest


def squeezed(text: str) -> str:
    """Return *text* without white space, all in small letters: what is the same however it is set."""
    return "".join(text.split()).casefold()


@cache
def told() -> tuple[str, ...]:
    """Return the whole sentences of the running text in what may be learned from, each once."""
    found = (
        one
        for text in taught()
        for part in text.paragraphs
        if is_prose(part)
        for one in sentences(part)
        if one.endswith((".", "!", "?")) and len(one.split()) >= FEW
    )
    return tuple(dict.fromkeys(found))
