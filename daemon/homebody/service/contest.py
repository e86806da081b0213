"""How do models compare at a person's own work: one recipe, a folder of documents, nothing done and nothing kept?"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from homebody.documents.file import take
from homebody.errors import DocumentError, SlotError, UsageError
from homebody.house.answers import answer_all
from homebody.house.in_mind import QuietDesk, Reads
from homebody.house.model import InTurn
from homebody.house.planner import file_values
from homebody.house.trial import as_kept
from homebody.model.client import ModelClient
from homebody.recipe.schema import Recipe
from homebody.slots import Slot
from homebody.slots.check import check

MOST_DOCUMENTS = 50


@dataclass(frozen=True, slots=True)
class Document:
    """A document of the contest."""

    path: Path
    text: str


@dataclass(slots=True)
class Score:
    """What one model made of all documents."""

    answers: dict[str, Mapping[str, Any] | None] = field(default_factory=dict)
    """By the documents' names; None where there was no valid answer."""
    reasons: dict[str, str] = field(default_factory=dict)
    filled: int = 0
    proven: int = 0

    def told(self) -> dict[str, Any]:
        """Return the figures: how many documents have valid slots, and how many values stand in their document."""
        valid = sum(answer is not None for answer in self.answers.values())
        return {
            "documents": len(self.answers),
            "valid": valid,
            "values": self.filled,
            "values_in_document": self.proven,
            "answers": self.answers,
            "reasons": self.reasons,
        }


def documents_in(folder: Path, reads: Reads) -> tuple[list[Document], dict[str, str]]:
    """Return the documents of *folder* that can be read, by name, and of each other file why not.

    Hidden files are no documents. Raises UsageError when there is none, or too many.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder.", hint="Name a folder of documents with `--documents`.")
    found: list[Document] = []
    left_out: dict[str, str] = {}
    for path in sorted(folder.iterdir()):
        if path.is_dir() or path.name.startswith("."):
            continue
        try:
            text = str(reads.read(take(path).data, path.suffix).text)
        except DocumentError as error:
            left_out[path.name] = str(error)
            continue
        if text.strip():
            found.append(Document(path, text))
        else:
            left_out[path.name] = "no text"
    if not found:
        raise UsageError(f"There is no document in {folder} that can be read.")
    if len(found) > MOST_DOCUMENTS:
        raise UsageError(
            f"There are {len(found)} documents in {folder}; at most {MOST_DOCUMENTS} are compared.",
            hint="Put some of them into a folder of their own.",
        )
    return found, left_out


def score(
    client: ModelClient,
    recipe: Recipe,
    documents: Sequence[Document],
    now: datetime,
    tell: Callable[[str], None],
) -> Score:
    """Return what the model answers to the asks of *recipe* about each document. Raises ModelError."""
    result = Score()
    model = InTurn(client)
    for number, document in enumerate(documents, start=1):
        tell(f"reads {number} of {len(documents)}")
        values = {
            "vars": dict(recipe.vars),
            "recipe": {"name": recipe.name, "description": recipe.description},
            "run": {"id": 0, "time": now.strftime("%H:%M"), "date": now.date(), "tokens_read": 0, "tokens_total": 0},
            "file": file_values(document.path, len(document.text.encode()), now),
        }  # fmt: skip
        asks = [ask.on(now.date()) for ask in recipe.ask]
        try:
            found = answer_all(
                QuietDesk(lambda: model), asks, document.text, values, overflow=recipe.read.overflow
            )
        except SlotError as error:
            result.answers[document.path.name] = None
            result.reasons[document.path.name] = str(error)
            continue
        kept = json.loads(as_kept(found.given)) or {}
        result.answers[document.path.name] = kept
        for ask in asks:
            given = kept.get(ask.name, {}) if ask.name else kept
            filled, proven = evidence_of(ask.output, given, document.text)
            result.filled += filled
            result.proven += proven
    return result


def evidence_of(slots: Mapping[str, Slot], given: Mapping[str, Any], text: str) -> tuple[int, int]:
    """Return how many values there are of kinds that could stand in a document, and how many do."""
    filled = proven = 0
    for name, slot in slots.items():
        if not hasattr(slot, "must_appear") or given.get(name) in (None, []):
            continue
        filled += 1
        strict = slot.model_copy(update={"must_appear": True})
        try:
            check(json.dumps({name: given[name]}), {name: strict}, text)
        except SlotError:
            continue
        proven += 1
    return filled, proven


def agreement(one: Score, other: Score) -> float | None:
    """Return the share of slots in which two models say the same, over documents that both answered; None for none."""
    same = of = 0
    for name, answer in one.answers.items():
        against = other.answers.get(name)
        if answer is None or against is None:
            continue
        for slot in flat(answer):
            of += 1
            same += flat(answer)[slot] == flat(against).get(slot, ...)
    return round(same / of, 4) if of else None


def flat(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return the slots of all asks by their full names; lists in no order, for the order says nothing."""
    found: dict[str, Any] = {}
    for name, value in answer.items():
        if isinstance(value, Mapping) and not {"amount", "currency"} >= value.keys():
            found |= {f"{name}.{slot}": inner for slot, inner in flat(value).items()}
        else:
            found[name] = sorted(map(json.dumps, value)) if isinstance(value, list) else value
    return found
