"""Which sentence patterns do the invented documents have? They stand in phrases.txt, written for the project.

``{n}`` and ``{m}`` are nouns of the topic, ``{w}`` any word, ``{p}`` a person, ``{f}`` a first name, ``{s}`` a
surname, ``{c}`` a company, ``{d}`` a date, ``{D}`` a last day, ``{a}`` an amount, ``{l}`` a place, ``{t}`` a time,
``{i}`` a small number, ``{x}`` a name in a program.
"""

from pathlib import Path


def _read() -> dict[str, list[str]]:
    """Return the patterns of each section, line by line."""
    found: dict[str, list[str]] = {}
    section = ""
    for line in Path(__file__).with_name("phrases.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
            found[section] = []
        elif line:
            found[section].append(line.replace("\\n", "\n"))
    return found


PATTERNS = _read()
