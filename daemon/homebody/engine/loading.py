"""How does a file become an engine: load it, lay out its memory, let it prove itself?"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from homebody.engine.engine import Engine
from homebody.engine.llama import STEP, Fed, KvCache, Layout, Library, Weights
from homebody.engine.room import Room
from homebody.engine.vocabulary import Vocabulary
from homebody.errors import ModelError

PROOF_TOKENS = 40
"""Enough for the kernels of whole batches, and then some single steps."""

SPARE_SEQUENCES = 4
"""Sequences of a common pool beyond its runs: for beginnings that are remembered."""

HALL_SLOTS = 4


def load(
    request: dict[str, Any], *, path: Path, threads: int, on_load: Callable[[float], None]
) -> tuple[Engine, dict[str, Any]]:
    """Return an engine for the model at *path*, and what is to be told of it. Raises ModelFileError, ModelError."""
    library = Library()
    settings = request["settings"]
    weights = Weights(library, path, settings=settings, on_load=on_load)
    vocabulary = Vocabulary(weights)
    context = request["context"]
    lanes = request.get("lanes") or {"count": 0, "cells": 0}
    whole = not weights.forgets_in_part
    gpu = settings["gpu_layers"] != 0
    rooms = []
    if lanes["count"] > 1:
        count = lanes["count"]
        layout = Layout(sequences=count, cells=min(lanes["cells"], context), unified=False, outputs=count)
        cache = KvCache(library, weights, layout, threads=threads, gpu=gpu)
        rooms.append(Room(cache, slots=count, whole=whole))
    if not rooms or rooms[0].cache.cells < context:
        layout = Layout(
            sequences=HALL_SLOTS + SPARE_SEQUENCES, cells=context, unified=True, outputs=HALL_SLOTS
        )
        hall = KvCache(library, weights, layout, threads=threads, gpu=gpu)
        context = min(context, hall.cells)
        rooms.append(Room(hall, slots=HALL_SLOTS, whole=whole))
    for room in rooms:
        prove(room.cache)
    engine = Engine(vocabulary, rooms, context=context, chunk=STEP)
    return engine, {"context": context}


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
