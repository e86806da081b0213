"""A bare `llama_decode` loop on llama-cpp-python's low-level API, in a process of its own.

    python tests/bench/engine_bench/rivals/bare.py MODEL THREADS EXTRA_BUFFERS CONTEXT

It answers lines of JSON with lines of JSON: ``{"read": 300, "write": 100}`` reads so many tokens and writes so many,
the most likely ones, and answers ``{"read_seconds": ..., "write_seconds": ...}``. Its first line says how much of the
weights the library has copied for itself.
"""

import ctypes
import json
import re
import sys
import time
from typing import Any

import llama_cpp as native
import numpy as np

STEP = 512
COPIES = re.compile(r"(?:REPACK|AMX|KLEIDIAI)\S* model buffer size = +([0-9.]+) MiB")


class Loop:
    """One model, one context, one sequence."""

    def __init__(self, path: str, *, threads: int, extra_buffers: bool, context: int) -> None:
        """Load it."""
        self.said: list[str] = []
        self._log = native.llama_log_callback(
            lambda level, text, _: self.said.append((text or b"").decode("utf-8", "replace"))
        )
        native.llama_log_set(self._log, ctypes.c_void_p(0))
        native.llama_backend_init()
        params = native.llama_model_default_params()
        params.use_extra_bufts = extra_buffers
        params.n_gpu_layers = 0
        self._model = native.llama_model_load_from_file(path.encode(), params)
        settings = native.llama_context_default_params()
        settings.n_ctx = context
        settings.n_batch = settings.n_ubatch = STEP
        settings.n_threads = settings.n_threads_batch = threads
        settings.offload_kqv = settings.op_offload = False
        self._context = native.llama_init_from_model(self._model, settings)
        if not self._context:
            raise SystemExit("the bare loop could not load the model: " + "".join(self.said)[-500:])
        self._memory = native.llama_get_memory(self._context)
        self._vocabulary = native.llama_vocab_n_tokens(native.llama_model_get_vocab(self._model))
        self._batch = native.llama_batch_init(STEP, 0, 1)
        self._tokens = np.ctypeslib.as_array(self._batch.token, (STEP,))
        self._positions = np.ctypeslib.as_array(self._batch.pos, (STEP,))
        self._outputs = np.ctypeslib.as_array(self._batch.logits, (STEP,))
        for place in range(STEP):
            self._batch.n_seq_id[place] = 1
            self._batch.seq_id[place][0] = 0

    def copied_megabytes(self) -> float:
        """Return how much of the weights was copied into buffers of another layout, by the library's own account."""
        return sum(float(found) for found in COPIES.findall("".join(self.said))) * 2**20 / 1e6

    def run(self, read: int, write: int) -> dict[str, Any]:
        """Read *read* tokens after forgetting everything, write *write*; return the seconds of both.

        The first token written comes out of the last step of reading, as it does everywhere.
        """
        native.llama_memory_clear(self._memory, True)
        prompt = np.random.default_rng(read).integers(300, self._vocabulary, read)
        began = time.perf_counter()
        for start in range(0, read, STEP):
            part = prompt[start : start + STEP]
            self._step(part, start, last=start + STEP >= read)
        token = self._likeliest(len(part) - 1)
        half = time.perf_counter()
        for position in range(read, read + write - 1):
            self._step([token], position, last=True)
            token = self._likeliest(0)
        return {"read_seconds": half - began, "write_seconds": time.perf_counter() - half}

    def _step(self, tokens: Any, position: int, *, last: bool) -> None:
        """Let the model read *tokens*."""
        count = len(tokens)
        self._tokens[:count] = tokens
        self._positions[:count] = np.arange(position, position + count)
        self._outputs[:count] = 0
        self._outputs[count - 1] = last
        self._batch.n_tokens = count
        code = native.llama_decode(self._context, self._batch)
        if code:
            raise SystemExit(f"the bare loop's step failed with {code}")

    def _likeliest(self, place: int) -> int:
        """Return the most likely token after *place*."""
        logits = native.llama_get_logits_ith(self._context, place)
        return int(np.ctypeslib.as_array(logits, (self._vocabulary,)).argmax())


def main() -> None:
    """Answer until nobody asks any more."""
    path, threads, extra, context = sys.argv[1:]
    loop = Loop(path, threads=int(threads), extra_buffers=extra == "1", context=int(context))
    print(json.dumps({"copied_mb": round(loop.copied_megabytes(), 1)}), flush=True)
    for line in sys.stdin:
        print(json.dumps(loop.run(**json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
