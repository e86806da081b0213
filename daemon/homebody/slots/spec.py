"""Which slots does a line name, as somebody types them: `vendor, due:date?, kind:choice(invoice|note)`?"""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from homebody.errors import UsageError
from homebody.slots import ALL, Slot

MOST = 20
"""Slots that one line may name, as in a recipe."""

HINT = "As in: vendor, due:date?, kind:choice(invoice|note), tags:list(house|travel|work)"

_COMMA = re.compile(r",(?![^()]*\))")
_SLOT = re.compile(r"([a-z][a-z0-9_]{0,39})\s*(?::\s*([a-z_]+)\s*(?:\(([^()]*)\))?)?\s*(\?)?")


def read_slots(line: str) -> Mapping[str, Slot]:
    """Return the slots that *line* names, in its order; one without a kind is text, one with a ? may be null.

    Raises UsageError for what is no slot, naming it, and the kinds that there are.
    """
    slots: dict[str, Slot] = {}
    for one in _COMMA.split(line):
        entry = one.strip()
        found = _SLOT.fullmatch(entry)
        if found is None:
            raise UsageError(
                f"{_quoted(entry)} is no slot: a name in lower-case letters, digits and _, and a kind.",
                hint=HINT,
            )
        name, kind, words, optional = found.groups()
        if name in slots:
            raise UsageError(f"The slot {name} is named twice.")
        slots[name] = _slot(entry, kind or "text", words, optional=optional is not None)
    if len(slots) > MOST:
        raise UsageError(f"There are {len(slots)} slots, and at most {MOST} can be asked for at once.")
    return slots


def _slot(entry: str, kind: str, words: str | None, *, optional: bool) -> Slot:
    kinds: dict[str, type[Slot]] = {}
    for one in ALL:
        kinds.setdefault(str(one.model_fields["type"].default), one)
    if kind not in kinds:
        raise UsageError(
            f"{_quoted(entry)}: there is no kind {kind}. There are: {', '.join(kinds)}.", hint=HINT
        )
    if words is not None and "of" not in kinds[kind].model_fields:
        raise UsageError(f"{_quoted(entry)}: a slot of kind {kind} takes no words in brackets.", hint=HINT)
    fields: dict[str, Any] = {"optional": optional}
    if words is not None:
        fields["of"] = [word.strip() for word in words.split("|")]
    try:
        return kinds[kind].model_validate(fields)
    except ValidationError as error:
        wrong = error.errors()[0]
        why = "it needs its words in brackets" if wrong["type"] == "missing" else wrong["msg"]
        raise UsageError(f"{_quoted(entry)} cannot be asked for: {why}.", hint=HINT) from error


def _quoted(entry: str) -> str:
    return f'"{entry[:60]}"'
