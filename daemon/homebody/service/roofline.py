"""How near the limit of this computer's memory does a model write?

A step reads the weights once, however many runs write in it, and what each of them has read before; it cannot be faster
than the memory gives them. Reading many tokens in one step is limited by reckoning instead.
"""

from collections.abc import Mapping
from typing import Any

from homebody.model.speed import bandwidth

DEPTH = 384
"""Tokens that each run has behind it where writing is measured (`engine.measuring`)."""


def roofline(found: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the memory's speed, measured now, and what of it each width of writing in *found* uses.

    None where it is not known how much a step reads.
    """
    weights, token = found["model"].get("active_bytes", 0), found["model"].get("kv_bytes_per_token", 0)
    if not weights:
        return None
    memory = bandwidth(found["threads"] or 1)
    return {
        "memory_bytes_per_second": round(memory),
        "bytes_per_step": weights,
        "most_tokens_per_second": round(memory / (weights + DEPTH * token), 1),
        "writing": {
            layout: [_row(row, weights, DEPTH * token, memory) for row in rows]
            for layout, rows in found["writing"].items()
        },
    }


def _row(row: Mapping[str, Any], weights: int, of_run: int, memory: float) -> dict[str, Any]:
    """Return what a width of writing reads in a second, and its share of what the memory can give."""
    runs, rate = row["runs"], row["tokens_per_second"]
    read = rate / runs * (weights + runs * of_run)
    return {"runs": runs, "bytes_per_second": round(read), "share": round(read / memory, 3)}
