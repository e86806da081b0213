"""How much memory may a model take at most?"""

from homebody.model.gguf import ModelInfo

DEFAULT_CONTEXT = 8192
SPARE = 1024**3
"""For the interpreter, the working buffers of the native library, and texts on their way."""


def context_for(info: ModelInfo, asked: int) -> int:
    """Return the context to use: what was asked for, or a sensible size, and never more than the model knows."""
    return min(asked or DEFAULT_CONTEXT, info.context_length)


def most_memory(info: ModelInfo, context: int) -> int:
    """Return the bytes of its own that a sound model process never needs to exceed.

    The weights may be copied once (repacked for the processor). Whoever needs more has lost its way, as the native
    grammar parser can.
    """
    return 2 * info.file_bytes + keys_and_values(info, context) + SPARE


def keys_and_values(info: ModelInfo, context: int) -> int:
    """Return the bytes that the keys and values of *context* tokens take at most; most models take less.

    A token's take at most the model's width each, in 16 bits, in every layer.
    """
    return 4 * info.layers * info.width * context
