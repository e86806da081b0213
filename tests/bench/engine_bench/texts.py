"""What is written about: notes of a wanted length, recipes' texts, and the grammars of the answers.

Everything is made of words that the starter's test documents are made of, in an order that a seed decides: no two
notes begin alike, so that nobody finds in a cache what he is asked for.
"""

import random
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from homebody.messages import Message, Part
from homebody.slots.choice import ChoiceSlot
from homebody.slots.grammar import grammar
from homebody.slots.list import ListSlot
from homebody.slots.prompt import CLOSE_FENCE, OPEN_FENCE, SYSTEM
from homebody.slots.slot import JSON_CHARACTER
from homebody.slots.text import TextSlot

DOCUMENTS = Path(__file__).parents[2] / "starter" / "documents"
WORD = re.compile(r"[A-Za-z]{2,9}")
TAGS = [
    "home",
    "work",
    "health",
    "money",
    "travel",
    "garden",
    "school",
    "music",
    "food",
    "car",
    "letters",
    "repairs",
]
KINDS = ["note", "letter", "invoice", "reminder", "other"]
NEVER_FULL = 900
"""Characters that no answer of ours reaches: it is cut at its number of tokens, so that all have equally many."""

Count = Callable[[Sequence[str]], list[int]]


class Writer:
    """Writes texts of a wanted number of tokens, each another one."""

    def __init__(self, count: Count, seed: int) -> None:
        """Weigh the words once: *count* returns how many tokens each of some texts has."""
        found = {
            word for path in sorted(DOCUMENTS.glob("*.txt")) for word in WORD.findall(path.read_text("utf-8"))
        }
        words = [f" {word.lower()}" for word in sorted(found)]
        self._words = list(zip(words, count(words), strict=True))
        self._random = random.Random(seed)

    def text(self, tokens: int) -> str:
        """Return words of about so many tokens."""
        chosen = []
        while tokens > 0:
            word, weight = self._random.choice(self._words)
            chosen.append(word)
            tokens -= max(weight, 1)
        return "".join(chosen).strip()

    def recipe(self, tokens: int) -> str:
        """Return what stands before every document of one recipe: the system's words, and a task of so many tokens."""
        return f"{SYSTEM} {self.text(tokens)}"


def prompt(recipe: str, document: str, task: str = "Answer in JSON.") -> tuple[Message, ...]:
    """Return the messages of a run: what all runs of the recipe share, the document as data, the task."""
    return (
        Message(role="system", parts=(Part(text=recipe),)),
        Message(
            role="user",
            parts=(Part(text=OPEN_FENCE), Part(text=document, data=True), Part(text=CLOSE_FENCE + task)),
        ),
    )


def plain(messages: Sequence[Message]) -> list[dict[str, str]]:
    """Return messages as everybody else takes them: a role and one text."""
    return [{"role": one.role, "content": "".join(part.text for part in one.parts)} for one in messages]


def recipe_grammar() -> str:
    """Return the grammar that homebody makes for a recipe with a summary, tags and a kind."""
    return grammar({
        "summary": TextSlot(max=400), "tags": ListSlot(of=TAGS, max=3), "kind": ChoiceSlot(of=KINDS),
    })  # fmt: skip


def note_grammar() -> str:
    """Return a grammar for the notes: the same JSON, with a summary that goes on beyond the answer's tokens."""
    kind = " | ".join(rf'"\"{kind}\""' for kind in KINDS)
    return (
        r'root ::= "{\"kind\":" kind ",\"summary\":" summary "}"' + "\n"
        f"kind ::= {kind}\n"
        rf'summary ::= "\"" {JSON_CHARACTER}{{{NEVER_FULL}}} "\""' + "\n"
    )
