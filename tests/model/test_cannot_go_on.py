"""A process that says that it cannot go on, and one that dies of a text before it is asked about it."""

import sys
from pathlib import Path

import pytest

from homebody.clock import SystemClock
from homebody.errors import ModelKilledByPromptError
from homebody.model.client import ModelClient

CHILDREN = Path(__file__).parent / "children"


def child(name: str, *arguments: str) -> list[str]:
    """Return the command that runs one of the children."""
    return [sys.executable, "-I", str(CHILDREN / name), *arguments]


def test_a_text_that_cannot_even_be_counted(random_model: Path) -> None:
    """What kills the process while it is only counted is set aside just so."""
    client = ModelClient(random_model, clock=SystemClock(), command=child("dies_of_poison.py"))

    with pytest.raises(ModelKilledByPromptError):
        client.count(["poison"])

    assert [1] == client.count(["x"])
    client.stop()


def test_a_process_that_says_that_it_cannot_go_on(random_model: Path) -> None:
    """A process that reports that its GPU lost its way, or ends with such a line, is a death whose words are shown."""
    for how in ("says", "ends"):
        client = ModelClient(random_model, clock=SystemClock(), command=child("gives_up.py", how))
        with pytest.raises(ModelKilledByPromptError, match=r"GPU reported an error \(-3\)"):
            client.count(["x"])
        client.stop()
