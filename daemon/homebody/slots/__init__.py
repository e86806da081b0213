"""The kinds of slot. Adding one is adding a file and a line in ``ALL``."""

from homebody.slots.choice import ChoiceSlot
from homebody.slots.date import DateSlot
from homebody.slots.flag import FlagSlot
from homebody.slots.list import ListSlot
from homebody.slots.money import MoneySlot
from homebody.slots.number import NumberSlot
from homebody.slots.objects import ObjectsSlot
from homebody.slots.slot import Slot
from homebody.slots.text import TextSlot

ALL: tuple[type[Slot], ...] = (
    TextSlot,
    ChoiceSlot,
    ListSlot,
    ObjectsSlot,
    DateSlot,
    NumberSlot,
    MoneySlot,
    FlagSlot,
)

__all__ = [
    "ALL",
    "ChoiceSlot",
    "DateSlot",
    "FlagSlot",
    "ListSlot",
    "MoneySlot",
    "NumberSlot",
    "ObjectsSlot",
    "Slot",
    "TextSlot",
]
