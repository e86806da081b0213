"""Where may the reading of a prompt be cut, so that what was read once serves the next prompt unchanged?

The native kernels round a token in a full tile otherwise than one in a step that is smaller than a tile, so an answer
would depend on what happened to be in memory. Therefore every prompt is cut at the same places whether or not its
beginning is remembered: at the end of its static part (what is the same for all documents), and every BLOCK tokens
from there, but never so that less than a block is left to be read. Steps may join blocks in any number, which changes
nothing: tiles begin at the same tokens.
"""

from collections.abc import Iterator, Sequence

Key = tuple[int, ...]

BLOCK = 64
"""Tokens; every batched kernel's tile divides it (attention's is the largest: 64, ggml_fa_tile_config in ops.cpp)."""

SHORTEST_STATIC = 16
"""A shorter static part is not worth a step of its own."""


def block_ends(length: int, static: int) -> list[int]:
    """Return where the blocks of a prompt of *length* tokens end, *static* of which are its static part.

    The last tokens belong to no block: they are always read, for the logits of the last one are wanted.
    """
    static = _static(length, static)
    ends = [*range(BLOCK, static - BLOCK + 1, BLOCK), *([static] if static else [])]
    return ends + list(range(static + BLOCK, length - BLOCK + 1, BLOCK))


def keys(prompt: Sequence[int], static: int) -> list[Key]:
    """Return the blocks of a prompt, each as its tokens."""
    found, start = [], 0
    for end in block_ends(len(prompt), static):
        found.append(tuple(prompt[start:end]))
        start = end
    return found


def steps(length: int, static: int, start: int, most: int) -> Iterator[tuple[int, int]]:
    """Return the steps that read a prompt from *start* on, each as its first place and the place behind its last.

    *start* is 0 or the end of a block; *most* is the most tokens of a step, a multiple of BLOCK and at least two.
    """
    static = _static(length, static)
    for last in (static, length):
        while start < last:
            left = last - start
            count = left if left <= most else most - (BLOCK if left - most < BLOCK else 0)
            yield start, start + count
            start += count


def _static(length: int, static: int) -> int:
    """Return the static part that counts: none if it is short, or all there is."""
    return static if SHORTEST_STATIC <= static < length else 0
