"""What can the native library do for us? The only module that imports llama_cpp; the low-level API alone.

Native faults end the process and cannot be caught, so every call is guarded against what is known to crash: a bad
grammar and logits that were not asked for give NULL, a grammar that is fed a token it did not allow aborts.
"""

import contextlib
import ctypes
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import llama_cpp as native
import numpy as np
from numpy.typing import NDArray

from homebody.errors import ModelError, ModelFileError

CHUNK = 512
"""Tokens that are read in one step; between two steps a cancel is heard on every device."""

PROOF_TOKENS = 40
"""Enough for the kernels of whole batches, and then some single steps."""

OK, ABORTED = 0, 2
WARNING, ERROR = 3, 4
"""ggml_log_level in ggml.h; llama-cpp-python's own table of them is off by one."""

_CANDIDATE = np.dtype([("id", "<i4"), ("logit", "<f4"), ("p", "<f4")])


class AbortedError(Exception):
    """A step was given up because the abort check said so."""


@contextlib.contextmanager
def error_output() -> Iterator[list[str]]:
    """Collect the lines that native code prints to the error output meanwhile, as far as a pipe holds them.

    The grammar parser prints its reasons there and nowhere else (llama-grammar.cpp, parse).
    """
    lines: list[str] = []
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    kept = os.dup(2)
    os.dup2(writing, 2)
    os.close(writing)
    try:
        yield lines
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        with os.fdopen(reading, "rb") as stream:
            lines += stream.read().decode("utf-8", "replace").splitlines()


class Llama:
    """A loaded model with one sequence of memory."""

    def __init__(
        self,
        path: Path,
        *,
        context: int,
        threads: int,
        settings: dict[str, Any],
        on_load: Callable[[float], None],
    ) -> None:
        """Load the model. Raises ModelFileError or ModelError with what the library said."""
        self._said: deque[str] = deque(maxlen=8)
        self._log = native.llama_log_callback(self._hear)
        native.llama_log_set(self._log, ctypes.c_void_p(0))
        native.llama_backend_init()
        self._stop: Callable[[], bool] = bool
        self._abort = native.ggml_abort_callback(lambda _: self._stop())
        self._model = self._load(path, settings, on_load)
        self.vocab = native.llama_model_get_vocab(self._model)
        self.size = int(native.llama_vocab_n_tokens(self.vocab))
        self._context = self._make_context(context, threads, settings)
        self.context = min(context, int(native.llama_n_ctx_seq(self._context)))
        self._memory = native.llama_get_memory(self._context)
        self._pieces: dict[int, bytes] = {}
        self._batch = native.llama_batch_init(CHUNK, 0, 1)
        self._tokens = np.ctypeslib.as_array(self._batch.token, (CHUNK,))
        self._positions = np.ctypeslib.as_array(self._batch.pos, (CHUNK,))
        self._outputs = np.ctypeslib.as_array(self._batch.logits, (CHUNK,))
        for place in range(CHUNK):
            self._batch.n_seq_id[place] = 1
            self._batch.seq_id[place][0] = 0

    def _load(self, path: Path, settings: dict[str, Any], on_load: Callable[[float], None]) -> Any:
        """Return the loaded weights."""

        def progress(share: float, _: Any) -> bool:
            on_load(share)
            return True

        params = native.llama_model_default_params()
        params.use_extra_bufts = settings["extra_buffers"]
        params.n_gpu_layers = settings["gpu_layers"]
        params.load_mode = native.LLAMA_LOAD_MODE_AUTO if settings["mmap"] else native.LLAMA_LOAD_MODE_NONE
        callback = native.llama_progress_callback(progress)
        params.progress_callback = callback
        model = native.llama_model_load_from_file(str(path).encode(), params)
        if not model:
            raise ModelFileError(
                f"The model could not be loaded: {self.said()}.",
                hint="The file is damaged, or newer than this version of llama-cpp-python knows.",
            )
        if native.llama_model_has_encoder(model) or not native.llama_model_has_decoder(model):
            raise ModelFileError("The model cannot write text from a prompt alone: it is an encoder.")
        return model

    def _make_context(self, wanted: int, threads: int, settings: dict[str, Any]) -> Any:
        """Return the working memory for *wanted* tokens."""
        params = native.llama_context_default_params()
        params.n_ctx = wanted
        params.n_batch = params.n_ubatch = CHUNK
        params.n_seq_max = params.n_outputs_max = 1
        params.n_threads = params.n_threads_batch = threads
        params.offload_kqv = params.op_offload = settings["gpu_layers"] != 0
        params.abort_callback = self._abort
        context = native.llama_init_from_model(self._model, params)
        if not context:
            raise ModelError(
                f"There is not enough memory for a context of {wanted} tokens: {self.said()}.",
                hint="Set a smaller `context:` in `settings.yaml`, or use a smaller model.",
            )
        return context

    def _hear(self, level: int, text: bytes | None, _: Any) -> None:
        """Keep the library's warnings and errors; they are the reason when something is refused."""
        line = (text or b"").decode("utf-8", "replace").strip()
        if level in (WARNING, ERROR) and line:
            self._said.append(line)

    def said(self) -> str:
        """Return the last of what the library complained of, and forget it."""
        lines = [" ".join(line.split()) for line in self._said if line.strip()]
        self._said.clear()
        return "; ".join(lines)[-400:].rstrip(".") or "it gave no reason"

    def abort_when(self, stop: Callable[[], bool] | None) -> None:
        """Let *stop* be asked between two graph nodes (on the CPU; a GPU hears only between two steps)."""
        self._stop = stop or bool

    # The vocabulary

    def template(self) -> str | None:
        """Return the chat template that came with the model, if one did."""
        found = native.llama_model_chat_template(self._model, None)
        return found.decode("utf-8", "replace") if found else None

    def metadata(self, key: str) -> str | None:
        """Return what the model's file says under *key*, its first 63 bytes."""
        room = ctypes.create_string_buffer(64)
        found = native.llama_model_meta_val_str(self._model, key.encode(), room, len(room))
        return room.value.decode("utf-8", "replace") if found >= 0 else None

    def special(self, which: str) -> tuple[int, str]:
        """Return the token that begins ("bos") or ends ("eos") a text, and how it is written; -1 for none."""
        token = int(getattr(native, f"llama_vocab_{which}")(self.vocab))
        text = native.llama_vocab_get_text(self.vocab, token) if token >= 0 else None
        return token, text.decode("utf-8", "replace") if text else ""

    def adds_bos(self) -> bool:
        """Return whether every text should begin with the token for that."""
        return bool(native.llama_vocab_get_add_bos(self.vocab))

    def ends(self, token: int) -> bool:
        """Return whether *token* ends an answer: any end-of-generation token does."""
        return bool(native.llama_vocab_is_eog(self.vocab, token))

    def tokenize(self, text: str, *, special: bool) -> list[int]:
        """Return the tokens of *text*; with *special*, names of control tokens in it become those tokens."""
        data = text.encode("utf-8", "replace")
        space = len(data) + 16
        while True:
            buffer = (native.llama_token * space)()
            found = native.llama_tokenize(self.vocab, data, len(data), buffer, space, False, special)
            if found >= 0:
                return list(buffer[:found])
            if found == -(2**31):
                raise ModelError("The text is too long to be tokenized at once.")
            space = -found

    def piece(self, token: int) -> bytes:
        """Return the bytes of *token*; control tokens have none."""
        known = self._pieces.get(token)
        if known is None:
            known = self._pieces[token] = self._read_piece(token)
        return known

    def _read_piece(self, token: int) -> bytes:
        """Ask the library for a token's bytes, with as much room as it takes."""
        space = 64
        while True:
            buffer = ctypes.create_string_buffer(space)
            found = native.llama_token_to_piece(self.vocab, token, buffer, space, 0, False)
            if found >= 0:
                return buffer.raw[:found]
            space = -found

    # The sequence

    def keep(self, count: int) -> int:
        """Forget what the memory holds beyond *count* tokens; return how many are left.

        Recurrent models cannot forget a part (llama-memory-recurrent.cpp): then nothing is left.
        """
        if count > 0 and native.llama_memory_seq_rm(self._memory, 0, count, -1):
            return count
        native.llama_memory_clear(self._memory, True)
        return 0

    def held(self) -> int:
        """Return how many tokens the memory holds; after an aborted step that is fewer than were given."""
        return int(native.llama_memory_seq_pos_max(self._memory, 0)) + 1

    def step(self, tokens: Sequence[int], start: int, *, output: bool) -> None:
        """Read at most CHUNK *tokens* that stand at *start* and after; with *output*, `logits` follows.

        Raises AbortedError when the abort check stopped it, ModelError when the library fails.
        """
        count = len(tokens)
        self._batch.n_tokens = count
        self._tokens[:count] = tokens
        self._positions[:count] = np.arange(start, start + count)
        self._outputs[:count] = 0
        self._outputs[count - 1] = output
        code = native.llama_decode(self._context, self._batch)
        if code == ABORTED:
            raise AbortedError
        if code != OK:
            raise ModelError(f"The model failed at a step (code {code}): {self.said()}.")

    def logits(self) -> NDArray[np.float32]:
        """Return a view of the last step's logits, which the next step overwrites."""
        pointer = native.llama_get_logits_ith(self._context, -1)
        if not pointer:
            raise ModelError("The model gave no result for a step.")
        return np.ctypeslib.as_array(pointer, (self.size,))

    def prove(self) -> None:
        """Read and write a few tokens, so that a processor that faults does so now. Raises ModelError."""
        count = min(PROOF_TOKENS, self.context - 4)
        tokens = [number % self.size for number in range(count)]
        self.step(tokens, 0, output=True)
        for place in range(count, count + 3):
            if not np.isfinite(self.logits()).any():
                raise ModelError(
                    "The model gives no numbers: its file is damaged, or it does not fit this machine."
                )
            self.step([place % self.size], place, output=True)
        self.keep(0)

    def grammar(self, text: str) -> "Grammar":
        """Return a compiled grammar. Raises ModelError with the library's reason when that cannot be done."""
        self._said.clear()
        with error_output() as printed:
            pointer = native.llama_sampler_init_grammar(self.vocab, text.encode("utf-8", "replace"), b"root")
        if not pointer:
            self._said += printed
            raise ModelError(f"The grammar cannot be used: {self.said()}.")
        return Grammar(pointer, self.size)


class Grammar:
    """A grammar and how far it has come; never fed a token that it did not allow, which would abort."""

    def __init__(self, pointer: Any, size: int) -> None:
        self._pointer = pointer
        self._entries = np.zeros(size, dtype=_CANDIDATE)
        self._array = native.llama_token_data_array()
        self._array.data = ctypes.cast(self._entries.ctypes.data, native.llama_token_data_p)

    def allowed(self, tokens: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Return, for each of *tokens*, whether it may come next."""
        count = len(tokens)
        entries = self._entries[:count]
        entries["id"] = tokens
        entries["logit"] = 0.0
        self._array.size = count
        self._array.selected = -1
        self._array.sorted = False
        native.llama_sampler_apply(self._pointer, ctypes.byref(self._array))
        found: NDArray[np.bool_] = np.isfinite(entries["logit"])
        return found

    def accept(self, token: int) -> None:
        """Go on past *token*, which must have been allowed."""
        native.llama_sampler_accept(self._pointer, token)

    def close(self) -> None:
        """Give its memory back."""
        if self._pointer:
            native.llama_sampler_free(self._pointer)
            self._pointer = None
