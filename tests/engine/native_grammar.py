"""The native matcher on the vocabulary of a model, walking side by side with a follower."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import llama_cpp
import numpy as np

from homebody.engine.following import Follower, parse
from homebody.engine.llama import Grammar

JSON = r"""
root   ::= object
value  ::= object | array | string | number | ("true" | "false" | "null") ws
object ::= "{" ws ( string ":" ws value ("," ws string ":" ws value)* )? "}" ws
array  ::= "[" ws ( value ("," ws value)* )? "]" ws
string ::= "\"" ( [^"\\\x7F\x00-\x1F] | "\\" (["\\bfnrt] | "u" [0-9a-fA-F]{4}) )* "\"" ws # escapes
number ::= ("-"? ([0-9] | [1-9] [0-9]{0,15})) ("." [0-9]+)? ([eE] [-+]? [0-9] [1-9]{0,15})? ws
ws     ::= | " " | "\n" [ \t]{0,20}
"""
"""Any JSON object, as a schema without bounds gives it."""

CLOSERS = (b'"', b"]", b"}", b",")


@llama_cpp.llama_log_callback
def SILENT(_level: int, _text: bytes, _data: Any) -> None:
    """Say nothing."""


class Vocabulary:
    """The tokens of a model file that have a text, and its end token; no weights are loaded."""

    def __init__(self, path: Path) -> None:
        llama_cpp.llama_log_set(SILENT, llama_cpp.ctypes.c_void_p(0))
        parameters = llama_cpp.llama_model_default_params()
        parameters.vocab_only = True
        self._model = llama_cpp.llama_model_load_from_file(str(path).encode(), parameters)
        assert self._model
        self._vocab = llama_cpp.llama_model_get_vocab(self._model)
        self.size = llama_cpp.llama_vocab_n_tokens(self._vocab)
        self.end = llama_cpp.llama_vocab_eos(self._vocab)
        self.pieces = {token: piece for token in range(self.size) if (piece := self._piece(token))}
        self.tokens = np.array([*self.pieces, self.end], dtype=np.int32)

    def _piece(self, token: int) -> bytes:
        """Return the bytes of *token*; control tokens have none."""
        buffer = llama_cpp.ctypes.create_string_buffer(128)
        found = llama_cpp.llama_token_to_piece(self._vocab, token, buffer, len(buffer), 0, False)
        return buffer.raw[: max(found, 0)]

    @contextmanager
    def matcher(self, text: str) -> Iterator[Grammar | None]:
        """Lend the native matcher of a grammar, None for one that is refused."""
        pointer = llama_cpp.llama_sampler_init_grammar(self._vocab, text.encode(), b"root")
        matcher = Grammar(pointer, self.size) if pointer else None
        yield matcher
        if matcher is not None:
            matcher.close()

    def close(self) -> None:
        """Give the model back."""
        llama_cpp.llama_model_free(self._model)


def follower(text: str, said: str = "") -> Follower:
    """Return a follower of the grammar *text* that has come past *said*."""
    rules = parse(text)
    assert rules is not None
    one = Follower(rules)
    one.advance(said)
    return one


def side_by_side(
    vocabulary: Vocabulary, matcher: Grammar, follower: Follower, chance: random.Random, *, steps: int
) -> None:
    """Write by chance what *matcher* allows, and compare at each token all that *follower* says about it.

    Where the follower says that nothing is forced, so it must be: the bytes of the next character leave a choice.
    """
    unforced, alone = False, True
    for _ in range(steps):
        allowed = vocabulary.tokens[matcher.allowed(vocabulary.tokens)].tolist()
        may_end = vocabulary.end in allowed
        pieces = {token: vocabulary.pieces[token] for token in allowed if token != vocabulary.end}
        if follower.lost:
            assert (True, False, "") == (follower.may_end(), follower.complete(), follower.forced())
            return
        assert may_end == follower.may_end()
        assert (may_end and not pieces) == follower.complete()
        forced = follower.forced().encode()
        if forced:
            assert not may_end
            assert pieces
            assert all(forced.startswith(piece) or piece.startswith(forced) for piece in pieces.values())
        if not pieces:
            return
        if not follower.inside_character():
            assert not (unforced and alone), "there was no choice, and the follower did not see it"
            unforced, alone = not forced and not may_end, True
        alone = alone and len({piece[0] for piece in pieces.values()}) == 1
        token = _chosen(pieces, chance)
        alone = alone and len(pieces[token]) == 1
        matcher.accept(token)
        follower.feed(pieces[token])


def _chosen(pieces: dict[int, bytes], chance: random.Random) -> int:
    """Return a token by chance: one that closes something, a single byte, or any."""
    closing = [token for token, piece in pieces.items() if piece in CLOSERS]
    single = [token for token, piece in pieces.items() if len(piece) == 1]
    return chance.choice(chance.choice([closing or single, single, list(pieces)]) or list(pieces))
