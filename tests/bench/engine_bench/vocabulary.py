"""Which pieces does the benchmark's model know: the starter's own, and made-up words up to a usual number?"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from gguf import GGUFReader, TokenType

from homebody.paths import starter_model

BEGINNINGS = [
    "b", "br", "c", "ch", "cl", "d", "dr", "f", "fl", "g", "gr", "h", "k", "l", "m", "n", "p", "pl", "qu", "r", "s",
    "sh", "sl", "st", "t", "th", "tr", "v", "w", "z",
]  # fmt: skip
MIDDLES = ["a", "e", "i", "o", "u", "ai", "ea", "ee", "ie", "oa", "oo", "ou"]
ENDS = ["", "", "l", "ld", "m", "n", "nd", "ng", "r", "rd", "s", "st", "t"]
BLANK = "▁"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Pieces with their scores and types, and what else a file must say of a tokenizer."""

    pieces: list[str]
    scores: list[float]
    kinds: list[int]
    fields: dict[str, Any]


def widened(size: int, seed: int) -> Vocabulary:
    """Return the starter's vocabulary and after it made-up words, *size* pieces in all; each only once."""
    fields = {name: field.contents() for name, field in GGUFReader(starter_model()).fields.items()}
    pieces = list(fields.pop("tokenizer.ggml.tokens"))
    scores = list(fields.pop("tokenizer.ggml.scores"))
    kinds = list(fields.pop("tokenizer.ggml.token_type"))
    known = set(pieces)
    words = _words(np.random.default_rng(seed))
    while len(pieces) < size:
        word = next(words)
        if word not in known:
            known.add(word)
            pieces.append(word)
            scores.append(-float(len(scores)))
            kinds.append(int(TokenType.NORMAL))
    kept = {name: value for name, value in fields.items() if name.startswith("tokenizer.")}
    return Vocabulary(pieces[:size], scores[:size], kinds[:size], kept)


def _words(random: np.random.Generator) -> Iterator[str]:
    """Give words of one to three syllables without end; three in four begin after a blank, as in real vocabularies."""
    while True:
        syllables = [
            str(random.choice(BEGINNINGS)) + str(random.choice(MIDDLES)) + str(random.choice(ENDS))
            for _ in range(random.integers(1, 4))
        ]
        yield (BLANK if random.random() < 0.75 else "") + "".join(syllables)
