"""How does a file become an engine: load it, lay out its memory, let it prove itself?"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from homebody.engine.engine import Engine
from homebody.engine.keeping import Give, Keeper
from homebody.engine.llama import STEP, Fed, KvCache, Layout, Library, Weights
from homebody.engine.measuring import BUDGET, Stopwatch, measure
from homebody.engine.room import Room
from homebody.engine.tuning import Measured, Plan, choose
from homebody.engine.vocabulary import Vocabulary
from homebody.errors import ModelError

PROOF_TOKENS = 40
"""Enough for the kernels of whole batches, and then some single steps."""

POOL_SLOTS = 16
HALL_SLOTS = 4
"""Runs of a common pool, and of one that has lanes beside it and is for long runs only."""

SPARE_SEQUENCES = 4
"""Sequences of a common pool beyond its runs: for beginnings that are remembered."""

SMALL_BYTES = 64 * 1024 * 1024
"""The steps of a smaller model are so short that measuring them says more about what else the machine does."""

UNMEASURED = (
    "it is smaller than 64 MB, and the time of its short steps says more about what else the computer does;"
    " `homebody bench --again` measures it all the same"
)
NOT_WHOLE = "there was no time to measure every kind of step; the next load tries again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What is laid out for one model, and how."""

    library: Library
    weights: Weights
    threads: int
    gpu: bool
    batch: int = STEP
    kv: str = "f16"

    def lanes(self, count: int, cells: int) -> KvCache:
        """Return memory for short runs, each with cells of its own."""
        layout = Layout(sequences=count, cells=cells, unified=False, outputs=count,
                        batch=self.batch, kv=self.kv)  # fmt: skip
        return KvCache(self.library, self.weights, layout, threads=self.threads, gpu=self.gpu)

    def pool(self, cells: int) -> KvCache:
        """Return memory for runs of any length, in common cells."""
        layout = Layout(sequences=POOL_SLOTS + SPARE_SEQUENCES, cells=cells, unified=True, outputs=POOL_SLOTS,
                        batch=self.batch, kv=self.kv)  # fmt: skip
        return KvCache(self.library, self.weights, layout, threads=self.threads, gpu=self.gpu)


def load(
    request: dict[str, Any],
    *,
    path: Path,
    threads: int,
    on_load: Callable[[float], None],
    on_proof: Callable[[], None] = lambda: None,
    on_measure: Callable[[int, int], None] = lambda _passed, _most: None,
    give: Give = lambda _what, _found: None,
) -> tuple[Engine, dict[str, Any]]:
    """Return an engine for the model at *path*, and what is to be told of it. Raises ModelFileError, ModelError.

    The request says what memory there may be, what was measured before, in ``measure`` for how many seconds to measure
    in any case, and, for benchmarks, ``without`` which of batching, prefix, forced and drafts the engine is to work.
    *give* hands the parent what is to be kept.
    """
    library = Library()
    settings = request["settings"]
    weights = Weights(library, path, settings=settings, on_load=on_load)
    memory = Memory(
        library=library,
        weights=weights,
        threads=threads,
        gpu=settings["gpu_layers"] != 0,
        batch=request.get("batch", STEP),
        kv=request.get("kv", "f16"),
    )
    without = frozenset(request.get("without", ()))
    measured = Measured.from_dict(request.get("tuning"))
    small = path.stat().st_size < SMALL_BYTES
    context = request["context"]
    lanes = request.get("lanes") or {"count": 0, "cells": 0}
    count, cells = lanes["count"], min(lanes["cells"], context)
    lane_cache = memory.lanes(count, cells) if count > 1 else None
    pool = memory.pool(context) if lane_cache is None or cells < context else None
    for cache in (lane_cache, pool):
        if cache is not None:
            on_proof()
            prove(cache)
    wished = request.get("measure")
    if measured is None and (wished or not small):
        measured = measure(lane_cache, pool, Stopwatch(budget=wished or BUDGET, tell=on_measure))
    plan = choose(measured, lanes=count, slots=POOL_SLOTS, chunk=STEP, hall=HALL_SLOTS)
    plan = _without(plan, without)
    whole = not weights.forgets_in_part
    rooms = []
    if lane_cache is not None and (plan.lanes or pool is None):
        rooms.append(Room(lane_cache, slots=plan.lanes or 1, whole=whole, share="prefix" not in without))
    elif lane_cache is not None:
        lane_cache.close()
    if pool is not None:
        tidy = bool(rooms)  # lanes were faster than a pool: what lies about in this one slows its runs, too
        rooms.append(Room(pool, slots=plan.slots, whole=whole, share="prefix" not in without, tidy=tidy))
    context = min(context, rooms[-1].cache.cells)
    if whole:
        plan = replace(plan, bets={})  # a bet that is lost could not be forgotten
    keeper = None if "prefix" in without else Keeper.wished(request.get("prefixes"), give)
    engine = Engine(
        Vocabulary(weights), rooms, context=context, plan=plan, force="forced" not in without, keeper=keeper
    )
    kinds = [room.cache.kind for room in rooms]
    return engine, {"context": engine.context, "plan": plan.to_dict(), "kinds": kinds, **_told(measured)}


def _told(measured: Measured | None) -> dict[str, Any]:
    """Return what was measured, to be kept, or why it was not."""
    if measured is None:
        return {"unmeasured": UNMEASURED}
    return {"tuning": measured.to_dict()} if measured.complete else {"unmeasured": NOT_WHOLE}


def _without(plan: Plan, without: frozenset[str]) -> Plan:
    """Return the plan with the parts left out that a benchmark wants to see the worth of."""
    if "batching" in without:
        plan = replace(plan, lanes=min(plan.lanes, 1), slots=1)
    return replace(plan, bets={}) if "drafts" in without else plan


def prove(cache: KvCache) -> None:
    """Read and write a few tokens, so that a processor that faults does so now. Raises ModelError."""
    count = min(PROOF_TOKENS, cache.cells - 4)
    tokens = [number % cache.vocabulary for number in range(count)]
    (place,) = cache.step([Fed(0, 0, tokens, 1)])
    for position in range(count, count + 3):
        if not np.isfinite(cache.logits(place)).any():
            raise ModelError(
                "The model gives no numbers: its file is damaged, or it does not fit this machine."
            )
        (place,) = cache.step([Fed(0, position, [position % cache.vocabulary], 1)])
    cache.clear()
