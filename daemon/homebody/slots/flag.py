"""The flag slot: yes or no."""

from typing import Any, Literal

from homebody.errors import SlotError
from homebody.slots.slot import Slot

_WORDS = {"true": True, "yes": True, "y": True, "false": False, "no": False, "n": False}


class FlagSlot(Slot):
    """True or false."""

    type: Literal["flag"] = "flag"

    def instruction(self) -> str:
        """Return "true for yes, false for no"."""
        return "true for yes, false for no"

    def rule(self) -> str:
        """Return the two words of JSON."""
        return '("true" | "false")'

    def judge(self, value: Any, source: str) -> bool:  # noqa: ARG002 - that it is meant so stands nowhere as such
        """Return the flag; raise SlotError for what is none: a text that says "true" is no flag."""
        if not isinstance(value, bool):
            raise SlotError("is neither true nor false")
        return value

    def by_hand(self, text: str) -> bool:
        """Return what yes, no, true or false mean. Raises SlotError."""
        try:
            return _WORDS[text.strip().casefold()]
        except KeyError as error:
            raise SlotError("is neither yes nor no") from error

    def longest(self) -> int:
        """Return the length of "false"."""
        return 5
