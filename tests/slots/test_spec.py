"""Slots as somebody types them in one line."""

import re

import pytest

from homebody.errors import UsageError
from homebody.slots import ALL, ChoiceSlot, ListSlot, TextSlot
from homebody.slots.spec import MOST, read_slots


def test_a_line_names_slots_in_its_order():
    """A name alone is text; words for a choice or a list stand in brackets, commas within them count as theirs."""
    slots = read_slots(
        "vendor, kind:choice(invoice| note, or so) ,tags : list(house|travel)?,free:list, when?"
    )

    assert ["vendor", "kind", "tags", "free", "when"] == list(slots)
    assert isinstance(slots["vendor"], TextSlot)
    assert slots["kind"] == ChoiceSlot(of=["invoice", "note, or so"])
    assert slots["tags"] == ListSlot(of=["house", "travel"], optional=True)
    assert slots["free"] == ListSlot()
    assert slots["when"] == TextSlot(optional=True)


@pytest.mark.parametrize("kind", [str(one.model_fields["type"].default) for one in ALL])
def test_every_kind_can_be_named(kind: str):
    """Each kind of slot that a recipe knows can be asked for, those that need words with words."""
    words = "(a|b)" if kind in ("choice", "list") else ""
    assert kind == read_slots(f"it:{kind}{words}")["it"].type  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", '"" is no slot'),
        ("vendor,,kind", '"" is no slot'),
        ("Vendor", '"Vendor" is no slot'),
        ("a:choice(x|y", '"a:choice(x|y" is no slot'),
        ("a, a", "The slot a is named twice"),
        ("total:gold", "there is no kind gold. There are: text, choice, list"),
        ("a:text(30)", "a slot of kind text takes no words in brackets"),
        ("kind:choice", "it needs its words in brackets"),
        ("kind:choice(one)", "cannot be asked for"),
        ("kind:choice(a|a)", "a choice is named twice"),
        (",".join(f"n{number}" for number in range(MOST + 1)), "at most 20"),
    ],
)
def test_what_is_no_slot_is_named(line: str, words: str):
    """Whatever is wrong is said with the entry itself and what there is."""
    with pytest.raises(UsageError, match=re.escape(words)):
        read_slots(line)
