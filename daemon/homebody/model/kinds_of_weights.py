"""Into which kinds of weights can a model be made smaller, and what is each good for?

Without an importance matrix, which llama.cpp needs for the smallest kinds: those are not offered.
"""

from collections.abc import Mapping

KINDS: Mapping[str, tuple[float, str]] = {
    "f16": (16.0, "half precision, to be made smaller from"),
    "q8_0": (8.5, "as good as the whole model"),
    "q6_k": (6.56, "hardly to be told from the whole model"),
    "q5_k_m": (5.69, "very good"),
    "q5_k_s": (5.52, "very good"),
    "q5_0": (5.54, "an older way; q5_k_m is better"),
    "q4_k_m": (4.89, "the usual choice"),
    "q4_k_s": (4.64, "good"),
    "iq4_nl": (4.5, "good, and slower on a processor"),
    "iq4_xs": (4.43, "good, and slower on a processor"),
    "q4_0": (4.56, "an older way, quick on many processors"),
    "q3_k_l": (4.27, "a clear loss"),
    "q3_k_m": (3.99, "a clear loss"),
    "q3_k_s": (3.66, "a large loss"),
    "q2_k": (3.16, "a large loss: only where nothing else fits"),
}
"""By llama.cpp's names: about the bits a weight, as a middle-sized model has them, and in words."""

WHOLE = frozenset({"F32", "F16", "BF16"})
"""How weights are stored that were not quantized yet."""


def expected_bytes(parameters: int, kind: str) -> int:
    """Return how large the file will be at most, about: small models keep more of their weights in more bits."""
    bits, _ = KINDS[kind]
    return round(parameters * bits / 8 * 1.25) + 16_000_000
