"""What has been read, by which sequence: one llama_context with its keys and values."""

import ctypes
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import llama_cpp as native
import numpy as np
from numpy.typing import NDArray

from homebody.engine.llama.batch import Batch, Fed, judge, listen
from homebody.engine.llama.library import Library
from homebody.engine.llama.weights import Weights
from homebody.errors import ModelError

STEP = 512
"""The most tokens of one step; between two steps a cancel is heard on every device."""

KINDS = {"f16": native.GGML_TYPE_F16, "q8_0": native.GGML_TYPE_Q8_0}
"""How keys and values can be kept, by the library's numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How working memory is laid out: *cells* in all where *unified*, else for each of its sequences.

    *outputs* is the most tokens of one step whose logits are wanted; the library's buffers are sized by it. A step is
    worked on in pieces of *batch* tokens, whose working memory it sizes. Keys and values are kept as *kv* says.
    """

    sequences: int
    cells: int
    unified: bool
    outputs: int
    batch: int = STEP
    kv: str = "f16"


class KvCache:
    """Working memory for several sequences: in one common pool of cells, or each with cells of its own."""

    def __init__(
        self,
        library: Library,
        weights: Weights,
        layout: Layout,
        *,
        threads: int,
        gpu: bool,
    ) -> None:
        """Make it. Raises ModelError when memory lacks."""
        self._library = library
        self.vocabulary = weights.size
        self.unified = layout.unified
        self.sequences = layout.sequences
        self.outputs = max(layout.outputs, layout.sequences)
        self._partly = weights.forgets_in_part
        self._window = weights.window if self._partly else 0
        params = native.llama_context_default_params()
        params.n_ctx = layout.cells * (1 if layout.unified else layout.sequences)
        params.n_batch, params.n_ubatch = STEP, min(layout.batch, STEP)
        params.type_k = params.type_v = KINDS[layout.kv]
        params.n_seq_max = layout.sequences
        params.n_outputs_max = max(
            layout.outputs, layout.sequences
        )  # less is an assertion (llama-context.cpp)
        params.kv_unified = layout.unified
        params.n_threads = params.n_threads_batch = threads
        params.offload_kqv = params.op_offload = gpu
        self._context = native.llama_init_from_model(weights.handle, params)
        if not self._context:
            raise ModelError(
                f"There is not enough memory for a context of {params.n_ctx} tokens: {library.said()}.",
                hint="Set a smaller `context:` in `settings.yaml`, or use a smaller model.",
            )
        self.cells = min(layout.cells, int(native.llama_n_ctx_seq(self._context)))
        self.kind = f"{'pool' if layout.unified else 'lanes'}-{self.cells}-k{params.type_k}-v{params.type_v}"
        self._memory = native.llama_get_memory(self._context)
        self._batch = Batch(STEP)

    def abort_when(self, stop: Callable[[], bool] | None) -> None:
        """Let *stop* be asked between two graph nodes of a step, or let nobody be asked, which is faster.

        (On the CPU; a GPU hears only between two steps.)
        """
        self._library.abort_when(stop)
        listen(self._context, self._library, heard=stop is not None)

    def step(self, feed: Sequence[Fed]) -> list[int]:
        """Feed the model, at most STEP tokens and `outputs` outputs in all.

        Returns the place of each one's first output, for `logits`. Raises AbortedError when the abort check
        stopped it (then every sequence of the step must be trimmed to what it held), ModelError when the library
        refuses the step, DeviceError when nothing that it says can be trusted any more.
        """
        places = self._batch.fill(feed)
        judge(native.llama_decode(self._context, self._batch.native), self._library)
        return places

    def logits(self, place: int) -> NDArray[np.float32]:
        """Return a view of the logits at *place* of the last step, which the next step overwrites."""
        pointer = native.llama_get_logits_ith(self._context, place)
        if not pointer:
            raise ModelError("The model gave no result for a step.")
        return np.ctypeslib.as_array(pointer, (self.vocabulary,))

    def held(self, sequence: int) -> int:
        """Return how many tokens a sequence holds."""
        return int(native.llama_memory_seq_pos_max(self._memory, sequence)) + 1

    def trim(self, sequence: int, count: int) -> int:
        """Let a sequence forget all beyond *count* tokens; return how many are left.

        Where a part cannot be forgotten, or what is left has lost its beginning, nothing is left.
        """
        possible = count > 0 and (self._partly or self.held(sequence) <= count)
        if possible and native.llama_memory_seq_rm(self._memory, sequence, count, -1):
            left = min(count, self.held(sequence))
            if left and self._sound(sequence, left):
                return left
        native.llama_memory_seq_rm(self._memory, sequence, -1, -1)
        return 0

    def _sound(self, sequence: int, count: int) -> bool:
        """Return whether a sequence has all that a token after its first *count* looks back at.

        Where layers look back over a window, others may write over the cells that have fallen out of it, also in a
        cache of full size (llama-kv-cache.cpp, find_slot): what ends earlier then lacks them.
        """
        least = int(native.llama_memory_seq_pos_min(self._memory, sequence)) if self._window else 0
        return least <= max(0, count - self._window + 1)

    def fork(self, source: int, target: int, count: int) -> int:
        """Let *target* hold the first *count* tokens of *source*, and nothing else; return how many it holds.

        In a common pool the cells are shared; else they are copied, which can be done only whole
        (llama-kv-cache.cpp, seq_cp).
        """
        native.llama_memory_seq_rm(self._memory, target, -1, -1)
        native.llama_memory_seq_cp(self._memory, source, target, -1, -1)
        return self.trim(target, count)

    def join(self, source: int, target: int, count: int) -> None:
        """Let *target* share the cells of the first *count* tokens of *source*, giving up its own that hold the same.

        In a common pool only, and only where a part can be forgotten.
        """
        native.llama_memory_seq_rm(self._memory, target, 0, count)
        native.llama_memory_seq_cp(self._memory, source, target, 0, count)

    def clear(self) -> None:
        """Forget everything."""
        native.llama_memory_clear(self._memory, True)

    def close(self) -> None:
        """Give the memory back."""
        self._batch.free()
        native.llama_free(self._context)
        self._context = None

    def state(self, sequence: int) -> bytes:
        """Return what a sequence holds, to be put back by `restore` into a cache of the same model and kind."""
        size = int(native.llama_state_seq_get_size(self._context, sequence))
        buffer = (ctypes.c_uint8 * size)()
        written = int(native.llama_state_seq_get_data(self._context, buffer, size, sequence))
        return bytes(memoryview(buffer)[:written])

    def restore(self, sequence: int, state: bytes) -> bool:
        """Let a sequence hold what `state` returned; return whether that could be done."""
        buffer = (ctypes.c_uint8 * len(state)).from_buffer_copy(state)
        done: Any = native.llama_state_seq_set_data(self._context, buffer, len(state), sequence)
        return bool(done)
