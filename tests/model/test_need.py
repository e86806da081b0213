"""The memory sum, held against what real model processes of many shapes really take."""

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.append(str(HERE)) if str(HERE) not in sys.path else None

from random_model import write_recurrent  # noqa: E402
from shaped_model import KINDS, Shape, write_shaped  # noqa: E402 - found by the lines above

from homebody.clock import SystemClock  # noqa: E402
from homebody.messages import Message, Part  # noqa: E402
from homebody.model.choice import Choice  # noqa: E402
from homebody.model.client import ModelClient  # noqa: E402
from homebody.model.computer import peak_of  # noqa: E402
from homebody.model.gguf import inspect  # noqa: E402

BASE = Shape()
WIDE = replace(BASE, width=1024, heads=16, hidden=4096)
Q4 = replace(WIDE, kind=KINDS.Q4_0, kv_heads=4, layers=8)
SHAPES = {
    "many heads": (BASE, Choice(context=4096)),
    "grouped heads": (replace(BASE, kv_heads=2), Choice(context=2048)),
    "a large vocabulary": (replace(BASE, vocabulary=64_000), Choice(context=1024)),
    "wide": (replace(WIDE, kv_heads=16, layers=4), Choice(context=2048)),
    "repacked": (Q4, Choice(context=2048)),
    "repacked and small": (replace(Q4, width=512, heads=8, hidden=2048), Choice(context=1024)),
    "repacked and tied": (replace(Q4, tied=True, vocabulary=64_000), Choice(context=4096)),
    "16 bits": (replace(BASE, kind=KINDS.F16), Choice(context=4096)),
    "32 bits": (replace(BASE, kind=KINDS.F32), Choice(context=4096)),
    "tied": (replace(BASE, tied=True, vocabulary=32_000), Choice(context=4096)),
    "sliding window": (
        replace(BASE, architecture="gemma3", window=512, tied=True, head_length=64), Choice(context=4096),
    ),
    "keys and values in 8 bits": (BASE, Choice(context=8192, kv="q8_0")),
    "a long context": (replace(BASE, kv_heads=4, context=32_768, layers=4), Choice(context=32_768)),
    "lanes only": (BASE, Choice(context=512)),
    "deep": (replace(BASE, layers=24), Choice(context=2048)),
    "experts": (replace(BASE, experts=8, used=2), Choice(context=2048)),
    "many small experts": (replace(BASE, experts=16, used=4, hidden=768), Choice(context=2048)),
    "convolutions": (replace(BASE, architecture="lfm2", conv=3, tied=True, kv_heads=4), Choice(context=2048)),
    "long heads": (replace(BASE, heads=16, kv_heads=4, head_length=128), Choice(context=4096)),
}  # fmt: skip
EVERY_DAY = ("grouped heads", "repacked and small")
"""The others take up to a minute each."""


def asked(client: ModelClient, tokens: int, answer: int) -> None:
    """Let the model read a prompt of about so many tokens, and write."""
    words = "w1 w2 w3 w4 w5 w6 w7 w8 w9 w10"
    (count,) = client.count([words])
    message = Message(role="user", parts=(Part(text=" ".join([words] * (tokens // count))),))
    client.generate((message,), grammar=None, max_tokens=answer)


def peak_and_estimate(path: Path, choice: Choice) -> tuple[int, int]:
    """Return the most that a model process held over a long run and sixteen short ones, and what was reckoned."""
    client = ModelClient(path, clock=SystemClock(), choice=choice)
    try:
        ready = client.start()
        asked(client, ready.context - 300, 20)
        with ThreadPoolExecutor(16) as pool:
            list(pool.map(lambda _: asked(client, min(600, ready.context - 300), 30), range(16)))
        peak = peak_of(ready.pid)
        assert peak is not None
        assert ready.fitted is not None
        assert () == ready.fitted.shrunk
        return peak, ready.fitted.need.total
    finally:
        client.stop()


@pytest.mark.parametrize(
    "name", [name if name in EVERY_DAY else pytest.param(name, marks=pytest.mark.long) for name in SHAPES]
)
def test_the_sum_is_what_the_process_takes(name: str, tmp_path: Path) -> None:
    """Within 8 % of the measured peak, and never more than 3 % below it."""
    shape, choice = SHAPES[name]
    peak, reckoned = peak_and_estimate(write_shaped(tmp_path / "shaped.gguf", shape), choice)

    assert 0.97 <= reckoned / peak <= 1.08, f"{reckoned / 1e6:.1f} MB reckoned, {peak / 1e6:.1f} MB taken"


def test_a_recurrent_model_has_states_and_no_keys(tmp_path: Path) -> None:
    """Its memory does not grow with the context; what it takes is reckoned, and not too low."""
    path = write_recurrent(tmp_path / "recurrent.gguf")
    shape = inspect(path).shape
    assert (0, 0, 0, 2) == (shape.keys, shape.values, shape.attending, shape.recurrent)
    assert 2 * 4 * (3 * 128 + 128 * 8) == shape.state_bytes
    peak, reckoned = peak_and_estimate(path, Choice(context=1024))
    assert reckoned >= 0.97 * peak


def test_windows_are_counted_whole(tmp_path: Path) -> None:
    """The engine lets layers with a window keep everything, so that beginnings can be used again; so does the sum."""
    shape, _ = SHAPES["sliding window"]
    found = inspect(write_shaped(tmp_path / "shaped.gguf", shape)).shape
    assert (512, 6 * 8 * 64, 6 * 8 * 64) == (found.window, found.keys, found.values)
