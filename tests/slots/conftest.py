"""llama.cpp's own grammar parser and matcher, on a vocabulary of single bytes."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import llama_cpp
import pytest
from gguf import GGUFWriter

SPECIAL = 3
"""Tokens before the bytes: unknown, begin and end of the text."""


class Matcher:
    """Says which bytes a grammar lets come next."""

    def __init__(self, vocabulary: Any, grammar: str) -> None:
        self._sampler = llama_cpp.llama_sampler_init_grammar(vocabulary, grammar.encode(), b"root")
        self.accepted = bool(self._sampler)
        self._vocabulary = vocabulary

    def close(self) -> None:
        """Give the sampler back."""
        if self.accepted:
            llama_cpp.llama_sampler_free(self._sampler)

    def allows(self, token: int) -> bool:
        """Return whether *token* may come next."""
        one = (llama_cpp.llama_token_data * 1)(llama_cpp.llama_token_data(id=token, logit=1.0, p=0.0))
        array = llama_cpp.llama_token_data_array(data=one, size=1, selected=-1, sorted=False)
        llama_cpp.llama_sampler_apply(self._sampler, llama_cpp.ctypes.byref(array))
        return bool(one[0].logit > float("-inf"))

    def takes(self, text: str) -> bool:
        """Return whether the grammar allows exactly *text*."""
        llama_cpp.llama_sampler_reset(self._sampler)
        for byte in text.encode():
            if not self.allows(byte + SPECIAL):
                return False
            llama_cpp.llama_sampler_accept(self._sampler, byte + SPECIAL)
        return self.allows(2)

    def wander(self, chance: random.Random) -> str:
        """Return a text made of bytes taken by chance from those that may come next, closing ones more often."""
        llama_cpp.llama_sampler_reset(self._sampler)
        written = bytearray()
        while not self.allows(2):
            closing = [byte for byte in b'"],}' if self.allows(byte + SPECIAL)]
            choices = closing if closing and chance.random() < 0.5 else chance.sample(range(256), 256)
            byte = next(byte for byte in choices if self.allows(byte + SPECIAL))
            llama_cpp.llama_sampler_accept(self._sampler, byte + SPECIAL)
            written.append(byte)
        return written.decode("utf-8", "replace")


@pytest.fixture(scope="session")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A vocabulary of the 256 bytes, loaded by llama.cpp."""
    path = tmp_path_factory.mktemp("vocabulary") / "bytes.gguf"
    write(path)
    parameters = llama_cpp.llama_model_default_params()
    parameters.vocab_only = True
    llama_cpp.llama_log_set(SILENT, None)
    model = llama_cpp.llama_model_load_from_file(str(path).encode(), parameters)
    assert model
    yield llama_cpp.llama_model_get_vocab(model)
    llama_cpp.llama_model_free(model)


@llama_cpp.llama_log_callback
def SILENT(_level: int, _text: bytes, _data: Any) -> None:
    """Say nothing."""


def write(path: Path) -> None:
    """Write a GGUF file that holds a vocabulary and no weights."""
    writer = GGUFWriter(str(path), "llama")
    for key, number in (("context_length", 64), ("embedding_length", 8), ("block_count", 1)):
        writer.add_uint32(f"llama.{key}", number)
    writer.add_uint32("llama.feed_forward_length", 8)
    writer.add_head_count(1)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_tokenizer_model("llama")
    pieces = ["<unk>", "<s>", "</s>", *(f"<0x{number:02X}>" for number in range(256))]
    writer.add_token_list(pieces)
    writer.add_token_scores([0.0] * len(pieces))
    writer.add_token_types([2, 3, 3] + [6] * 256)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


@pytest.fixture
def matcher(vocabulary: Any) -> Iterator[Callable[[str], Matcher]]:
    """A way to get a matcher of a grammar."""
    made: list[Matcher] = []

    def make(grammar: str) -> Matcher:
        made.append(Matcher(vocabulary, grammar))
        return made[-1]

    yield make
    for one in made:
        one.close()
