"""What is wrong with a text that is no YAML, in words for the person who wrote it?

PyYAML says what it expected and where it gave up; people look for the line in which they went astray.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from yaml.error import MarkedYAMLError

from homebody.yaml_nodes import TooMuchError

_OPENED = ("while parsing a flow sequence", "while parsing a flow mapping", "while scanning a quoted scalar")
_UNQUOTED = re.compile(r"""^[^#'"]*?(?:[:\-,\[]\s+|^\s*)(\{\{)""")
_COLON_ALONE = re.compile(r"\s*(?:- +)?[a-z_]+:(?=[^\s/:])")
_WORD_ALONE = re.compile(r"\s*(?:- +)?[a-z_]+(?: [a-z_]+)?(?=\s*(?:#.*)?$)")
_ODD_BLANK = re.compile(r"[ \t]*([^\S \t\r\n])")

_QUOTES = "put quotes around the text"
_SYNTAX: Mapping[str, str] = {
    "while scanning a quoted scalar": "the quote that begins here has no end",
    "while parsing a flow": "the bracket that opens here is not closed, or a comma is missing in it",
    "\\t": "a tab stands here; YAML is indented with spaces",
    "expected a single document": "a second recipe begins here (---); put each into a file of its own",
    "mapping values are not allowed here": f"YAML expects no colon here; {_QUOTES}, or indent it",
    "cannot start any token": f"no value can begin with this character; {_QUOTES}",
    "could not find expected ':'": "a colon is missing after this word, or its line is not indented like the others",
    "while scanning an alias": f"`*` has a meaning of its own in YAML; {_QUOTES}",
    "while scanning an anchor": f"`&` has a meaning of its own in YAML; {_QUOTES}",
    "while scanning a block scalar": f"`>` and `|` have a meaning of their own in YAML; {_QUOTES}",
    "found '<scalar>'": (
        "a text goes on after its closing quote; use the other kind of quotes around it if it has quotes inside"
    ),
    "escape": "`\\` has a meaning of its own in double quotes; use single quotes",
    "found '-'": "a dash begins an entry of a list, and there is no list here; take it away, or indent it",
}
"""Signs of a mistake in PyYAML's words, and what to say about it."""

_INDENTED = ("found '<block mapping start>'", "found '<block sequence start>'", "found '?'")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """Where a text stops being YAML, and what to do about it."""

    line: int
    column: int
    what: str


def slip(error: MarkedYAMLError, text: str) -> Slip:
    """Return what YAML could not read in *text*, in words for a person, where the person has to change it."""
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    said = f"{error.context or ''}; {error.problem or ''}"
    context = error.context_mark
    first = context.line if context else line - 1
    if context and ((error.context or "").startswith(_OPENED) or "could not find expected ':'" in said):
        line, column = context.line + 1, context.column + 1
    lines = text.splitlines()
    for number in range(min(line, len(lines)), max(first, line - 3, 0), -1):
        if found := _sniffed(lines[number - 1], number):
            return found
    if "mapping values are not allowed here" in said and (found := _before(lines, line)):
        return found
    what = _words(error, said)
    before = next((one for one in reversed(lines[: line - 1]) if one.strip()), None)
    if before is not None and any(sign in said for sign in _INDENTED):
        there = len(before) - len(before.lstrip(" "))
        what = (
            f"this line begins {_blanks(column - 1)}, and the one before it {_blanks(there)};"
            " what belongs together begins alike"
        )
    return Slip(line=line, column=column, what=what)


def _sniffed(line: str, number: int) -> Slip | None:
    """Return a mistake that a line shows by itself."""
    if match := _UNQUOTED.match(line):
        what = 'put quotes around a value that begins with {{, as in "{{ vars.notes }}/x.md"'
        return Slip(line=number, column=match.start(1) + 1, what=what)
    if match := _ODD_BLANK.match(line):
        return Slip(line=number, column=match.start(1) + 1, what=ODD_BLANK)
    return None


ODD_BLANK = "the blank here is not a plain one, as happens with text copied from a page; type it anew"


def _before(lines: list[str], line: int) -> Slip | None:
    """Return what is wrong with the last line before *line*, where YAML takes two lines for one text."""
    for number in range(line - 1, 0, -1):
        if not lines[number - 1].strip():
            continue
        if match := _COLON_ALONE.match(lines[number - 1]):
            what = "a blank is missing after the colon"
        elif match := _WORD_ALONE.match(lines[number - 1]):
            what = "a colon is missing after this word"
        else:
            return None
        return Slip(line=number, column=match.end() + 1, what=what)
    return None


def _words(error: MarkedYAMLError, said: str) -> str:
    """Return the cure for the mistakes that people make most, or what PyYAML says."""
    problem = error.problem or error.context or "something is wrong here"
    if isinstance(error, TooMuchError):
        quotes = " (put quotes around a text that begins with *)" if "`*`" in problem else ""
        return f"{problem}; a recipe has no use for that{quotes}"
    known = next((words for sign, words in _SYNTAX.items() if sign in said), None)
    return known or f"this is not YAML: {problem}"


def _blanks(count: int) -> str:
    return "without a blank" if count == 0 else "with one blank" if count == 1 else f"with {count} blanks"
