"""Is the model's answer what the recipe asked for?"""

from collections.abc import Mapping
from typing import Any

from homebody.errors import SlotError
from homebody.slots.slot import Slot
from homebody.strict_json import strict_loads


def check(text: str, slots: Mapping[str, Slot], source: str) -> dict[str, Any]:
    """Return the slots' values, in the recipe's order, as its templates get them.

    *source* is the text that the answer is about. Raises SlotError for everything that the recipe does not
    allow; its message says what is wrong with each slot, in words that the model can use to repair it.
    """
    values, complaints, _ = _checked(text, slots, source)
    if complaints:
        raise SlotError("The answer is wrong: " + " ".join(complaints[:8]))
    return values


def check_last(text: str, slots: Mapping[str, Slot], source: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the values of an answer after which nobody is asked again, and the names of those that were left empty.

    A wrong value of a slot that may stay empty is none: it is left empty. Raises SlotError for anything else.
    """
    values, complaints, wrong = _checked(text, slots, source)
    empty = tuple(name for name in wrong if slots[name].optional)
    if len(empty) < len(complaints):
        raise SlotError("The answer is wrong: " + " ".join(complaints[:8]))
    return {name: values.get(name) for name in slots}, empty


def _checked(
    text: str, slots: Mapping[str, Slot], source: str
) -> tuple[dict[str, Any], list[str], list[str]]:
    """Return the values that are right, everything that is wrong in words, and the slots whose value is wrong."""
    answer = _parsed(text)
    wrong = []
    complaints = [f'"{name}" is missing.' for name in slots if name not in answer]
    complaints += [f'"{_shown(name)}" was not asked for.' for name in answer if name not in slots]
    values: dict[str, Any] = {}
    for name, slot in slots.items():
        if name not in answer:
            continue
        try:
            values[name] = slot.check(answer[name], source)
        except SlotError as error:
            complaints.append(f'"{name}" {error}.')
            wrong.append(name)
    return values, complaints, wrong


def _parsed(text: str) -> dict[str, Any]:
    """Return the JSON object that *text* is, strictly: nothing around it, no key twice, no NaN."""
    try:
        answer = strict_loads(text, exact=True)
    except ValueError as error:
        raise SlotError("The answer is not one JSON object.") from error
    if not isinstance(answer, dict):
        raise SlotError("The answer is not one JSON object.")
    return answer


def _shown(name: str) -> str:
    """Return a key that the model made up, short and printable."""
    return "".join(c for c in name if c.isprintable())[:40]
