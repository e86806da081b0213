"""Is nothing lost, repeated or left half, however often homebody is killed?"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

KILL = Path(__file__).with_name("kill.py")


def kill(*arguments: str) -> dict[str, Any]:
    """Return what ``kill.py`` found."""
    command = [sys.executable, str(KILL), "--json", *arguments]
    child = subprocess.run(command, capture_output=True, text=True, check=False)
    assert child.stdout, child.stderr
    found: dict[str, Any] = json.loads(child.stdout.splitlines()[-1])
    return found


def wrong(found: dict[str, Any]) -> dict[str, int]:
    """Return the counts that must be nought."""
    return {name: found[name] for name in ("lost", "repeated", "partial", "not_undoable")}


NOTHING = {"lost": 0, "repeated": 0, "partial": 0, "not_undoable": 0}


def test_twenty_kills_lose_repeat_and_halve_nothing() -> None:
    """Every file ends as it would have without them, and every run is taken back byte for byte."""
    found = kill("--kills", "20", "--files", "12")
    assert NOTHING == wrong(found), found
    assert found["kills"] >= 20


@pytest.mark.long
def test_five_hundred_kills_lose_repeat_and_halve_nothing() -> None:
    """The same over two hundred files."""
    found = kill("--kills", "500", "--files", "200")
    assert NOTHING == wrong(found), found
    assert found["kills"] >= 500
