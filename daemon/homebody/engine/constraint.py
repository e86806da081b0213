"""What may an answer be, where a grammar has a say?

The native matcher judges every token. Beside it a follower in Python, where it understands the grammar, knows what
the native one cannot tell cheaply: what must come next, and whether the answer is complete.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from homebody.engine.following import Follower, Rules, endless, parse
from homebody.engine.grammar import choose, refuse_dangerous
from homebody.engine.llama import Grammar
from homebody.engine.vocabulary import Vocabulary
from homebody.errors import GrammarError

KEPT = 16
"""Compiled grammars that are kept: the recipes of one person, and what is asked at a terminal."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A grammar as the native matcher has it, and as the follower has it if it understands it."""

    matcher: Grammar
    rules: Rules | None


class Constraint:
    """One answer under a grammar."""

    def __init__(self, vocabulary: Vocabulary, compiled: Compiled, *, force: bool) -> None:
        """Begin an answer; with *force*, what must come next is told."""
        self._vocabulary = vocabulary
        self._matcher = compiled.matcher.copy()
        self._follower = None if compiled.rules is None else Follower(compiled.rules)
        self._force = force

    def allowed(self, tokens: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Return, for each token, whether it may come next."""
        return self._matcher.allowed(tokens)

    def accept(self, token: int) -> None:
        """Go on past *token*, which must have been allowed."""
        self._matcher.accept(token)
        if self._follower is not None:
            self._follower.feed(self._vocabulary.piece(token))

    def complete(self) -> bool:
        """Return whether the answer may end here and nothing else may come."""
        if self._follower is not None and not self._follower.lost:
            return self._follower.complete()
        known = self._vocabulary
        if len(known.enders) and not self._matcher.allowed(known.enders[:1])[0]:
            return False
        allowed = self._matcher.allowed(known.everything)
        allowed[known.enders] = False
        allowed[known.mute] = False
        return not allowed.any()

    def forced(self, *, closing: bool = True) -> list[int]:
        """Return tokens of what must come next, as the tokenizer cuts it.

        The last of them is left to the model, for a longer token may be more natural there, unless the answer is over
        with it and *closing* is asked for, too.
        """
        if self._follower is None or not self._force:
            return []
        text = self._follower.forced()
        tokens = self._vocabulary.exactly(text) if text else []
        return tokens if closing and self._follower.closing() else tokens[:-1]

    def takes(self, token: int) -> bool:
        """Return whether *token* may come next."""
        return bool(self._matcher.allowed(np.array([token], dtype=np.int32))[0])

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

    def constraint(self, text: str, *, force: bool = True) -> Constraint:
        """Return what an answer under the grammar *text* must hold to. Raises GrammarError with the reason.

        Without *force* the model is asked for every token, also where there is no choice.
        """
        return Constraint(self._vocabulary, self._compiled(text), force=self._force and force)

    def _compile(self, text: str) -> Compiled:
        """Return the compiled grammar. Raises GrammarError when it cannot be used, or nothing can begin it."""
        refuse_dangerous(text)
        if endless(text):
            raise GrammarError(
                "The grammar cannot be used: a rule can come back to itself without a character."
            )
        grammar = self._vocabulary.weights.grammar(text)
        logits = np.zeros(self._vocabulary.size, dtype=np.float32)
        self._vocabulary.mark_mute(logits)
        if choose(logits, grammar) is None:
            grammar.close()
            raise GrammarError(
                "The grammar cannot be used: nothing that this model can write fits its beginning."
            )
        return Compiled(grammar, parse(text))
