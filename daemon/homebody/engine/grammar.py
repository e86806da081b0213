"""Which token comes next when a grammar has a say, and which grammars may reach the native parser at all?

The grammar stands outside any sampler: the most likely token is taken, checked alone, and only on refusal are
more candidates looked at (as llama.cpp's common_sampler_sample does). Asking for the whole vocabulary at
every token costs more than the model itself.
"""

import re
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from homebody.errors import GrammarError

MAX_BYTES = 256 * 1024
MAX_DEPTH = 64
"""The native parser and matcher recurse: a deeper one could overflow the stack, which cannot be caught."""

FIRST_LOOK = 64
SECOND_LOOK = 2048

Tokens = NDArray[np.int32]

_ATOM = re.compile(r'"(?:[^"\\]|\\.)*"?|\[(?:[^\]\\]|\\.)*\]?|#[^\r\n]*', re.DOTALL)
_REPETITION = re.compile(r"\{\s*([0-9]*)\s*,\s*([0-9]+)")


class Matcher(Protocol):
    """What is asked of a compiled grammar."""

    def allowed(self, tokens: Tokens) -> NDArray[np.bool_]:
        """Return, for each token, whether it may come next."""


def refuse_dangerous(text: str) -> None:
    """Raise GrammarError for a grammar that the native parser must not see, for what it does to it is no error.

    Too deep a nesting overflows its stack; a repetition that ends before it begins never ends there and takes all
    memory; a NUL ends the text early; an empty text allows everything.
    """
    size = len(text.encode("utf-8", "replace"))
    bare = skeleton(text)
    if not bare.strip():
        reason = "it is empty, which would allow everything"
    elif size > MAX_BYTES:
        reason = f"it has {size} bytes, and at most {MAX_BYTES} are taken"
    elif "\0" in text:
        reason = "it holds a NUL character"
    elif depth(bare) > MAX_DEPTH:
        reason = f"its brackets are nested more than {MAX_DEPTH} deep"
    elif any(int(high) < int(low or 0) for low, high in _REPETITION.findall(bare)):
        reason = "a repetition ends before it begins"
    else:
        return
    raise GrammarError(f"The grammar cannot be used: {reason}.")


def skeleton(text: str) -> str:
    """Return *text* without what stands in quotes, in character classes and in comments."""
    return _ATOM.sub("", text)


def depth(bare: str) -> int:
    """Return how deep the round brackets are nested."""
    level = deepest = 0
    for character in bare:
        level += (character == "(") - (character == ")")
        deepest = max(deepest, level)
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
    border = -np.inf if count >= len(logits) else np.partition(logits, -count)[-count]
    tokens = np.flatnonzero(logits >= border)  # more than *count* where some are equal at the border
    tokens = tokens[np.argsort(-logits[tokens], kind="stable")][:count]
    return tokens[np.isfinite(logits[tokens])].astype(np.int32)
