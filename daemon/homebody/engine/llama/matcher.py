"""Which tokens does a grammar allow, by the native library's own judgement?"""

import ctypes
from typing import Any

import llama_cpp as native
import numpy as np
from numpy.typing import NDArray

_CANDIDATE = np.dtype([("id", "<i4"), ("logit", "<f4"), ("p", "<f4")])


class Grammar:
    """A grammar and how far it has come; never fed a token that it did not allow, which would abort."""

    def __init__(self, pointer: Any, size: int) -> None:
        """Take over the sampler at *pointer*, for a vocabulary of *size* tokens."""
        self._pointer = pointer
        self._size = size
        self._entries = np.zeros(64, dtype=_CANDIDATE)
        self._array = native.llama_token_data_array()

    def allowed(self, tokens: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Return, for each of *tokens*, whether it may come next."""
        count = len(tokens)
        if count > len(self._entries):
            self._entries = np.zeros(max(count, min(2 * count, self._size)), dtype=_CANDIDATE)
        entries = self._entries[:count]
        entries["id"] = tokens
        entries["logit"] = 0.0
        self._array.data = ctypes.cast(self._entries.ctypes.data, native.llama_token_data_p)
        self._array.size = count
        self._array.selected = -1
        self._array.sorted = False
        native.llama_sampler_apply(self._pointer, ctypes.byref(self._array))
        found: NDArray[np.bool_] = np.isfinite(entries["logit"])
        return found

    def accept(self, token: int) -> None:
        """Go on past *token*, which must have been allowed."""
        native.llama_sampler_accept(self._pointer, token)

    def copy(self) -> "Grammar":
        """Return another one that has come as far and goes its own way."""
        return Grammar(native.llama_sampler_clone(self._pointer), self._size)

    def close(self) -> None:
        """Give its memory back."""
        if self._pointer:
            native.llama_sampler_free(self._pointer)
            self._pointer = None

    def __del__(self) -> None:
        """Give its memory back also where nobody closed it: a compiled one that is no longer kept."""
        self.close()
