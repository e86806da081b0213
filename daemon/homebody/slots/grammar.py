"""Which answers may the model give: a grammar for the compact JSON object of a recipe's slots."""

import json
from collections.abc import Mapping

from homebody.slots.slot import Slot


def grammar(slots: Mapping[str, Slot]) -> str:
    """Return GBNF whose root is one JSON object: the slots in order, no white space, null for empty optional ones.

    Every text and list in it has a maximum, so no answer can go on without end. Names become rules
    ``slot-0``, ``slot-1`` and so on.
    """
    return "\n".join(object_rules("root", "slot", slots)) + "\n"


def object_rules(name: str, part: str, slots: Mapping[str, Slot]) -> list[str]:
    """Return the lines of GBNF that make the rule *name*, an object of *slots*, and their rules *part*-0 and so on."""
    keys = [_literal(f"{'{' if number == 0 else ','}{json.dumps(key)}:") for number, key in enumerate(slots)]
    parts = " ".join(f"{key} {part}-{number}" for number, key in enumerate(keys))
    lines = [f'{name} ::= {parts} "}}"']
    for number, slot in enumerate(slots.values()):
        lines += slot.rules(f"{part}-{number}")
    return lines


def _literal(text: str) -> str:
    """Return *text* as a GBNF literal."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
