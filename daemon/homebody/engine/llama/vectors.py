"""What does a text become in a model that makes embeddings? One vector each, several texts in one step.

The library pools as the file says. What reads in both directions has to see a text whole, in one step (`Whole`). Of a
decoder whose last token stands for the text only that token needs an end (`Ends`): all before it is read as a prompt
is, in pieces, and without the matrix that words are written with, which is a third of a small model.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import llama_cpp as native
import numpy as np
from numpy.typing import NDArray

from homebody.engine.llama.batch import Batch, Fed, judge, listen
from homebody.engine.llama.library import Library
from homebody.engine.llama.weights import Weights
from homebody.errors import ModelError, ModelFileError

TOGETHER = 16
"""Texts of one step."""

PACKED = 512
"""Tokens of one step at most, unless one text alone has more: what looks in both directions looks at all of them."""

ROOM = 64_000_000
LEAST = 64
"""The library sets room aside for the words that each token of a step could be followed by: so much at most, unless
a text is long, or a step would be one of fewer tokens."""

POOLED = (1, 2, 3)
"""Mean, first and last token (llama_pooling_type in llama.h): what gives one vector of the model's width."""

Floats = NDArray[np.float32]


class Vectors(ABC):
    """Working memory of a model that makes embeddings."""

    def __init__(
        self, library: Library, weights: Weights, params: Any, *, longest: int, room: int, threads: int
    ) -> None:
        """Make it. Raises ModelError when memory lacks, ModelFileError for a model that gives no vector of a text."""
        self._library = library
        params.n_seq_max = min(TOGETHER, longest)
        params.n_threads = params.n_threads_batch = threads
        self._context = native.llama_init_from_model(weights.handle, params)
        if not self._context:
            raise ModelError(
                f"There is not enough memory for texts of {longest} tokens: {library.said()}.",
                hint="Use a smaller model for embeddings.",
            )
        if int(native.llama_pooling_type(self._context)) not in POOLED:
            raise ModelFileError(
                "The model does not say which of its numbers stand for a text (its pooling)."
            )
        self._memory = native.llama_get_memory(self._context)
        self._batch = Batch(room)
        self.longest = longest
        """The most tokens of a text."""
        self.packed = min(PACKED, longest, max(LEAST, ROOM // (4 * weights.size)))
        """The most tokens of a step with several texts."""
        self.width = int(native.llama_model_n_embd_out(weights.handle))

    def abort_when(self, stop: Callable[[], bool] | None) -> None:
        """Let *stop* be asked between two graph nodes of a step, or let nobody be asked."""
        self._library.abort_when(stop)
        listen(self._context, self._library, heard=stop is not None)

    @abstractmethod
    def read(self, texts: Sequence[Sequence[int]]) -> Floats:
        """Return the vector of each text, as the model gives it.

        There are at most TOGETHER texts, with `packed` tokens in all or one alone with `longest`, and none is empty.
        Raises AbortedError when the abort check stopped it, ModelError when the library refuses the step, DeviceError
        when nothing that it says can be trusted any more.
        """

    def _clear(self) -> None:
        if self._memory:
            native.llama_memory_clear(self._memory, False)

    def _found(self, count: int) -> Floats:
        """Return what the library has for the first *count* sequences."""
        rows = []
        for sequence in range(count):
            pointer = native.llama_get_embeddings_seq(self._context, sequence)
            if not pointer:
                raise ModelError("The model gave no result for a text.")
            rows.append(np.ctypeslib.as_array(pointer, (self.width,)).copy())
        return np.stack(rows)


class Whole(Vectors):
    """For models that read in both directions: each text is in one step."""

    def __init__(self, library: Library, weights: Weights, longest: int, *, threads: int, gpu: bool) -> None:
        params = native.llama_context_default_params()
        params.n_ctx = params.n_batch = params.n_ubatch = longest
        params.embeddings = True
        params.kv_unified = True
        params.offload_kqv = params.op_offload = gpu
        super().__init__(library, weights, params, longest=longest, room=longest, threads=threads)

    def read(self, texts: Sequence[Sequence[int]]) -> Floats:
        """Return the vectors. Raises as every model does."""
        self._clear()
        self._batch.fill([Fed(place, 0, text, len(text)) for place, text in enumerate(texts)])
        step = native.llama_decode if self._memory else native.llama_encode
        judge(step(self._context, self._batch.native), self._library)
        return self._found(len(texts))


class Ends(Vectors):
    """For decoders whose last token stands for the text."""

    def __init__(self, library: Library, weights: Weights, longest: int, *, threads: int, gpu: bool) -> None:
        params = native.llama_context_default_params()
        params.n_ctx = longest
        params.n_batch = params.n_ubatch = min(PACKED, longest)
        params.n_outputs_max = TOGETHER
        params.kv_unified = True
        params.offload_kqv = params.op_offload = gpu
        super().__init__(
            library, weights, params, longest=longest, room=min(PACKED, longest), threads=threads
        )

    def read(self, texts: Sequence[Sequence[int]]) -> Floats:
        """Return the vectors. Raises as every model does."""
        self._clear()
        before = [Fed(place, 0, text[:-1]) for place, text in enumerate(texts) if len(text) > 1]
        if sum(len(fed.tokens) for fed in before) > self.packed:
            (long,) = before
            before = []
            for start in range(0, len(long.tokens), self.packed):
                self._step([Fed(long.sequence, start, long.tokens[start : start + self.packed])])
        if before:
            self._step(before)
        native.llama_set_embeddings(self._context, True)
        try:
            self._step([Fed(place, len(text) - 1, text[-1:], 1) for place, text in enumerate(texts)])
            return self._found(len(texts))
        finally:
            native.llama_set_embeddings(self._context, False)

    def _step(self, feed: Sequence[Fed]) -> None:
        self._batch.fill(feed)
        judge(native.llama_decode(self._context, self._batch.native), self._library)


def vectors_of(
    library: Library, weights: Weights, longest: int, *, ends: bool, threads: int, gpu: bool
) -> Vectors:
    """Return the working memory for texts of at most *longest* tokens; *ends* says that a last token stands for each.

    Raises ModelError.
    """
    kind = Ends if ends else Whole
    return kind(library, weights, longest, threads=threads, gpu=gpu)
