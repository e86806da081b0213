"""What does the loaded model know: its vocabulary, its template, its grammar matcher?"""

import ctypes
from collections.abc import Callable
from pathlib import Path
from typing import Any

import llama_cpp as native

from homebody.engine.llama.library import Library
from homebody.engine.llama.matcher import Grammar
from homebody.errors import GrammarError, ModelError, ModelFileError

TOO_LONG = -(2**31)


class Weights:
    """A loaded model, without any memory of what it read."""

    def __init__(
        self, library: Library, path: Path, *, settings: dict[str, Any], on_load: Callable[[float], None]
    ) -> None:
        """Load the model. Raises ModelFileError with what the library said."""
        self._library = library
        self.handle = self._load(path, settings, on_load)
        self.vocab = native.llama_model_get_vocab(self.handle)
        self.size = int(native.llama_vocab_n_tokens(self.vocab))
        self._pieces: dict[int, bytes] = {}

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
                f"The model could not be loaded: {self._library.said()}.",
                hint="The file is damaged, or newer than this version of llama-cpp-python knows.",
            )
        if native.llama_model_has_encoder(model) or not native.llama_model_has_decoder(model):
            raise ModelFileError("The model cannot write text from a prompt alone: it is an encoder.")
        return model

    @property
    def forgets_in_part(self) -> bool:
        """Return whether a part of what was read can be forgotten; recurrent and hybrid memories cannot.

        (llama-memory-recurrent.cpp, seq_rm; llama-memory-hybrid.cpp)
        """
        return not (native.llama_model_is_recurrent(self.handle) or native.llama_model_is_hybrid(self.handle))

    @property
    def window(self) -> int:
        """Return over how many tokens the layers that do not look back over all look back; 0 where all do."""
        return int(native.llama_model_n_swa(self.handle))

    def template(self) -> str | None:
        """Return the chat template that came with the model, if one did."""
        found = native.llama_model_chat_template(self.handle, None)
        return found.decode("utf-8", "replace") if found else None

    def metadata(self, key: str) -> str | None:
        """Return what the model's file says under *key*, its first 63 bytes."""
        room = ctypes.create_string_buffer(64)
        found = native.llama_model_meta_val_str(self.handle, key.encode(), room, len(room))
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

    def tokenize(self, text: str, *, special: bool, whole: bool = False) -> list[int]:
        """Return the tokens of *text*; with *special*, names of control tokens in it become those tokens.

        As a *whole* it has the tokens that this model begins and ends a text with.
        """
        data = text.encode("utf-8", "replace")
        space = len(data) + 16
        while True:
            buffer = (native.llama_token * space)()
            found = native.llama_tokenize(self.vocab, data, len(data), buffer, space, whole, special)
            if found >= 0:
                return list(buffer[:found])
            if found == TOO_LONG:
                raise ModelError("The text is too long to be tokenized at once.")
            space = -found

    def piece(self, token: int) -> bytes:
        """Return the bytes of *token*; control tokens have none."""
        known = self._pieces.get(token)
        if known is None:
            known = self._pieces[token] = self._read_piece(token, special=False)
        return known

    def spelled(self, token: int) -> bytes:
        """Return the bytes of *token*, the name of a control token."""
        return self._read_piece(token, special=True)

    def _read_piece(self, token: int, *, special: bool) -> bytes:
        """Ask the library for a token's bytes, with as much room as it takes."""
        space = 64
        while True:
            buffer = ctypes.create_string_buffer(space)
            found = native.llama_token_to_piece(self.vocab, token, buffer, space, 0, special)
            if found >= 0:
                return buffer.raw[:found]
            space = -found

    def grammar(self, text: str) -> Grammar:
        """Return a compiled grammar. Raises GrammarError with the library's reason when that cannot be done."""
        with self._library.listening():
            pointer = native.llama_sampler_init_grammar(self.vocab, text.encode("utf-8", "replace"), b"root")
        if not pointer:
            raise GrammarError(f"The grammar cannot be used: {self._library.said()}.")
        return Grammar(pointer, self.size)
