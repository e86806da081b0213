"""Where in the document does that stand which must appear there?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from homebody.slots.slot import Slot

LONGEST = 160
"""The most characters that are quoted: enough to find the place, and no copy of the document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What proves a value: the ``slot`` and the place in it, the line (from 1), and the words that stand there."""

    slot: str
    line: int
    quote: str


def evidence(slots: Mapping[str, Slot], values: Mapping[str, Any], source: str) -> list[Evidence]:
    """Return the evidence of every value in *values*, as ``check`` returned them, that must appear in *source*.

    A value that a person filled in need not stand there, and has none then.
    """
    return [
        Evidence(
            slot=f"{name}{place}",
            line=source.count("\n", 0, span.start) + 1,
            quote=" ".join(source[span.start : span.end].split())[:LONGEST],
        )
        for name, slot in slots.items()
        if values.get(name) is not None
        for place, span in slot.spans(values[name], source).items()
    ]
