"""What may an answer be, where a grammar has a say?

The native matcher judges every token. Beside it a follower in Python, where it understands the grammar, knows what
the native one cannot tell cheaply: what must come next, and whether the answer is complete.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from homebody.engine.grammar import choose, refuse_dangerous
from homebody.engine.llama import Grammar
from homebody.engine.vocabulary import Vocabulary
from homebody.errors import ModelError

KEPT = 16
"""Compiled grammars that are kept: the recipes of one person, and what is asked at a terminal."""


class Constraint:
    """One answer under a grammar."""

    def __init__(self, vocabulary: Vocabulary, matcher: Grammar) -> None:
        """Begin with a *matcher* that has come nowhere."""
        self._vocabulary = vocabulary
        self._matcher = matcher

    def allowed(self, tokens: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Return, for each token, whether it may come next."""
        return self._matcher.allowed(tokens)

    def accept(self, token: int) -> None:
        """Go on past *token*, which must have been allowed."""
        self._matcher.accept(token)

    def complete(self) -> bool:
        """Return whether the answer may end here and nothing else may come."""
        known = self._vocabulary
        if len(known.enders) and not self._matcher.allowed(known.enders[:1])[0]:
            return False
        allowed = self._matcher.allowed(known.everything)
        allowed[known.enders] = False
        allowed[known.mute] = False
        return not allowed.any()

    def forced(self) -> list[int]:
        """Return tokens of what must come next, as the tokenizer cuts it."""
        return []

    def close(self) -> None:
        """Give the matcher's memory back."""
        self._matcher.close()


class Grammars:
    """The grammars that were compiled lately."""

    def __init__(self, vocabulary: Vocabulary, *, force: bool = True) -> None:
        """Begin with none; with *force*, what must come next is fed without asking the model."""
        self._force = force
        self._vocabulary = vocabulary
        self._compiled = lru_cache(maxsize=KEPT)(self._compile)

    def constraint(self, text: str) -> Constraint:
        """Return what an answer under the grammar *text* must hold to. Raises ModelError with the reason."""
        return Constraint(self._vocabulary, self._compiled(text).copy())

    def _compile(self, text: str) -> Grammar:
        """Return the compiled grammar. Raises ModelError when it cannot be used, or nothing can begin it."""
        refuse_dangerous(text)
        grammar = self._vocabulary.weights.grammar(text)
        logits = np.zeros(self._vocabulary.size, dtype=np.float32)
        self._vocabulary.mark_mute(logits)
        if choose(logits, grammar) is None:
            grammar.close()
            raise ModelError(
                "The grammar cannot be used: nothing that this model can write fits its beginning."
            )
        return grammar
