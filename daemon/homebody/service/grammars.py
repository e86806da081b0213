"""Can the model that is loaded answer what a recipe asks: is the grammar of its slots one that it can use?

Each grammar is compiled by the model process when its recipe is taken up, and not when a document waits for it. A
verdict holds for that grammar and that model; without a model there is none, and everybody gets the benefit of the
doubt until there is one.
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from typing import Any, Protocol

from pydantic import ValidationError

from homebody.errors import GrammarError, ModelError, UsageError
from homebody.model.client import ModelReady
from homebody.recipe.asking import Ask
from homebody.recipe.kinds import Loading, build
from homebody.recipe.problem import Unanswerable
from homebody.recipe.schema import Recipe
from homebody.recipe.scope import scope_of
from homebody.service.control import Route
from homebody.slots import Slot
from homebody.slots.grammar import grammar

KEPT = 512
"""Verdicts that are kept: many more than anybody has recipes."""


class Compiles(Protocol):
    """What is needed of a model; ModelClient has it."""

    @property
    def ready(self) -> ModelReady | None:
        """Return what is known of the loaded model, or None while none is loaded."""

    def check_grammar(self, grammar: str) -> None:
        """Raise GrammarError with the reason when *grammar* cannot be used, ModelError when nobody can say."""


class Grammars:
    """The verdicts on grammars. Its methods may be called from any thread; one at a time asks the model."""

    def __init__(self, model: Compiles) -> None:
        self._model = model
        self._asking = threading.Lock()
        self._verdicts: dict[bytes, str | None] = {}
        self._of: str | None = None
        self._looked: str | None = None
        self._unknown = False

    @property
    def stale(self) -> bool:
        """Return whether the loaded model can say more of the recipes than was known when they were looked at last."""
        ready = self._model.ready
        return ready is not None and (self._unknown or ready.sha256 != self._looked)

    def refusals(self, recipes: Iterable[Recipe]) -> dict[str, Unanswerable]:
        """Return why the loaded model cannot answer those of *recipes* that it cannot, by their hashes."""
        self._unknown = False
        ready = self._model.ready
        found: dict[str, Unanswerable] = {}
        for recipe in recipes:
            for number, ask in enumerate(recipe.ask):
                if (why := self.refusal(ask.output)) is not None:
                    found.setdefault(recipe.hash, Unanswerable(ask=number, why=why))
        if ready is not None:
            self._looked = ready.sha256
        return found

    def refusal(self, slots: Mapping[str, Slot]) -> str | None:
        """Return why an answer with these *slots* cannot be had of the loaded model; None when it can, or nobody knows.

        A model that was unloaded to give its memory back is not loaded for this: what it said before counts.
        """
        text = grammar(slots)
        key = sha256(text.encode()).digest()
        with self._asking:
            ready = self._model.ready
            if (ready is not None and ready.sha256 != self._of) or len(self._verdicts) > KEPT:
                self._verdicts.clear()
                self._of = self._of if ready is None else ready.sha256
            if key not in self._verdicts and ready is not None:
                try:
                    self._model.check_grammar(text)
                    self._verdicts[key] = None
                except GrammarError as error:
                    self._verdicts[key] = str(error)
                except ModelError:
                    pass  # it is on its way out: nobody can say just now
            self._unknown = self._unknown or key not in self._verdicts
            return self._verdicts.get(key)


def grammar_routes(grammars: Callable[[], Grammars]) -> dict[tuple[str, str], Route]:
    """Return the routes; *grammars* gives the daemon's verdicts at the time of the request."""
    return {("POST", "/v1/grammar"): lambda asked: judged(grammars(), asked)}


def judged(grammars: Grammars, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return under ``refusal`` why the loaded model cannot fill the slots ``output``, None when it can.

    The grammar is made here, of typed slots: none comes in over the socket. Raises UsageError for what are no slots.
    """
    try:
        said = {"prompt": "Which?", "output": asked.get("output")}
        slots = build(Ask, said, Loading(scope=scope_of({})), "ask").output
    except ValidationError as error:
        raise UsageError("`output` must be slots by name, as the long form of a recipe has them.") from error
    return {"refusal": grammars.refusal(slots)}
