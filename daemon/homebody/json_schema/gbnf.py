"""Which grammar holds an answer to a schema? Compact JSON, without blanks, and with an end to everything."""

import json
from collections.abc import Iterator

from homebody.errors import SchemaError
from homebody.json_schema.nodes import (
    DIGITS,
    USUAL_ITEMS,
    Anything,
    Either,
    Items,
    Members,
    Number,
    Schema,
    Text,
    Whole,
    Words,
)
from homebody.slots.slot import JSON_CHARACTER, LONGEST_REPEAT

MOST_REPEATS = 40_000
"""So much of all repetitions together, equal ones counted once: the native parser writes each of them out."""

KEY_CHARACTERS = 80
"""The most characters of a name in an object that has no schema."""

_NUMBER = rf'"-"? ("0" | [1-9] [0-9]{{0,{DIGITS - 1}}}) ("." [0-9]{{1,{DIGITS}}})?'


def grammar(schema: Schema) -> str:
    """Return GBNF whose root is what *schema* allows.

    Raises SchemaError when its lengths together are more than the native parser should write out.
    """
    rules = _Rules()
    root = rules.name_of(schema)
    return f"root ::= {root}\n" + "".join(f"{name} ::= {body}\n" for name, body in rules.bodies.items())


class _Rules:
    """The rules so far; equal parts share theirs."""

    def __init__(self) -> None:
        self.bodies: dict[str, str] = {"char": JSON_CHARACTER}
        self._names: dict[Schema, str] = {}
        self._repeats = 0

    def name_of(self, schema: Schema) -> str:
        """Return the name of the rule for *schema*, which is made when it is first asked for."""
        if schema not in self._names:
            name = self._names[schema] = f"part-{len(self._names)}"
            self.bodies[name] = ""  # rules stand in the order in which they are met
            self.bodies[name] = self._body(schema, name)
        return self._names[schema]

    def _body(self, schema: Schema, name: str) -> str:  # noqa: PLR0911 - one rule for each kind
        match schema:
            case Words(written):
                return " | ".join(_literal(one) for one in written)
            case Text(least, most):
                return rf'"\"" {self._characters(least, most)} "\""'
            case Whole(least, most):
                return _whole(least, most)
            case Number():
                return _NUMBER
            case Items(item, least, most):
                return self._items(self.name_of(item), least, most)
            case Either(choices):
                return " | ".join(self.name_of(one) for one in choices)
            case Members():
                return self._members(schema, name)
            case Anything(objects_only, depth):
                return self._anything(depth, objects_only=objects_only)

    def _items(self, item: str, least: int, most: int) -> str:
        if most == 0:
            return '"[]"'
        self._count(most)
        more = f'("," {item}){{{max(least - 1, 0)},{most - 1}}}' if most > 1 else ""
        inner = f"{item} {more}".strip()
        return f'"[" {inner} "]"' if least else f'"[" ({inner})? "]"'

    def _members(self, schema: Members, name: str) -> str:
        """Return the whole object; a comma stands before all but the first member that is written."""
        members = schema.members
        names = [self.name_of(member.schema) for member in members]

        def rest(number: int, *, first: bool) -> str:
            return f"{name}-{'first' if first else 'rest'}-{number}"

        def body(number: int, *, first: bool) -> str:
            if number == len(members):
                return '"}"'
            member = members[number]
            key = _literal(("" if first else ",") + json.dumps(member.name, ensure_ascii=False) + ":")
            written = f"{key} {names[number]} {rest(number + 1, first=False)}"
            return f"{written} | {rest(number + 1, first=first)}" if member.optional else written

        reached_first = next(
            (n for n, member in enumerate(members) if not member.optional), len(members)
        )  # beyond it something has been written
        for number in range(len(members) + 1):
            if number:
                self.bodies[rest(number, first=False)] = body(number, first=False)
            if number <= reached_first:
                self.bodies[rest(number, first=True)] = body(number, first=True)
        return f'"{{" {rest(0, first=True)}'

    def _anything(self, depth: int, *, objects_only: bool) -> str:
        """Return any value, or any object, with so many levels of lists and objects in it."""
        text = self.name_of(Text())
        simple = f'{text} | {self.name_of(Number())} | "true" | "false" | "null"'
        if depth == 0:
            return simple
        below = self.name_of(Anything(depth=depth - 1))
        key = rf'"\"" {self._characters(1, KEY_CHARACTERS)} "\":"'
        self._count(USUAL_ITEMS)
        member = f"{key} {below}"
        objects = f'"{{" ({member} ("," {member}){{0,{USUAL_ITEMS - 1}}})? "}}"'
        if objects_only:
            return objects
        return f"{objects} | {self._items(below, 0, USUAL_ITEMS)} | {simple}"

    def _characters(self, least: int, most: int) -> str:
        """Return the name of a rule for so many characters of a string.

        More than llama.cpp repeats become equal pieces, which can make the bound a character or two lower.
        """
        if most == 0:
            return ""
        name = f"chars-{least}-{most}"
        if name not in self.bodies:
            self._count(most)
            self.bodies[name] = " ".join(_characters(least, most))
        return name

    def _count(self, repeats: int) -> None:
        self._repeats += repeats
        if self._repeats > MOST_REPEATS:
            raise SchemaError(
                f"The JSON schema cannot be used: its different lengths are more than {MOST_REPEATS} together.",
                hint="Give strings and lists the same `maxLength` and `maxItems` where you can, or lower ones.",
            )


def _characters(least: int, most: int) -> Iterator[str]:
    """Yield GBNF for *least* to *most* characters, in pieces that llama.cpp repeats."""
    while least > LONGEST_REPEAT:
        yield f"char{{{LONGEST_REPEAT}}}"
        least, most = least - LONGEST_REPEAT, most - LONGEST_REPEAT
    pieces = -(-most // LONGEST_REPEAT)
    each = max(most // pieces, least) if pieces else 0
    pieces = most // each if each else 0
    more = ""
    for _ in range(pieces - 1):
        more = f"(char{{{each}}} {more})?" if more else f"(char{{{each}}})?"
    if more:
        yield more
    if each:
        yield f"char{{{least},{each}}}"


def _whole(least: int, most: int) -> str:
    """Return GBNF for the whole numbers from *least* to *most*."""
    ways = []
    if least < 0:
        ways += [f'"-" {way}' for way in _natural(max(1, -most), -least)]
    if most >= 0:
        ways += _natural(max(0, least), most)
    return " | ".join(ways)


def _natural(least: int, most: int) -> list[str]:
    """Return ways to write the numbers from *least* to *most*, neither below 0: some for each count of digits."""
    ways = []
    for digits in range(len(str(least)), len(str(most)) + 1):
        lowest = max(least, 10 ** (digits - 1) if digits > 1 else 0)
        highest = min(most, 10**digits - 1)
        ways += _between(str(lowest), str(highest))
    return ways


def _between(low: str, high: str) -> list[str]:
    """Return ways to write what lies between two numbers of the same count of digits, ends included."""
    if not low:
        return [""]
    rest = len(low) - 1
    lowest, highest = "0" * rest, "9" * rest
    first, last = low[0], high[0]
    if first == last:
        return [f'"{first}" {way}'.strip() for way in _between(low[1:], high[1:])]
    ways = []
    if low[1:] != lowest:
        ways += [f'"{first}" {way}'.strip() for way in _between(low[1:], highest)]
        first = chr(ord(first) + 1)
    after = []
    if high[1:] != highest:
        after = [f'"{last}" {way}'.strip() for way in _between(lowest, high[1:])]
        last = chr(ord(last) - 1)
    if first <= last:
        more = f" [0-9]{{{rest}}}" if rest else ""
        ways.append(f"[{first}-{last}]{more}")
    return ways + after


def _literal(text: str) -> str:
    """Return *text* as a GBNF literal."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
