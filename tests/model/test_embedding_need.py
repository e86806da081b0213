"""The memory sum of an embedding model, held against what real processes of several shapes really take."""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.append(str(HERE)) if str(HERE) not in sys.path else None

from embedding_models import POOLINGS, write_encoder  # noqa: E402
from shaped_model import KINDS, Shape, write_shaped  # noqa: E402 - found by the lines above

from homebody.clock import SystemClock  # noqa: E402
from homebody.model.computer import peak_of  # noqa: E402
from homebody.model.embedding import EmbeddingClient  # noqa: E402


def encoder(**shape: int) -> Callable[[Path], Path]:
    """Return what writes an encoder of a *shape*."""
    return lambda path: write_encoder(path, **shape)


def decoder(**shape: object) -> Callable[[Path], Path]:
    """Return what writes a decoder of a *shape*, with a pooling."""
    return lambda path: write_shaped(path, replace(Shape(kv_heads=4), **shape))


SHAPES = {
    "a small encoder": encoder(context=512, width=384, layers=2, heads=12, vocabulary=30_522),
    "an encoder": encoder(context=512, width=768, layers=12, heads=12, vocabulary=30_522),
    "long texts": encoder(context=2048, width=768, layers=12, heads=12, vocabulary=30_522),
    "long texts, a large vocabulary": encoder(
        context=2048, width=384, layers=3, heads=12, vocabulary=150_000
    ),
    "a last token": decoder(pooling=POOLINGS.LAST, vocabulary=100_000),
    "a last token, repacked": decoder(
        pooling=POOLINGS.LAST,
        width=1024,
        heads=16,
        hidden=3072,
        kv_heads=8,
        layers=8,
        kind=KINDS.Q4_0,
        tied=True,
    ),
    "a mean of a decoder": decoder(pooling=POOLINGS.MEAN, vocabulary=32_000, context=2048),
}
EVERY_DAY = ("a small encoder",)
"""The others take up to half a minute each."""


@pytest.mark.parametrize(
    "name", [name if name in EVERY_DAY else pytest.param(name, marks=pytest.mark.long) for name in SHAPES]
)
def test_the_sum_is_what_the_process_takes(name: str, tmp_path: Path) -> None:
    """Never less than the measured peak over many texts and one of the greatest length, and at most 14 % more."""
    client = EmbeddingClient(SHAPES[name](tmp_path / "model.gguf"), clock=SystemClock())
    ready = client.start()
    word = "house" if ready.info.architecture == "bert" else "w1"
    client.embed([" ".join([word] * 20)] * 40)
    (few, more) = client.embed([" ".join([word] * 10), " ".join([word] * 20)]).tokens
    most = (ready.context - (2 * few - more)) // ((more - few) // 10)
    (longest,) = client.embed([" ".join([word] * most)]).tokens
    peak = peak_of(ready.pid)
    client.stop()

    assert longest > ready.context - 10
    assert peak is not None
    assert ready.fitted is not None
    reckoned = ready.fitted.need.total
    assert 1.0 <= reckoned / peak <= 1.14, f"{reckoned / 1e6:.1f} MB reckoned, {peak / 1e6:.1f} MB taken"
