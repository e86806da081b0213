"""A long text whose parts are asked about by themselves, their answers put together: nothing lost, nothing twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.errors import SlotError
from homebody.house.asker import Asked, ask_about
from homebody.house.joining import joined
from homebody.recipe.schema import Ask
from homebody.slots import ListSlot, Slot, TextSlot
from homebody.testing import FakeModel

TEXT = {"copy": TextSlot(max=300, lines="many")}
NAMES = {"names": ListSlot(max=4, must_appear=True, optional=True)}

WORDS = st.lists(st.sampled_from(["Ann", "Bob", "roof", "rain", "and"]), min_size=1, max_size=400)


class Copyist(FakeModel):
    """Answers with the part itself, or with the names in it."""

    def __init__(self, slots: dict[str, Slot], context: int = 700) -> None:
        super().__init__(context=context)
        (self.slot,) = slots
        self.answers = [self.said]

    def said(self, messages) -> dict[str, object]:
        """Return the answer about the part that is shown."""
        (part,) = [part.text for message in messages for part in message.parts if part.data]
        names = [name for name in ("Ann", "Bob", "Cid") if name in part]
        return {"copy": part.strip()} if self.slot == "copy" else {"names": names or None}


def ask(model: FakeModel, slots: dict[str, Slot], text: str) -> Asked:
    """Ask about *text*, its parts joined."""
    asked = Ask.model_construct(prompt="Do it.", language="same", output=slots)
    return ask_about(model, asked, text, overflow="join", tell=lambda *_, **__: None)


@given(WORDS)
def test_every_part_is_in_the_answer(words: list[str]):
    """A model that copies its part gives the whole text again, however many parts there are; all of it was read."""
    sentences = [f"{' '.join(words[place : place + 7])}." for place in range(0, len(words), 7)]
    text = " ".join(sentences)
    found = ask(Copyist(TEXT), TEXT, text)

    assert text.split() == found.values["copy"].split()
    assert found.tokens_total == found.tokens_read
    assert len(found.said) == len(found.calls)


def test_a_part_leaves_room_for_an_answer_longer_than_itself():
    """Where the answer is the smaller room, the text is cut for it: no part is longer than two thirds of `max`."""
    model = Copyist(TEXT, context=8000)
    found = ask(model, TEXT, "The roof leaks. " * 100)

    parts = [
        part.text for messages in model.asked for message in messages for part in message.parts if part.data
    ]
    assert len(parts) > 5
    assert max(map(len, parts)) <= 200
    assert "join" == found.overflow


def test_names_of_all_parts_stand_once_in_their_order():
    """A list holds what any part named, once, also when that is more than one part may name."""
    found = ask(Copyist(NAMES), NAMES, "Bob came. " + "It rained. " * 400 + "Ann and Bob left.")

    assert {"names": ["Bob", "Ann"]} == dict(found.values)
    assert len(found.calls) > 1


def test_nothing_named_is_nothing():
    """Where no part has anything, an optional slot is empty."""
    assert {"names": None} == dict(ask(Copyist(NAMES), NAMES, "It rained. " * 400).values)


def test_an_answer_that_was_cut_is_no_answer():
    """A text that fills its slot to the last letter may stop in the middle of a word: it fails, and says so."""
    model = FakeModel(answers=[{"copy": "x" * 300}])
    with pytest.raises(SlotError, match=r"fills its 300 characters and may stop in the middle"):
        ask(model, TEXT, "The roof leaks.")


@given(st.lists(st.lists(st.sampled_from(["Ann", "ann", "Bob", "Cid"]), max_size=4), min_size=1, max_size=6))
def test_lists_are_united(lists: list[list[str]]):
    """Each item once, but for upper and lower case, as it was first written, in the order of the first mention."""
    found = joined([{"names": one} for one in lists], NAMES)["names"] or []

    everything = [item for one in lists for item in one]
    assert [item.casefold() for item in dict.fromkeys(map(str.casefold, everything))] == [
        item.casefold() for item in found
    ]
    assert set(found) <= set(everything)
