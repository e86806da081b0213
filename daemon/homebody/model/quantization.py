"""How are a model's weights stored, in the names of llama.cpp and in words?

The block sizes are those of ggml's type traits (ggml/src/ggml.c), the mixes those of llama_ftype (llama.h).
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WeightType:
    """One way to store weights: *block* of them take *size* bytes."""

    name: str
    block: int
    size: int
    words: str

    def bytes_of(self, elements: int) -> int:
        """Return the bytes that *elements* weights take, the last block counted whole."""
        return -(-elements // self.block) * self.size


_FULL = "32 bits a weight, as trained, twice the size of 16 bits with no gain"
_HALF = "16 bits a weight, lossless for most models"
_THREE = "about 3 bits a weight, small, with losses that can be seen"
_TWO = "about 2 bits a weight, very small, with large losses"
_ONE = "under 2 bits a weight, the smallest, with very large losses"
_FOUR = "about 4 bits a weight, a quarter of the size with small losses"
_FIVE = "about 5 bits a weight, a third of the size with very small losses"
_SIX = "about 6 bits a weight, nearly lossless"
_EIGHT = "8 bits a weight, nearly lossless"
_TERNARY = "under 2 bits a weight, for models trained with three values"
_INTEGER = "whole numbers, not weights"

TYPES: Mapping[int, WeightType] = {
    0: WeightType("F32", 1, 4, _FULL),
    1: WeightType("F16", 1, 2, _HALF),
    2: WeightType("Q4_0", 32, 18, _FOUR),
    3: WeightType("Q4_1", 32, 20, _FOUR),
    6: WeightType("Q5_0", 32, 22, _FIVE),
    7: WeightType("Q5_1", 32, 24, _FIVE),
    8: WeightType("Q8_0", 32, 34, _EIGHT),
    9: WeightType("Q8_1", 32, 40, _EIGHT),
    10: WeightType("Q2_K", 256, 84, _TWO),
    11: WeightType("Q3_K", 256, 110, _THREE),
    12: WeightType("Q4_K", 256, 144, _FOUR),
    13: WeightType("Q5_K", 256, 176, _FIVE),
    14: WeightType("Q6_K", 256, 210, _SIX),
    15: WeightType("Q8_K", 256, 292, _EIGHT),
    16: WeightType("IQ2_XXS", 256, 66, _TWO),
    17: WeightType("IQ2_XS", 256, 74, _TWO),
    18: WeightType("IQ3_XXS", 256, 98, _THREE),
    19: WeightType("IQ1_S", 256, 50, _ONE),
    20: WeightType("IQ4_NL", 32, 18, _FOUR),
    21: WeightType("IQ3_S", 256, 110, _THREE),
    22: WeightType("IQ2_S", 256, 82, _TWO),
    23: WeightType("IQ4_XS", 256, 136, _FOUR),
    24: WeightType("I8", 1, 1, _INTEGER),
    25: WeightType("I16", 1, 2, _INTEGER),
    26: WeightType("I32", 1, 4, _INTEGER),
    27: WeightType("I64", 1, 8, _INTEGER),
    28: WeightType("F64", 1, 8, "64 bits a weight, four times the size of 16 bits with no gain"),
    29: WeightType("IQ1_M", 256, 56, _ONE),
    30: WeightType("BF16", 1, 2, _HALF),
    34: WeightType("TQ1_0", 256, 54, _TERNARY),
    35: WeightType("TQ2_0", 256, 66, _TERNARY),
    39: WeightType(
        "MXFP4", 32, 17, "about 4 bits a weight in shared-exponent groups, as some models are trained"
    ),
    40: WeightType(
        "NVFP4", 64, 36, "about 4 bits a weight in shared-exponent groups, as some models are trained"
    ),
    41: WeightType("Q1_0", 128, 18, _ONE),
    42: WeightType("Q2_0", 64, 18, _TWO),
}

MIXES: Mapping[int, tuple[str, str]] = {
    0: ("F32", "F32"),
    1: ("F16", "F16"),
    2: ("Q4_0", "Q4_0"),
    3: ("Q4_1", "Q4_1"),
    7: ("Q8_0", "Q8_0"),
    8: ("Q5_0", "Q5_0"),
    9: ("Q5_1", "Q5_1"),
    10: ("Q2_K", "Q2_K"),
    11: ("Q3_K_S", "Q3_K"),
    12: ("Q3_K_M", "Q3_K"),
    13: ("Q3_K_L", "Q3_K"),
    14: ("Q4_K_S", "Q4_K"),
    15: ("Q4_K_M", "Q4_K"),
    16: ("Q5_K_S", "Q5_K"),
    17: ("Q5_K_M", "Q5_K"),
    18: ("Q6_K", "Q6_K"),
    19: ("IQ2_XXS", "IQ2_XXS"),
    20: ("IQ2_XS", "IQ2_XS"),
    21: ("Q2_K_S", "Q2_K"),
    22: ("IQ3_XS", "IQ3_S"),
    23: ("IQ3_XXS", "IQ3_XXS"),
    24: ("IQ1_S", "IQ1_S"),
    25: ("IQ4_NL", "IQ4_NL"),
    26: ("IQ3_S", "IQ3_S"),
    27: ("IQ3_M", "IQ3_S"),
    28: ("IQ2_S", "IQ2_XS"),
    29: ("IQ2_M", "IQ2_S"),
    30: ("IQ4_XS", "IQ4_XS"),
    31: ("IQ1_M", "IQ1_M"),
    32: ("BF16", "BF16"),
    36: ("TQ1_0", "TQ1_0"),
    37: ("TQ2_0", "TQ2_0"),
    38: ("MXFP4", "MXFP4"),
    39: ("NVFP4", "NVFP4"),
    40: ("Q1_0", "Q1_0"),
    41: ("Q2_0", "Q2_0"),
}
"""``general.file_type``: the mix's name, and the type that most of its weights have."""


def name_quantization(elements: Mapping[int, int], file_type: int | None) -> tuple[str, str]:
    """Return the name of the quantization and the words for it.

    *elements* says how many weights each type holds. The name of the mix that the file claims is taken only
    when the tensors bear it out; otherwise the type that holds most weights names it.
    """
    weights = {TYPES[number]: count for number, count in elements.items() if TYPES[number].words != _INTEGER}
    if not weights:
        return "none", "no weights"
    largest = max(weights, key=lambda kind: (weights[kind], kind.name))
    mix, base = MIXES.get(-1 if file_type is None else file_type, ("", ""))
    return (mix if base == largest.name else largest.name), largest.words
