"""What is fed to the model in one step, and what does the library say of that step?"""

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import llama_cpp as native
import numpy as np

from homebody.engine.llama.library import Library
from homebody.errors import ModelError

OK, ABORTED = 0, 2


class AbortedError(Exception):
    """A step was given up because the abort check said so."""


class DeviceError(Exception):
    """The device is in a state in which no further step can be trusted; only a new process helps.

    Metal keeps such an error and gives garbage from then on (ggml-metal-context.m).
    """


@dataclass(frozen=True, slots=True)
class Fed:
    """Tokens that a step feeds to one sequence, at *position* and after; the last *outputs* of them give logits."""

    sequence: int
    position: int
    tokens: Sequence[int]
    outputs: int = 0


class Batch:
    """The native batch that every step fills again, with room for so many tokens."""

    def __init__(self, room: int) -> None:
        self.native = native.llama_batch_init(room, 0, 1)
        self._tokens = np.ctypeslib.as_array(self.native.token, (room,))
        self._positions = np.ctypeslib.as_array(self.native.pos, (room,))
        self._outputs = np.ctypeslib.as_array(self.native.logits, (room,))
        # Each token belongs to one sequence, whose number stands in an array of one.
        self._of = [
            np.ctypeslib.as_array(
                ctypes.cast(self.native.seq_id[place], ctypes.POINTER(ctypes.c_int32)), (1,)
            )
            for place in range(room)
        ]
        for place in range(room):
            self.native.n_seq_id[place] = 1

    def fill(self, feed: Sequence[Fed]) -> list[int]:
        """Put *feed* into the batch, and return the place of each one's first output."""
        count = 0
        places = []
        for fed in feed:
            end = count + len(fed.tokens)
            self._tokens[count:end] = fed.tokens
            self._positions[count:end] = np.arange(fed.position, fed.position + len(fed.tokens))
            self._outputs[count:end] = 0
            if fed.outputs:
                self._outputs[end - fed.outputs : end] = 1
            for place in range(count, end):
                self._of[place][0] = fed.sequence
            places.append(end - fed.outputs)
            count = end
        self.native.n_tokens = count
        return places

    def free(self) -> None:
        """Give the memory back."""
        native.llama_batch_free(self.native)


def judge(code: int, library: Library) -> None:
    """Raise what the *code* of a step says.

    AbortedError when the abort check stopped it, ModelError when the library refused it, DeviceError when nothing
    that it says can be trusted any more.
    """
    if code == OK:
        return
    if code == ABORTED:
        raise AbortedError
    what = f"The model failed at a step (code {code}): {library.said()}."
    raise DeviceError(what) if code < -1 else ModelError(what)


def listen(context: Any, library: Library, *, heard: bool) -> None:
    """Let the library's abort check be asked between two graph nodes of *context*, or nobody, which is faster."""
    nobody = native.ggml_abort_callback()
    native.llama_set_abort_callback(context, library.abort if heard else nobody, ctypes.c_void_p(0))
