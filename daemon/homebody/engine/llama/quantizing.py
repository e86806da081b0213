"""How does llama.cpp make a smaller file of a model, and how surprised is a model by a text?"""

import ctypes
import math
import re
from collections.abc import Callable, Iterator, Sequence

import llama_cpp as native
import numpy as np

from homebody.engine.llama.batch import Fed
from homebody.engine.llama.cache import KvCache, Layout
from homebody.engine.llama.library import ERROR, KEPT, Library
from homebody.engine.llama.weights import Weights
from homebody.errors import ModelFileError

TENSOR = re.compile(rb"^\[ *(\d+)/ *(\d+)\]")
"""How llama_model_quantize begins the line of each tensor (llama-quant.cpp)."""

WINDOW = 512
"""Tokens that are read from nothing; a model that is asked about a text sees some such length."""

CONTEXT = 64
"""Tokens at the beginning of a window that are not judged: too little stands before them."""

STEP = 64
"""Tokens of one step: each gives as many numbers as there are pieces, 600 kB at 150,000."""


def quantize(
    source: str, target: str, kind: str, *, again: bool, threads: int, tell: Callable[[int, int], None]
) -> None:
    """Write the model in *source* to *target*, its weights as *kind* says ("q4_k_m"); *tell* hears of each tensor.

    *again* lets weights that were quantized before be quantized once more. Raises ModelFileError with the library's
    reason.
    """
    said: list[str] = []

    def hear(level: int, text: bytes, _: object) -> None:
        found = TENSOR.match(text)
        if found:
            tell(int(found[1]), int(found[2]))
        elif level == ERROR:
            said.append(" ".join(text.decode("utf-8", "replace").split()))

    callback = native.llama_log_callback(hear)
    KEPT.append(callback)
    native.llama_log_set(callback, ctypes.c_void_p(0))
    params = native.llama_model_quantize_default_params()
    params.ftype = getattr(native, f"LLAMA_FTYPE_MOSTLY_{kind.upper()}")
    params.nthread = threads
    params.allow_requantize = again
    code = native.llama_model_quantize(source.encode(), target.encode(), ctypes.byref(params))
    if code != 0:
        reason = "; ".join(line for line in said if line)[-400:] or f"code {code}"
        raise ModelFileError(f"llama.cpp could not make {kind} of it: {reason}.")


def surprise(
    library: Library, weights: Weights, text: str, *, threads: int, tell: Callable[[int, int], None]
) -> tuple[float, float, list[int]]:
    """Return the perplexity of *text*, its standard error, and the likeliest token at each place that was judged.

    e to the mean of how unlikely each token was (minus its log probability), after windows of WINDOW tokens without
    the first CONTEXT of each; the error is that of the mean, carried over.
    """
    tokens = weights.tokenize(text, special=False)
    layout = Layout(sequences=1, cells=WINDOW + STEP, unified=True, outputs=STEP)
    cache = KvCache(library, weights, layout, threads=threads, gpu=False)
    begin = [weights.special("bos")[0]] if weights.special("bos")[0] >= 0 else []
    size = WINDOW - len(begin)
    windows = [tokens[place : place + size] for place in range(0, len(tokens), size)]
    costs: list[float] = []
    best: list[int] = []
    for number, window in enumerate(windows):
        tell(number, len(windows))
        cache.clear()
        for cost, token in _judged(cache, [*begin, *window]):
            costs.append(cost)
            best.append(token)
    cache.close()
    if not costs:
        raise ModelFileError("The model cuts the text into too few tokens to be judged by.")
    mean = float(np.mean(costs))
    error = float(np.std(costs)) / math.sqrt(len(costs))
    return math.exp(mean), math.exp(mean) * error, best


def _judged(cache: KvCache, window: Sequence[int]) -> Iterator[tuple[float, int]]:
    """Yield, for each token of a window without the first CONTEXT, minus its log probability, and the likeliest one."""
    for start in range(0, len(window), STEP):
        chunk = window[start : start + STEP]
        (place,) = cache.step([Fed(0, start, chunk, len(chunk))])
        for offset in range(len(chunk)):
            following = start + offset + 1
            if CONTEXT <= following < len(window):
                logits = cache.logits(place + offset).astype(np.float64)
                top = logits.max()
                cost = top + np.log(np.exp(logits - top).sum()) - logits[window[following]]
                yield float(cost), int(logits.argmax())
