"""The kinds of slot. Adding one is adding a file and a line in ``ALL``."""

from typing import Annotated

from pydantic import Field

from homebody.slots.choice import ChoiceSlot
from homebody.slots.list import ListSlot
from homebody.slots.slot import Slot
from homebody.slots.text import TextSlot

ALL: tuple[type[Slot], ...] = (TextSlot, ChoiceSlot, ListSlot)

AnySlot = Annotated[TextSlot | ChoiceSlot | ListSlot, Field(discriminator="type")]

__all__ = ["ALL", "AnySlot", "ChoiceSlot", "ListSlot", "Slot", "TextSlot"]
