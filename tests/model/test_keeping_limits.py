"""What the process hands over to be kept is judged: its words, and how much it is."""

import base64
import threading
from pathlib import Path

import pytest

from homebody.clock import SystemClock
from homebody.model.keeping import Prefixes, kept_in


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """The folder for what is kept, which is not there yet."""
    return tmp_path / "prefixes"


def test_words_that_make_no_sense_are_dropped(kept: Path, tmp_path: Path) -> None:
    """Whatever a process says of beginnings, nothing is written outside the folder and nothing raised."""
    prefixes = Prefixes(kept, clock=SystemClock())
    hear = prefixes.listener("a" * 32)
    state = base64.b64encode(b"state").decode()
    sound = {"kind": "pool-512-k1-v1", "tokens": [1, 2, 3], "state": state}
    nonsense = [
        None, [], 7, {}, {**sound, "kind": "../../x"}, {**sound, "kind": None}, {**sound, "tokens": "abc"},
        {**sound, "tokens": []}, {**sound, "tokens": [-1]}, {**sound, "tokens": [1 << 40]}, {**sound, "state": "%"},
        {**sound, "state": ""}, {**sound, "tokens": [1] * 70_000},
    ]  # fmt: skip
    for found in nonsense:
        hear({"keep": found})
        hear({"used": found})
        prefixes.settle()
    hear({})
    prefixes.settle()
    assert [] == list(tmp_path.rglob("*"))

    hear({"keep": sound})
    prefixes.settle()
    assert 1 == kept_in(kept)[0]


def test_one_process_cannot_fill_the_disk_with_files(kept: Path) -> None:
    """What a process says beyond a number of messages is not heard, and of what comes at once only the first."""
    prefixes = Prefixes(kept, clock=SystemClock())
    hear, busy = prefixes.listener("a" * 32), threading.Event()

    def say(number: int) -> None:
        hear({"keep": {"kind": "pool-512-k1-v1", "tokens": [number], "state": "AAAA"}})

    prefixes._soon(busy.wait)
    for number in range(20):
        say(number)
    busy.set()
    prefixes.settle()
    assert 4 == kept_in(kept)[0]

    for number in range(100):
        say(number)
        prefixes.settle()
    assert 44 == kept_in(kept)[0], "64 messages, the first 20 of them at once"
