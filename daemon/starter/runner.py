"""How is a GGUF asked directly, greedily and under the grammar, without homebody's engine?

Used while training and in the starter's own tests; it encodes the parts of a prompt one by one, as the engine does.
"""

import ctypes
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import llama_cpp
import numpy as np

from homebody.messages import Message
from homebody.slots import Slot
from homebody.slots.prompt import build

CONTEXT = 2048
_silent = llama_cpp.llama_log_callback(lambda *_: None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the model said, and how."""

    text: str
    stopped: bool
    prompt_tokens: int
    answer_tokens: int
    first_ms: float
    seconds: float

    def value(self) -> dict[str, object]:
        """Return the JSON that was said, or nothing when it is none."""
        try:
            held = json.loads(self.text)
        except ValueError:
            return {}
        return held if isinstance(held, dict) else {}


def grammar(slots: Mapping[str, Slot]) -> str:
    """Return the GBNF of an object with *slots* in their order."""
    fields = []
    for name, slot in slots.items():
        rule = f'({slot.rule()} | "null")' if slot.optional else slot.rule()
        fields.append(f'"\\"{name}\\":" {rule}')
    return 'root ::= "{" ' + ' "," '.join(fields) + ' "}"'


class Runner:
    """One loaded GGUF."""

    def __init__(self, path: Path, threads: int = 2) -> None:
        llama_cpp.llama_log_set(_silent, ctypes.c_void_p(0))
        llama_cpp.llama_backend_init()
        wanted = llama_cpp.llama_model_default_params()
        wanted.use_extra_bufts = False
        wanted.n_gpu_layers = 0
        self.model = llama_cpp.llama_model_load_from_file(bytes(path), wanted)
        if not self.model:
            raise RuntimeError(f"llama.cpp could not load {path}")
        room = llama_cpp.llama_context_default_params()
        room.n_ctx = room.n_batch = CONTEXT
        room.n_threads = room.n_threads_batch = threads
        self.context = llama_cpp.llama_init_from_model(self.model, room)
        self.vocab = llama_cpp.llama_model_get_vocab(self.model)

    def pieces(self) -> list[str]:
        """Return every piece of the vocabulary."""
        size = llama_cpp.llama_vocab_n_tokens(self.vocab)
        return [llama_cpp.llama_vocab_get_text(self.vocab, i).decode() for i in range(size)]

    def trained_context(self) -> int:
        """Return how many tokens the model was made for."""
        return int(llama_cpp.llama_model_n_ctx_train(self.model))

    def tokens(self, text: str, *, special: bool = False) -> list[int]:
        """Return llama.cpp's ids of *text*."""
        raw = text.encode()
        room = (llama_cpp.llama_token * (len(raw) + 8))()
        count = llama_cpp.llama_tokenize(self.vocab, raw, len(raw), room, len(room), False, special)
        return list(room[:count])

    def prompt(self, messages: tuple[Message, ...]) -> list[int]:
        """Return the ids of *messages* and of the answer's opening."""
        ids = [llama_cpp.llama_vocab_bos(self.vocab)]
        for message in messages:
            ids += self.tokens(f"<|im_start|>{message.role}\n", special=True)
            for part in message.parts:
                ids += self.tokens(part.text)
            ids += self.tokens("<|im_end|>\n", special=True)
        return ids + self.tokens("<|im_start|>assistant\n", special=True)

    def ask(self, task: str, slots: Mapping[str, Slot], document: str) -> Reply:
        """Return the answer to homebody's own prompt."""
        return self.say(self.prompt(build(task, slots, document)), grammar(slots))

    def say(self, ids: list[int], rules: str | None = None, most: int = 400) -> Reply:
        """Return the most probable continuation of *ids* that *rules* allow, token by token."""
        began = time.perf_counter()
        llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(self.context), True)
        judge = llama_cpp.llama_sampler_init_grammar(self.vocab, rules.encode(), b"root") if rules else None
        self._decode(ids)
        out, first, stopped, count = bytearray(), 0.0, False, 0
        while count < min(most, CONTEXT - len(ids) - 1):
            token = self._best(judge)
            first = first or time.perf_counter() - began
            if llama_cpp.llama_vocab_is_eog(self.vocab, token):
                stopped = True
                break
            if judge:
                llama_cpp.llama_sampler_accept(judge, token)
            out += self._bytes(token)
            count += 1
            self._decode([token])
        if judge:
            llama_cpp.llama_sampler_free(judge)
        return Reply(
            text=out.decode("utf-8", "replace"),
            stopped=stopped,
            prompt_tokens=len(ids),
            answer_tokens=count,
            first_ms=first * 1000,
            seconds=time.perf_counter() - began,
        )

    def _decode(self, ids: list[int]) -> None:
        room = (llama_cpp.llama_token * len(ids))(*ids)
        if llama_cpp.llama_decode(self.context, llama_cpp.llama_batch_get_one(room, len(ids))) != 0:
            raise RuntimeError("llama.cpp could not decode")

    def _best(self, judge: object) -> int:
        """Return the most probable token that *judge* allows: the first few are tried, then all."""
        size = llama_cpp.llama_vocab_n_tokens(self.vocab)
        scores = np.ctypeslib.as_array(llama_cpp.llama_get_logits_ith(self.context, -1), (size,))
        if judge is None:
            return int(scores.argmax())
        top = np.argsort(-scores)
        for some in (top[:8], top):
            held = (llama_cpp.llama_token_data * len(some))(*((int(i), float(scores[i]), 0.0) for i in some))
            array = llama_cpp.llama_token_data_array(held, len(some), -1, False)
            llama_cpp.llama_sampler_apply(judge, ctypes.byref(array))
            allowed = [(held[i].logit, held[i].id) for i in range(len(some)) if held[i].logit > -1e30]
            if allowed:
                return int(max(allowed)[1])
        raise RuntimeError("the grammar allows no token")

    def _bytes(self, token: int) -> bytes:
        room = ctypes.create_string_buffer(128)
        count = llama_cpp.llama_token_to_piece(self.vocab, token, room, 128, 0, False)
        return room.raw[:count]
