"""How much memory may a model take, and how is it laid out?"""

import os
from dataclasses import asdict, dataclass
from typing import Any

from homebody.model.gguf import ModelInfo

DEFAULT_CONTEXT = 8192
SPARE = 1024**3
"""For the interpreter, the working buffers of the native library, and texts on their way."""

LANE_CELLS = 1024
"""Tokens of a short run: a page or two and its answer."""

MOST_LANES = 16
LANES_SHARE = 8
"""Lanes may take one part in so many of the computer's memory, and half of what the model leaves free of most of it."""

BUFFERS = 512 * 1024**2
"""What the model process takes beside weights, keys and values, rounded up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lanes:
    """Memory for short runs side by side: *count* sequences of *cells* tokens each; none where that is too much."""

    count: int = 0
    cells: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON can hold them."""
        return asdict(self)


def context_for(info: ModelInfo, asked: int) -> int:
    """Return the context to use: what was asked for, or a sensible size, and never more than the model knows."""
    return min(asked or DEFAULT_CONTEXT, info.context_length)


def lanes_for(info: ModelInfo, context: int, total: int | None = None) -> Lanes:
    """Return the lanes for short runs, as many as *total* bytes of memory (the computer's own, if not given) allow.

    On a computer that the model nearly fills there are none: short runs then share the cells of the one context.
    """
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if total is None else total
    cells = min(LANE_CELLS, context)
    left = total * 3 // 4 - info.file_bytes - keys_and_values(info, context) - BUFFERS
    room = min(total // LANES_SHARE, left // 2)
    count = min(MOST_LANES, room // max(keys_and_values(info, cells), 1))
    return Lanes(count=count, cells=cells) if count > 1 else Lanes()


def most_memory(info: ModelInfo, context: int, lanes: Lanes) -> int:
    """Return the bytes of its own that a sound model process never needs to exceed.

    The weights may be copied once (repacked for the processor). Whoever needs more has lost its way, as the native
    grammar parser can.
    """
    return 2 * info.file_bytes + keys_and_values(info, cells(context, lanes)) + SPARE


def cells(context: int, lanes: Lanes) -> int:
    """Return the tokens that there is memory for: the lanes, and beside them one run of the whole *context*."""
    return lanes.count * lanes.cells + (context if lanes.cells < context else 0)


def keys_and_values(info: ModelInfo, tokens: int) -> int:
    """Return the bytes that the keys and values of so many *tokens* take.

    Where the file does not say how its heads are grouped: the most that they can take, the model's width each, in 16
    bits, in every layer.
    """
    return tokens * (info.kv_token_bytes or 4 * info.layers * info.width)
