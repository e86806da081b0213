"""Which token comes next when a grammar has a say, and which grammars may reach the native parser at all?

The grammar stands outside any sampler: the most likely token is taken, checked alone, and only on refusal are
more candidates looked at (as llama.cpp's common_sampler_sample does). Asking for the whole vocabulary at
every token costs more than the model itself.
"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from homebody.errors import ModelError

MAX_BYTES = 256 * 1024
MAX_DEPTH = 64
"""The native parser and matcher recurse: a deeper one could overflow the stack, which cannot be caught."""

FIRST_LOOK = 64
SECOND_LOOK = 2048

Tokens = NDArray[np.int32]


class Matcher(Protocol):
    """What is asked of a compiled grammar."""

    def allowed(self, tokens: Tokens) -> NDArray[np.bool_]:
        """Return, for each token, whether it may come next."""


def refuse_dangerous(text: str) -> None:
    """Raise ModelError for a grammar that the native parser must not see: too large, too deep, with a NUL."""
    if not text.strip():
        raise ModelError("The grammar cannot be used: it is empty, which would allow everything.")
    size = len(text.encode("utf-8", "replace"))
    if size > MAX_BYTES:
        raise ModelError(
            f"The grammar cannot be used: it has {size} bytes, and at most {MAX_BYTES} are taken."
        )
    if "\0" in text:
        raise ModelError("The grammar cannot be used: it holds a NUL character.")
    if depth(text) > MAX_DEPTH:
        raise ModelError(f"The grammar cannot be used: its brackets are nested more than {MAX_DEPTH} deep.")


def depth(text: str) -> int:
    """Return how deep the round brackets of *text* are nested, quotes, classes and comments left aside."""
    deepest = level = place = 0
    closing = ""
    while place < len(text):
        character = text[place]
        if closing:
            if character == "\\" and closing != "\n":
                place += 1
            elif character == closing:
                closing = ""
        elif character in '"[#':
            closing = {'"': '"', "[": "]", "#": "\n"}[character]
        elif character == "(":
            level += 1
            deepest = max(deepest, level)
        elif character == ")":
            level -= 1
        place += 1
    return deepest


def choose(logits: NDArray[np.float32], matcher: Matcher) -> int | None:
    """Return the most likely token that *matcher* allows, or None when it allows none.

    *logits* are minus infinity for tokens that may never be chosen. Looking at the most likely few first
    changes nothing: the best allowed among them is the best allowed of all.
    """
    best = int(logits.argmax())
    if np.isfinite(logits[best]) and matcher.allowed(np.array([best], dtype=np.int32))[0]:
        return best
    for look in (FIRST_LOOK, SECOND_LOOK, len(logits)):
        tokens = most_likely(logits, look)
        fitting = tokens[matcher.allowed(tokens)]
        if len(fitting):
            return int(fitting[0])
        if look >= len(logits):
            break
    return None


def most_likely(logits: NDArray[np.float32], count: int) -> Tokens:
    """Return the *count* most likely tokens, the likeliest first, the lower number first among equals."""
    if count < len(logits):
        tokens = np.sort(np.argpartition(logits, -count)[-count:])
    else:
        tokens = np.arange(len(logits))
    tokens = tokens[np.argsort(-logits[tokens], kind="stable")]
    return tokens[np.isfinite(logits[tokens])].astype(np.int32)
