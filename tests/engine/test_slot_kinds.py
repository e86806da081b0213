"""A real model process with random weights, which knows nothing, still fills every kind of slot."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from homebody.clock import SystemClock
from homebody.errors import SlotError
from homebody.messages import Message, Part
from homebody.model.client import ModelClient
from homebody.sampling import Sampling
from homebody.slots import (
    ChoiceSlot,
    DateSlot,
    FlagSlot,
    ListSlot,
    MoneySlot,
    NumberSlot,
    ObjectsSlot,
    Slot,
    TextSlot,
)
from homebody.slots.check import check
from homebody.slots.grammar import grammar
from homebody.slots.prompt import build

SLOTS: dict[str, Slot] = {
    "day": DateSlot(not_before=date(2020, 1, 1)),
    "due": DateSlot(optional=True),
    "rating": NumberSlot(min=1, max=5),
    "weight": NumberSlot(decimals=3, min=-2, unit="kg"),
    "total": MoneySlot(),
    "paid": FlagSlot(),
    "words": ListSlot(max=2, max_length=12),
    "todo": ObjectsSlot(
        of={
            "what": TextSlot(max=12),
            "kind": ChoiceSlot(of=["a", "b"]),
            "by": DateSlot(optional=True),
            "cost": MoneySlot(),
        },
        max=2,
    ),
}


@pytest.fixture(scope="module")
def model(random_model: Path) -> Iterator[ModelClient]:
    """A started model."""
    client = ModelClient(random_model, clock=SystemClock())
    client.start()
    yield client
    client.stop()


@pytest.mark.parametrize("seed", [None, 1, 2, 3, 4, 5])
def test_every_answer_is_json_of_the_wanted_shape(model: ModelClient, seed: int | None) -> None:
    """Greedy or drawn: the answer ends by itself, and the check takes it or says why not."""
    sampling = Sampling() if seed is None else Sampling(temperature=1.5, seed=seed)
    messages = build("Fill the slots.", SLOTS, f"Bill {seed} of March 3rd, 2026: 12.50 EUR.")
    answer = model.generate(messages, grammar=grammar(SLOTS), max_tokens=1000, sampling=sampling)
    assert "end" == answer.stop
    values: dict[str, Any] = json.loads(answer.text)
    assert list(SLOTS) == list(values)
    assert 1 <= values["rating"] <= 5
    assert values["paid"] in (True, False)
    assert ["currency", "amount"] == list(values["total"])
    try:
        found = check(answer.text, SLOTS, "")
    except SlotError as error:
        reasons = ("calendar", "is before", "is less than", "has 1", "is empty")
        assert any(reason in str(error) for reason in reasons), error  # noqa: PT017 - both outcomes are right
    else:
        assert found["day"] >= date(2020, 1, 1)


def test_the_messages_reach_the_model_whole(model: ModelClient) -> None:
    """The words for the new kinds are plain text to the chat template."""
    messages = build("Fill the slots.", SLOTS, "A bill.")
    assert model.prompt_tokens(messages) > model.prompt_tokens(
        (Message(role="user", parts=(Part(text="A bill."),)),)
    )
