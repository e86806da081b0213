"""How fast would a model write here? As fast as its weights can be read from memory, once for each token."""

import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from homebody.model.gguf import ModelInfo
from homebody.model.measurement import Measurement
from homebody.model.need import KV, kv_bytes

BLOCK = 64 * 1024 * 1024
"""Bytes that each thread reads in one go: more than any cache of a processor holds."""

TURNS = 5

SHARE = 0.7
"""What a model reaches of the memory's speed, where none was measured here: 0.57 to 0.86 on many machines."""

PER_CORE = 22e9
"""Bytes of weights that one core of a processor works through in a second, however fast its memory is: measured with
1.2 billion weights in Q4_K_M on a quiet EPYC with AVX-512 (54 tokens a second with two threads, `homebody bench`)."""

DEPTH = 1000
"""Tokens behind a run that the figure is for: a note and its recipe."""


def bandwidth(threads: int) -> float:
    """Return the bytes a second that so many *threads* read from memory together, the best of a few goes.

    Takes some 64 MB for each of them, and less than a second.
    """
    blocks = [np.ones(BLOCK // 4, dtype=np.float32) for _ in range(max(1, threads))]

    def read(block: np.ndarray) -> float:
        return float(np.dot(block, block))

    best = float("inf")
    with ThreadPoolExecutor(len(blocks)) as pool:
        for _ in range(TURNS):
            began = time.perf_counter()
            list(pool.map(read, blocks))
            best = min(best, time.perf_counter() - began)
    return len(blocks) * BLOCK / best


def expected(threads: int, *, gpu: bool) -> float:
    """Return the bytes of weights a second that a model can be expected to reach where none was measured.

    A share of the memory's speed, which is measured now; on a processor no more than its cores can work through.
    """
    memory = SHARE * bandwidth(threads)
    return memory if gpu else min(memory, max(1, threads) * PER_CORE)


def reached(known: Iterable[Measurement]) -> float | None:
    """Return the bytes of weights a second that models reached here when one run wrote, None if none was measured."""
    rates = []
    for one in known:
        seconds = writing_alone(one)
        if seconds and one.active_bytes:
            rates.append(one.active_bytes / seconds)
    return sorted(rates)[len(rates) // 2] if rates else None


def writing_alone(found: Measurement) -> float | None:
    """Return the seconds that a token of one run took, None where that was not measured."""
    tables = [(found.tuning or {}).get(layout) for layout in ("lanes", "pool")]
    taken = [table.get("1") for table in tables if isinstance(table, dict)]
    sound = [float(seconds) for seconds in taken if isinstance(seconds, int | float) and seconds > 0]
    return min(sound, default=None)


def tokens_a_second(info: ModelInfo, weights_a_second: float, kv: KV = "f16") -> float:
    """Return about how many tokens a second one run of the model writes."""
    return weights_a_second / max(1, info.shape.active_bytes + kv_bytes(info, DEPTH, kv))
