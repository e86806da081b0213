"""What is known of a model's tokens, found out once when it is loaded."""

import codecs
from collections.abc import Sequence
from functools import cached_property
from itertools import takewhile

import numpy as np
from numpy.typing import NDArray

from homebody.engine.copying import KEY, Copying, Marks, copy_bias
from homebody.engine.llama import Weights

COUNTED_AT_ONCE = 256 * 1024
"""Characters that are counted in one piece: the tokenizer's memory grows with them."""


class Vocabulary:
    """The tokens of one model: which end an answer, which have no text, which are asked for when it copies."""

    def __init__(self, weights: Weights) -> None:
        """Look through all tokens."""
        self.weights = weights
        self.size = weights.size
        everything = range(weights.size)
        self.enders = np.array([token for token in everything if weights.ends(token)], dtype=np.int32)
        self.mute = np.array(
            [token for token in everything if not weights.piece(token) and not weights.ends(token)],
            dtype=np.int32,
        )
        """Tokens without a text that end nothing: a grammar would take them for their names."""
        self.copy_bias = copy_bias(weights.metadata(KEY))
        self._ends = frozenset(int(token) for token in self.enders)

    def ends(self, token: int) -> bool:
        """Return whether *token* ends an answer."""
        return token in self._ends

    def piece(self, token: int) -> bytes:
        """Return the bytes of *token*."""
        return self.weights.piece(token)

    def spelled(self, token: int) -> bytes:
        """Return the bytes of *token*, the name of a control token."""
        return self.weights.spelled(token)

    def control(self, text: str) -> list[int]:
        """Return the tokens of *text*, names of control tokens as those tokens."""
        return self.weights.tokenize(text, special=True)

    def text(self, tokens: Sequence[int]) -> str:
        """Return what the tokens say; a character that was cut off at the end is left out, not guessed."""
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        return "".join(decoder.decode(self.piece(token)) for token in tokens)

    def count(self, text: str) -> int:
        """Return the tokens of a text alone; a very long one is counted in slices, one too many each."""
        return sum(
            len(self.weights.tokenize(text[start : start + COUNTED_AT_ONCE], special=False))
            for start in range(0, len(text), COUNTED_AT_ONCE)
        )

    def exactly(self, text: str) -> list[int]:
        """Return the tokens of *text* if they say just that, else none: some vocabularies put a blank before."""
        tokens = self.weights.tokenize(text, special=False)
        return tokens if b"".join(self.piece(token) for token in tokens) == text.encode() else []

    def copying(self, prompt: Sequence[int], static: int = 0, document: int = 0) -> Copying | None:
        """Return what follows an answer to *prompt*, for a model that is made for copying.

        Copied is from the document, which stands between its first *static* and its first *document* tokens, and words
        of its message may begin an answer; where there is none, all may be copied.
        """
        if not self.copy_bias:
            return None
        if (message := list(takewhile(self.piece, prompt[static:]))) and static:
            return Copying(message, self._pieces, self._marks, document - static if document else None)
        return Copying(prompt, self._pieces, self._marks)

    def mark_mute(self, logits: NDArray[np.float32]) -> None:
        """Make the tokens without a text impossible."""
        logits[self.mute] = -np.inf

    @cached_property
    def everything(self) -> NDArray[np.int32]:
        """Return all tokens."""
        return np.arange(self.size, dtype=np.int32)

    @cached_property
    def _pieces(self) -> list[bytes]:
        return [self.piece(token) for token in range(self.size)]

    @cached_property
    def _marks(self) -> Marks:
        space, quote, stroke = (self.weights.tokenize(mark, special=False)[-1] for mark in (" ", '"', "\\"))
        return Marks(space=space, quote=quote, stroke=stroke)
