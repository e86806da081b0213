"""What do random weights look like in the blocks of a quantized file?

The blocks are written as they lie in the file (ggml-common.h, block_q4_K and block_q6_K), so nothing has to be
quantized: any bits are weights. The scales are chosen so that a weight is 0 on average and spreads by about DEVIATION.
"""

import numpy as np
from numpy.typing import NDArray

DEVIATION = 0.02
BLOCK = 256
Q4_BYTES, Q6_BYTES = 144, 210

Q4_SPREAD = 4.61
"""The standard deviation of a number drawn from 0 to 15; their mean is 7.5, which the block's minimum takes away."""

Q6_SPREAD = 18.5
"""The same for 0 to 63 less 32; that this is -0.5 on average is made good by scales of either sign."""

MIDDLE_SCALE, SCALE_RANGE = 32, 8

Blocks = NDArray[np.uint8]


def q4_k(random: np.random.Generator, rows: int, columns: int) -> Blocks:
    """Return a random matrix in Q4_K: for each row the bytes of its blocks."""
    count = rows * columns // BLOCK
    blocks = _noise(random, count, Q4_BYTES)
    step = _few_digits(DEVIATION / Q4_SPREAD / MIDDLE_SCALE)
    blocks[:, 0:4] = np.array([step, 7.5 * step], dtype="<f2").view(np.uint8)
    scales = random.integers(
        MIDDLE_SCALE - SCALE_RANGE, MIDDLE_SCALE + SCALE_RANGE, (count, 8), dtype=np.uint8
    )
    low, high = scales[:, :4], scales[:, 4:]
    blocks[:, 4:8] = blocks[:, 8:12] = low | (high >> 4) << 6  # scales and minima are alike, six bits each
    blocks[:, 12:16] = (high & 15) | (high & 15) << 4
    return blocks.reshape(rows, -1)


def q6_k(random: np.random.Generator, rows: int, columns: int) -> Blocks:
    """Return a random matrix in Q6_K: for each row the bytes of its blocks."""
    count = rows * columns // BLOCK
    blocks = _noise(random, count, Q6_BYTES)
    scales = random.integers(
        MIDDLE_SCALE - SCALE_RANGE, MIDDLE_SCALE + SCALE_RANGE, (count, 16), dtype=np.int8
    )
    signs = random.integers(0, 2, (count, 16), dtype=np.int8) * 2 - 1
    blocks[:, 192:208] = (scales * signs).view(np.uint8)
    step = np.array([DEVIATION / Q6_SPREAD / MIDDLE_SCALE], dtype="<f2")
    blocks[:, 208:210] = step.view(np.uint8)
    return blocks.reshape(rows, -1)


def _noise(random: np.random.Generator, count: int, size: int) -> Blocks:
    """Return *count* blocks of *size* random bytes."""
    return np.frombuffer(bytearray(random.bytes(count * size)), dtype=np.uint8).reshape(count, size)


def _few_digits(value: float) -> float:
    """Return a number near *value* of so few binary digits that 7.5 times it is exact in 16 bits, too."""
    mantissa, exponent = np.frexp(value)
    return float(np.ldexp(np.round(mantissa * 64) / 64, exponent))
