"""How do the answers about the parts of a long text become one: texts one after the other, lists united?

For what must not be summarised first: a translation, or the names that stand in a text.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from homebody.errors import SlotError
from homebody.slots import ListSlot, Slot, TextSlot

UNBOUNDED = 10**9
"""What `max` is for answers that were joined: it holds for those about one part."""

LONGER = 3, 2
"""A text about a part may be longer than the part by so much: German is longer than English, by a third."""


def part_characters(slots: Mapping[str, Slot]) -> int:
    """Return how long a part may be so that an answer as long as it, and some more, has room in every text slot."""
    more, part = LONGER
    return min(
        (slot.max * part // more for slot in slots.values() if isinstance(slot, TextSlot)), default=UNBOUNDED
    )


def check_whole(values: Mapping[str, Any], slots: Mapping[str, Slot]) -> None:
    """Raise SlotError when a text fills its slot to the last letter: then it may have been cut in the middle."""
    for name, slot in slots.items():
        value = values.get(name)
        if isinstance(slot, TextSlot) and value is not None and len(value) >= slot.max:
            raise SlotError(
                f'"{name}" fills its {slot.max} characters and may stop in the middle. '
                "Raise its `max`, or choose another `overflow` than join."
            )


def joined(answers: Sequence[Mapping[str, Any]], slots: Mapping[str, Slot]) -> dict[str, Any]:
    """Return the answers about all parts as one: texts as paragraphs, in their order; of lists each item once."""
    found: dict[str, Any] = {}
    for name, slot in slots.items():
        values = [answer[name] for answer in answers if answer.get(name)]
        if isinstance(slot, ListSlot):
            items: dict[str, str] = {}
            for item in (item for value in values for item in value):
                items.setdefault(item.casefold(), item)
            found[name] = list(items.values()) or (None if slot.optional else [])
        elif values:
            found[name] = (
                "\n\n".join(values) if isinstance(slot, TextSlot) else [i for v in values for i in v]
            )
        else:
            found[name] = None if slot.optional else answers[0].get(name)
    return found


def unbounded(slots: Mapping[str, Slot]) -> dict[str, Slot]:
    """Return *slots* as they hold for joined answers."""
    return {
        name: slot.model_copy(update={"max": UNBOUNDED}) if hasattr(slot, "max") else slot
        for name, slot in slots.items()
    }
