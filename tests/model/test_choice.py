"""What a person chose reaches the model process, and is remembered apart from what was found without it."""

import json
from pathlib import Path

import pytest

from homebody.clock import SystemClock
from homebody.model.choice import Choice
from homebody.model.client import ModelClient


def test_choices_reach_the_process_and_are_remembered_apart(random_model: Path, tmp_path: Path) -> None:
    """Context, threads and layers on the GPU are those that were chosen; each share of the GPU has its own memory."""
    memory = tmp_path / "models.json"
    for layers in (None, 0):
        choice = Choice(context=1024, threads=1, gpu_layers=layers)
        client = ModelClient(random_model, clock=SystemClock(), choice=choice, memory=memory)
        ready = client.start()
        client.stop()
        assert (1024, 1) == (ready.context, ready.settings["threads"])
        assert (-1 if layers is None else 0) == ready.settings["gpu_layers"]
    keys = list(json.loads(memory.read_text()))
    assert [False, True] == [":gpu0:" in key for key in keys]


@pytest.mark.parametrize(
    ("choice", "variant"),
    [
        (Choice(), ""),
        (Choice(context=1, threads=2, pin="a", force=True), ""),
        (Choice(gpu_layers=20, kv="q8_0"), ":gpu20:q8_0"),
    ],
)
def test_what_tells_measurements_apart(choice: Choice, variant: str) -> None:
    """Only what changes how fast or how safe a step is."""
    assert variant == choice.variant
