"""The README's recipes do what it says: each is run, with a file that it takes and an answer that its slots allow."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from homebody.house.due import enqueuer
from homebody.journal.run import RunState
from homebody.recipe.load import load_recipe
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

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
BLOCKS = [
    block
    for block in re.findall(r"^```yaml\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)
    if {"triggers", "use"} & yaml.safe_load(block).keys()
]
TEXT = "Miller sent a bill on 2026-02-03 for 120.00 EUR. The invoice is about 3 pieces of the roof.\n"


SAID: Mapping[type[Slot], Any] = {
    TextSlot: "Miller", DateSlot: "2026-02-03", NumberSlot: 3, FlagSlot: False,
    MoneySlot: {"amount": 120.00, "currency": "EUR"},
}  # fmt: skip


def answer_for(slot: Slot) -> Any:
    """Return what a model could answer, standing in TEXT where it must."""
    match slot:
        case ChoiceSlot():
            return slot.of[0]
        case ObjectsSlot():
            return [{name: answer_for(part) for name, part in slot.of.items()}]
        case ListSlot():
            return slot.of[:1] if slot.of else ["Miller"]
    return SAID[type(slot)]


def answers(recipe: Any) -> list[Mapping[str, Any]]:
    """Return an answer for each ask."""
    return [{name: answer_for(slot) for name, slot in ask.output.items()} for ask in recipe.ask] or [{}]


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: yaml.safe_load(block)["name"])
def test_a_recipe_of_the_readme_runs(room, monkeypatch: pytest.MonkeyPatch, block: str) -> None:
    """It is done, or waits for a person where it says so; what it changes is there."""
    monkeypatch.setenv("HOME", str(room.folder))
    path = room.folder / "recipe.yaml"
    path.write_text(block, encoding="utf-8")
    recipe = load_recipe(path)
    for folder in recipe.permissions().reads:
        folder.mkdir(parents=True, exist_ok=True)
    room.recipes[recipe.name] = recipe
    room.model.answers = answers(recipe)
    room.intake.rescan()
    folder = recipe.permissions().reads[0]
    suffix = next((one.extensions[0] for one in recipe.filters if one.kind == "extension"), "md").lstrip(".")
    (folder / f"invoice 7.{suffix}").write_text(TEXT)
    if recipe.watched:
        room.intake.rescan()
        room.intake.tick()
        room.clock.advance(400 * 24 * 3600)
        room.intake.rescan()
        room.intake.tick()
    else:
        enqueuer(room.journal, room.recipes, room.wake)(recipe.name, room.clock.now())
    ((run, _),) = room.work()

    assert run.state in (RunState.DONE, RunState.WAITING), run.reason
    assert (run.state is RunState.WAITING) == (recipe.approve is not None)
    assert room.journal.effects(run.id) or run.state is RunState.WAITING


def test_there_are_some() -> None:
    """The blocks are found."""
    assert len(BLOCKS) >= 6
