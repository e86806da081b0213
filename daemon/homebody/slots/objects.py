"""The list slot with names in its ``of``: a few small objects, such as line items or things to do."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, Self

from pydantic import Field, field_validator

from homebody.errors import SlotError
from homebody.slots.grammar import object_rules
from homebody.slots.list import ListSlot
from homebody.slots.slot import Slot
from homebody.slots.span import Span
from homebody.strict_json import strict_loads

MOST_PARTS = 8
"""The most parts of one object: it is a line in a table, not a document of its own."""


class ObjectsSlot(Slot):
    """At most ``max`` objects, each with the parts in ``of``, which are slots themselves.

    Templates walk over them: ``{% for item in ask.items %}{{ item.what }}{% endfor %}``.
    """

    type: Literal["list"] = "list"
    of: Mapping[str, Slot] = Field(
        min_length=1, max_length=MOST_PARTS, description="The parts of each object, by their names."
    )
    max: int = Field(default=10, ge=1, le=50, description="The most objects that the list may have.")

    @field_validator("of")
    @classmethod
    def _small(cls, parts: Mapping[str, Slot]) -> Mapping[str, Slot]:
        if inner := next(
            (name for name, slot in parts.items() if isinstance(slot, ListSlot | ObjectsSlot)), None
        ):
            raise ValueError(f"`{inner}` is a list in a list: an object's parts are single values")
        return parts

    def instruction(self) -> str:
        """Return "list of at most N objects" and each part in words."""
        parts = "; ".join(
            f"{name}: {slot.instruction()}{', or null' if slot.optional else ''}"
            f"{f' ({slot.description.strip()})' if slot.description else ''}"
            for name, slot in self.of.items()
        )
        return f"list of at most {self.max} objects with {parts}"

    def rule(self) -> str:
        """Return a JSON array of zero to ``max`` objects, all in one expression.

        llama.cpp repeats no expression that is long: a grammar has ``rules`` instead.
        """
        keys = [f'{"{" if number == 0 else ","}\\"{name}\\":' for number, name in enumerate(self.of)]
        parts = " ".join(
            f'"{key}" ({slot.rule()}{slot.or_null()})'
            for key, slot in zip(keys, self.of.values(), strict=True)
        )
        return self._array(f'({parts} "}}")')

    def rules(self, name: str) -> list[str]:
        """Return the array, and a rule for its item and for each of that one's parts."""
        item = f"{name}-item"
        return [f"{name} ::= {self._array(item)}{self.or_null()}", *object_rules(item, name, self.of)]

    def _array(self, item: str) -> str:
        return f'"[" ({item} ("," {item}){{0,{self.max - 1}}})? "]"'

    def judge(self, value: Any, source: str) -> list[dict[str, Any]]:
        """Return the objects; raise SlotError for what is none, or has a part that its slot does not allow."""
        if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
            raise SlotError("is not a list of objects")
        if len(value) > self.max:
            raise SlotError(f"has {len(value)} objects, and at most {self.max} are allowed")
        return [self._item(number, item, source) for number, item in enumerate(value, start=1)]

    def _item(self, number: int, item: Mapping[str, Any], source: str) -> dict[str, Any]:
        if set(item) != set(self.of):
            raise SlotError(
                f"has an object {number} that does not have just these parts: {', '.join(self.of)}"
            )
        found = {}
        for name, slot in self.of.items():
            try:
                found[name] = slot.check(item[name], source)
            except SlotError as error:
                raise SlotError(f'has an object {number} whose "{name}" {error}') from error
        return found

    def spans(self, value: Any, source: str) -> Mapping[str, Span]:
        """Return where the parts stand that must appear."""
        return {
            f"[{number}].{name}{place}": span
            for number, item in enumerate(value)
            for name, slot in self.of.items()
            if item[name] is not None
            for place, span in slot.spans(item[name], source).items()
        }

    def by_hand(self, text: str) -> Any:
        """Return the list that *text* is, as JSON. Raises SlotError."""
        try:
            return strict_loads(text, exact=True)
        except ValueError as error:
            raise SlotError('is not a list of objects in JSON, as in [{"what": "call Ines"}]') from error

    def on(self, today: date) -> Self:
        """Return the slot with its parts as they are on the day *today*."""
        parts = {name: slot.on(today) for name, slot in self.of.items()}
        same = all(parts[name] is slot for name, slot in self.of.items())
        return self if same else self.model_copy(update={"of": parts})

    def long(self) -> dict[str, Any]:
        """Return the long form, that of each part in it."""
        said = {key: value for key, value in super().long().items() if key not in ("type", "of")}
        return {"type": "list", "of": {name: slot.long() for name, slot in self.of.items()}, **said}

    def longest(self) -> int:
        """Return the length of a full list of the longest objects."""
        item = sum(len(name) + 4 + slot.longest() for name, slot in self.of.items())
        return 2 + self.max * (item + 3)
