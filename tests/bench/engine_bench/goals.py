"""What each figure says, and what it must reach."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure in words, and the bound that it must keep: at least it, or at most."""

    words: str
    bound: float
    at_least: bool
    unit: str = ""

    def reached(self, figure: float) -> bool:
        """Return whether *figure* keeps the bound."""
        return figure >= self.bound if self.at_least else figure <= self.bound

    def __str__(self) -> str:
        """Return the bound as people write it."""
        return f"{'≥' if self.at_least else '≤'} {self.bound:g}{self.unit}"


GOALS: Mapping[str, Goal] = {
    "single_decode": Goal("one run's decode against a bare llama_decode loop", 0.97, at_least=True),
    "prefill": Goal("its prefill against the same", 0.97, at_least=True),
    "constrained": Goal("decode under a JSON grammar against free decode", 0.95, at_least=True),
    "notes_vs_high_level": Goal("notes a minute against the high-level Llama", 2.0, at_least=True),
    "notes_vs_example_server": Goal("the same against llama-cpp-python's example server", 1.0, at_least=True),
    "notes_vs_llama_server": Goal("the same against llama-server at its best width", 1.3, at_least=True),
    "four_asks": Goal("four asks about one document against one", 1.6, at_least=False),
    "cached_first_token": Goal(
        "first token of a recipe's next document against its first", 0.35, at_least=False
    ),
    "overhead_mb": Goal("memory beyond weights and KV", 250, at_least=False, unit=" MB"),
    "memory_growth": Goal(
        "memory after many short runs against after the first of them", 1.02, at_least=False
    ),
}
