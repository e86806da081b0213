"""What can the native library do for us? The only rooms that import llama_cpp; the low-level API alone.

Native faults end the process and cannot be caught, so every call is guarded against what is known to crash: a bad
grammar and logits that were not asked for give NULL, a grammar that is fed a token it did not allow aborts.
"""

from homebody.engine.llama.batch import AbortedError, DeviceError, Fed
from homebody.engine.llama.cache import STEP, KvCache, Layout
from homebody.engine.llama.library import Library
from homebody.engine.llama.matcher import Grammar
from homebody.engine.llama.quantizing import quantize, surprise
from homebody.engine.llama.vectors import PACKED, TOGETHER, Vectors, vectors_of
from homebody.engine.llama.weights import Weights

__all__ = [
    "PACKED", "STEP", "TOGETHER", "AbortedError", "DeviceError", "Fed", "Grammar", "KvCache", "Layout", "Library",
    "Vectors", "Weights", "quantize", "surprise", "vectors_of",
]  # fmt: skip
