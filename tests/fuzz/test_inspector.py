"""Mutated model files through all that looks at them: what it says, what it would take, how it is shown."""

import json
import random
import sys
import time
from pathlib import Path

import pytest

HERE = Path(__file__).parents[1] / "engine"
sys.path.append(str(HERE)) if str(HERE) not in sys.path else None

from random_model import write_model, write_recurrent  # noqa: E402 - found by the line above

from homebody.cli.model_inspect import inspect_lines  # noqa: E402
from homebody.errors import ModelFileError  # noqa: E402
from homebody.model.computer import Memory  # noqa: E402
from homebody.model.fit import fitted  # noqa: E402
from homebody.model.portrait import portrait  # noqa: E402

SOME = (0, 255)


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Return *data* with a few bytes of its header changed, taken away or put in, and sometimes cut."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        place = chance.randrange(chance.choice((64, 2000, 12_000)))
        length = chance.randint(1, 9)
        new = bytes(chance.choice((*SOME, chance.randrange(256))) for _ in range(length))
        changed[place : place + length] = new if chance.random() < 0.8 else b""
    return bytes(changed[: chance.randrange(len(changed))] if chance.random() < 0.1 else changed)


@pytest.mark.parametrize("count", [1_000, pytest.param(50_000, marks=pytest.mark.long)])
def test_mutated_files_are_described_or_refused(count: int, tmp_path: Path) -> None:
    """Nothing but a ModelFileError comes of them, each is looked at in a blink, and some of both come."""
    path = tmp_path / "model.gguf"
    seeds = [write(path).read_bytes() for write in (write_model, write_recurrent)]
    chance = random.Random(count)
    described = refused = 0
    longest = 0.0
    for _ in range(count):
        path.write_bytes(mutated(chance.choice(seeds), chance))
        began = time.process_time()
        try:
            found = portrait(path)
            assert fitted(found.info, Memory(total=10**10, free=10**10)).need.total > 0
            shown = found.to_dict()
            assert json.dumps(shown)
            assert all(line.isprintable() for line in inspect_lines(shown))
            described += 1
        except ModelFileError as error:
            assert str(path) in str(error)  # noqa: PT017 - both outcomes are right
            refused += 1
        longest = max(longest, time.process_time() - began)
    assert min(described, refused) > count / 100
    assert longest < 1
