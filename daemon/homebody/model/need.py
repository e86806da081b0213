"""How much memory does a model take here, part by part? One sum for `homebody model fit` and for the daemon.

The parts are those of llama.cpp's buffers as they were measured (`tests/model/test_need.py` holds the sum against the
peak of real model processes): the file as it is mapped, what is repacked for the processor beside it, keys and values,
states of recurrent layers, the buffers of a step for each of the two caches, and the process itself.
"""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from homebody.model.gguf import ModelInfo

KV = Literal["f16", "q8_0"]
"""How keys and values are kept: in 16 bits, or in 8 and a half."""

BITS = {"f16": 16.0, "q8_0": 8.5}

PAD = 256
"""A cache is laid out in so many cells at a time (llama-context.cpp)."""

POOL_SEQUENCES = 20
"""Sequences of a common pool: its runs, and beginnings that are remembered (`engine.loading`)."""

PROCESS = 62_000_000
"""The interpreter, numpy and the native library: measured, on Linux."""

OF_STEP = 4600
"""Bytes a token of a step takes whatever the model is, and what is left over of a buffer: measured."""
LEFT_OVER = 600_000

OF_PIECE = 160
"""Bytes that a piece of the vocabulary takes in the process: measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lanes:
    """Memory for short runs side by side: *count* sequences of *cells* tokens each; none where that is too much."""

    count: int = 0
    cells: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON can hold them."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How memory is to be laid out: lanes, one run's *context*, tokens of a *batch*, how keys and values are kept.

    *repacked* names the types of weights that are kept twice.
    """

    context: int
    lanes: Lanes = Lanes()
    batch: int = 512
    kv: KV = "f16"
    repacked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Bytes, part by part."""

    weights: int
    repacked: int
    keys_and_values: int
    states: int
    steps: int
    process: int

    @property
    def total(self) -> int:
        """Return the sum."""
        return sum(asdict(self).values())

    def to_dict(self) -> dict[str, int]:
        """Return the parts and their sum."""
        return {**asdict(self), "total": self.total}


def need(info: ModelInfo, layout: Layout) -> Need:
    """Return what a model process takes at most with this *layout*."""
    caches = _caches(layout)
    sequences = sum(cache.sequences for cache in caches)
    outputs = 2 * 4 * sequences * info.shape.vocabulary
    return Need(
        weights=info.file_bytes,
        repacked=sum(info.shape.matrices.get(kind, 0) for kind in layout.repacked),
        keys_and_values=sum(kv_bytes(info, cache.cells, layout.kv) for cache in caches),
        states=sequences * info.shape.state_bytes,
        steps=outputs + sum(_step_bytes(info, cache.seen, layout.batch) for cache in caches),
        process=PROCESS + OF_PIECE * info.shape.vocabulary,
    )


def kv_bytes(info: ModelInfo, tokens: int, kv: KV = "f16") -> int:
    """Return the bytes that the keys and values of so many *tokens* take.

    Of a file that does not say how its heads are grouped: the most that they can take, the model's width each, in every
    layer.
    """
    shape = info.shape
    numbers = shape.keys + shape.values
    if not numbers and not shape.recurrent:
        numbers = 2 * info.layers * info.width
    return round(tokens * numbers * BITS[kv] / 8)


def cells(context: int, lanes: Lanes) -> int:
    """Return the tokens that there is memory for: the lanes, and beside them one run of the whole *context*."""
    return lanes.count * lanes.cells + (context if lanes.cells < context else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cache:
    """One cache: its sequences, its cells in all, and how many of them a token may look at."""

    sequences: int
    cells: int
    seen: int


def _caches(layout: Layout) -> list[_Cache]:
    """Return the lanes' cache and that of long runs, as far as there are."""
    count, each, whole = layout.lanes.count, _padded(layout.lanes.cells), _padded(layout.context)
    lanes = [_Cache(sequences=count, cells=count * each, seen=each)] if count > 1 else []
    if lanes and layout.lanes.cells >= layout.context:
        return lanes
    return [*lanes, _Cache(sequences=POOL_SEQUENCES, cells=whole, seen=whole)]


def _padded(cells: int) -> int:
    """Return the cells that a cache has which is laid out in whole pieces."""
    return -(-cells // PAD) * PAD


def _step_bytes(info: ModelInfo, seen: int, batch: int) -> int:
    """Return the buffer of a cache's step: what a layer works with, and who may look at what."""
    numbers = 2 * info.width + max(info.shape.widest, 3 * info.width)
    return batch * (4 * numbers + 2 * seen + OF_STEP) + LEFT_OVER
