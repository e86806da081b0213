"""What does a grammar say? The text of a GBNF grammar, read into rules.

The syntax is that of llama_grammar_parser in llama.cpp's llama-grammar.cpp, to the letter: what is not understood
exactly as it is there is not understood at all.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

MAX_DEPTH = 64
"""The deepest nesting of brackets that is read."""

REPEATS = 2000
"""llama.cpp refuses a larger minimum and takes a larger maximum for none (MAX_REPETITION_THRESHOLD)."""

CODES = 0x400000
"""One more than the largest code that llama.cpp's decoder of UTF-8 can give."""

Bounds = tuple[int, ...]
"""A set of codes: each first one that belongs to it and each first one that no longer does, in turns."""

ANY: Bounds = (1, CODES)
"""Every character; NUL never comes, for it ends a token's text."""

_BLANKS = {False: re.compile(r"(?:[ \t]|#[^\r\n]*)*"), True: re.compile(r"(?:[ \t\r\n]|#[^\r\n]*)*")}
_NAME = re.compile(r"[a-zA-Z0-9-]+")
_DIGITS = re.compile(r"[0-9]{1,18}")
_HEX = {
    "x": re.compile("[0-9a-fA-F]{2}"),
    "u": re.compile("[0-9a-fA-F]{4}"),
    "U": re.compile("[0-9a-fA-F]{8}"),
}
_ESCAPES = {"t": "\t", "r": "\r", "n": "\n"} | {mark: mark for mark in '\\"[]-'}
_REPETITIONS: Mapping[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}


class UnclearError(Exception):
    """The grammar is wrong, or says something that is not understood."""


@dataclass(frozen=True, slots=True)
class Times:
    """A group of ways, and how often one of them may come (None: without end)."""

    ways: tuple[tuple["Item", ...], ...]
    least: int = 1
    most: int | None = 1


Item = Bounds | str | Times
"""A character, the name of a rule, or a group."""


def read(text: str) -> dict[str, Times]:
    """Return every rule by its name.

    Raises UnclearError for what is not understood; llama.cpp's own parser may take such a grammar or refuse it.
    """
    if "\0" in text or (not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text)):
        raise UnclearError
    return _Reader(text).rules()


def bounds(ranges: Iterable[tuple[int, int]], *, negated: bool) -> Bounds:
    """Return the set of all codes in *ranges* (both ends belong to them), or with *negated* of all others."""
    edges: list[int] = []
    for low, high in sorted((max(low, 1), min(high + 1, CODES)) for low, high in ranges):
        if low >= high:
            continue
        if edges and low <= edges[-1]:
            edges[-1] = max(edges[-1], high)
        else:
            edges += (low, high)
    if negated:
        edges = edges[1:] if edges[:1] == [1] else [1, *edges]
        edges = edges[:-1] if edges[-1:] == [CODES] else [*edges, CODES]
    return tuple(edges)


class _Reader:
    """Goes through the text once, as llama_grammar_parser does."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0
        self._rules: dict[str, Times] = {}

    def rules(self) -> dict[str, Times]:
        """Return every rule by its name; the last one of a name counts."""
        self._blanks(lines=True)
        while self._at < len(self._text):
            name = self._take(_NAME)
            self._blanks(lines=False)
            self._expect("::=")
            self._blanks(lines=True)
            rule = Times(self._ways())
            if name in self._rules:
                self._set_aside(self._rules[name])
            self._rules[name] = rule
            if self._at < len(self._text) and self._next() not in "\r\n":
                raise UnclearError
            self._blanks(lines=True)
        return self._rules

    def _set_aside(self, unused: Times) -> None:
        """Keep what says nothing under a name that nothing can have: llama.cpp refuses mistakes in it, too."""
        self._rules[f"_{len(self._rules)}"] = unused

    def _next(self) -> str:
        return self._text[self._at : self._at + 1]

    def _blanks(self, *, lines: bool) -> None:
        """Pass over blanks and comments, and over ends of lines where they mean nothing."""
        found = _BLANKS[lines].match(self._text, self._at)
        self._at = found.end() if found else self._at

    def _take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        if not found:
            raise UnclearError
        self._at = found.end()
        return found[0]

    def _expect(self, text: str) -> None:
        if not self._text.startswith(text, self._at):
            raise UnclearError
        self._at += len(text)

    def _ways(self) -> tuple[tuple[Item, ...], ...]:
        """Read what is separated by ``|``."""
        ways = [self._sequence()]
        while self._next() == "|":
            self._at += 1
            self._blanks(lines=True)
            ways.append(self._sequence())
        return tuple(ways)

    def _sequence(self) -> tuple[Item, ...]:
        """Read items until something else comes; a sign of repetition is about all of the last one."""
        items: list[Item] = []
        last = 0
        while (sign := self._next()) and (sign in '"[(.*+?{' or _NAME.match(sign)):
            if sign in "*+?{":
                least, most = self._times(sign)
                if last == len(items):
                    raise UnclearError
                repeated = (tuple(items[last:]),)
                items[last:] = [Times(repeated, least, most)] if most != 0 else []
                if most == 0:
                    self._set_aside(Times(repeated))
            else:
                last = len(items)
                items += self._item(sign)
            self._blanks(lines=self._depth > 0)
        return tuple(items)

    def _item(self, sign: str) -> Sequence[Item]:
        """Read one item; a literal is a character each, and an empty one nothing."""
        if sign not in '"[(.':
            return [self._take(_NAME)]
        self._at += 1
        if sign == '"':
            return self._literal()
        if sign == "[":
            return self._class()
        return [ANY] if sign == "." else [self._group()]

    def _group(self) -> Times:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise UnclearError
        self._blanks(lines=True)
        ways = self._ways()
        self._expect(")")
        self._depth -= 1
        return Times(ways)

    def _literal(self) -> list[Bounds]:
        """Read up to the closing quote; a character that no text can hold is one that never fits."""
        letters: list[Bounds] = []
        while self._next() != '"':
            code = self._code()
            letters.append((code, code + 1) if 0 < code < CODES else ())
        self._at += 1
        return letters

    def _class(self) -> list[Bounds]:
        """Read a class of characters; one without any is nothing at all, negated or not."""
        negated = self._next() == "^"
        self._at += negated
        ranges = []
        while self._next() != "]":
            low = high = self._code()
            if self._next() == "-" and self._text[self._at + 1 : self._at + 2] != "]":
                self._at += 1
                high = self._code()
            if high < low:  # nothing fits, but llama.cpp lets the first byte of something pass
                raise UnclearError
            ranges.append((low, high))
        self._at += 1
        return [bounds(ranges, negated=negated)] if ranges else []

    def _code(self) -> int:
        """Read one character or escape."""
        character = self._next()
        if not character:
            raise UnclearError
        self._at += 1
        if character != "\\":
            return ord(character)
        kind = self._next()
        self._at += 1
        if kind in _HEX:
            return int(self._take(_HEX[kind]), 16)
        if kind not in _ESCAPES:
            raise UnclearError
        return ord(_ESCAPES[kind])

    def _times(self, sign: str) -> tuple[int, int | None]:
        """Read a sign of repetition."""
        self._at += 1
        if sign != "{":
            return _REPETITIONS[sign]
        lines = self._depth > 0
        self._blanks(lines=lines)
        least = int(self._take(_DIGITS))
        most: int | None = least
        self._blanks(lines=lines)
        if self._next() == ",":
            self._at += 1
            self._blanks(lines=lines)
            most = int(self._take(_DIGITS)) if _DIGITS.match(self._next()) else None
            self._blanks(lines=lines)
        self._expect("}")
        if least > REPEATS or (most is not None and most < least):
            raise UnclearError
        return least, None if most is not None and most > REPEATS else most
