"""What comes of a recipe for a document that it is tested with? Nothing of it is done, and nothing is written down.

The document need not exist: filters, templates, answers and plan are those of a real run, over files that only the
test knows. What is on the disk is not looked at, so that a test says the same on every computer.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from homebody.documents.file import Snapshot
from homebody.errors import DocumentError, HomebodyError, SlotError
from homebody.filters import FileFacts
from homebody.house.answers import answer_all
from homebody.house.expecting import differing, differs
from homebody.house.facts import FILTERED, as_written
from homebody.house.in_mind import InMind, InWords, Nowhere, QuietDesk, Reads
from homebody.house.merged import merged
from homebody.house.model import InTurn, Model
from homebody.house.outcome import Skip, outcome_of
from homebody.house.planner import file_values, names_of, plan, wanted
from homebody.house.proposal import Change, Proposal, shown
from homebody.house.sifting import caught
from homebody.paths import real
from homebody.recipe.schema import Recipe
from homebody.recipe.trials import Trial, plain
from homebody.slots import Slot
from homebody.templates import compile_template

DONE, SKIPPED, FAILED = "done", "skipped", "failed"


Asks = Callable[[Recipe, str, Mapping[str, Any]], Mapping[str, Any] | None]
"""Answers the asks of a recipe about a text, given what its templates know: slots, or those of each ask by its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came of it: the end and the reason, what the slots hold, the changes, and how that is not as expected."""

    outcome: str
    reason: str = ""
    slots: Mapping[str, Any] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    wrong: tuple[str, ...] = ()


def try_out(recipe: Recipe, trial: Trial, folder: Path, *, reads: Reads, asks: Asks, now: datetime) -> Tried:
    """Return what comes of *trial*, whose input lies in *folder*, and how that is not as it is expected there.

    *asks* is asked unless the trial says what the answer is. Raises ModelError only while there is no model.
    """
    try:
        tried = _tried(recipe, trial, folder, reads, asks, now)
    except (HomebodyError, OSError, Skip) as error:
        ended = outcome_of(error, given_up=False)
        if ended.patient:
            raise
        tried = Tried(outcome=ended.state.value, reason=str(error))
    wrong = []
    if tried.outcome != trial.outcome:
        why = f": {tried.reason}" if tried.reason else ""
        wrong.append(f"it is {tried.outcome}, and should be {trial.outcome}{why}")
    else:
        for name, expected in trial.slots.items():
            if (differs_by := differs(expected, tried.slots.get(name))) is not None:
                wrong.append(f"{name} {differs_by}")
        if trial.changes is not None:
            wrong += differing(trial.changes, tried.changes, recipe.vars)
    return Tried(outcome=tried.outcome, reason=tried.reason, slots=tried.slots, changes=tried.changes,
                 wrong=tuple(wrong))  # fmt: skip


def _tried(recipe: Recipe, trial: Trial, folder: Path, reads: Reads, asks: Asks, now: datetime) -> Tried:
    moment = (trial.now or now).astimezone()
    modified = (trial.modified or moment).astimezone()
    values: dict[str, Any] = {
        "vars": dict(recipe.vars),
        "recipe": {"name": recipe.name, "description": recipe.description},
        "run": {
            "id": 0,
            "time": moment.strftime("%H:%M"),
            "date": moment.date(),
            "tokens_read": 0,
            "tokens_total": 0,
        },
    }
    file, text = None, ""
    if trial.documents is not None or not recipe.watched:
        documents = _documents(recipe, trial, modified)
        if recipe.select is not None and not documents:
            return Tried(outcome=SKIPPED, reason="there is nothing new to take up")
        values |= {"documents": documents} if recipe.select is not None else {}
        text = "\n\n".join(document["text"] for document in documents)
    else:
        file = _file(recipe, trial, folder, modified)
        closer = InMind(file, modified, reads if trial.text is None else InWords(trial.text, reads))
        facts = FileFacts(path=file.path, size=file.size, modified=modified, now=moment, closer=closer)
        if (
            refused := next((one for one in recipe.filters_in_order if not one.matches(facts)), None)
        ) is not None:
            return Tried(outcome=SKIPPED, reason=f"{FILTERED}`{as_written(refused)}`")
        values["file"] = file_values(file.path, file.size, modified)
        values |= caught(recipe, facts)
        text = closer.text() if recipe.needs_text() else ""
    slots: dict[str, Any] = {}
    if recipe.ask:
        mine = trial.answer
        given = asks(recipe, text, values) if mine is None else _by_hand(recipe, mine)
        slots = _filled(recipe, given, text, values)
    if not wanted(recipe, values):
        return Tried(outcome=SKIPPED, reason="`when` does not hold", slots=slots)
    there = {_place(path, recipe.vars): words.encode() for path, words in trial.there.items()}
    overlay = Nowhere(file, there)
    effects = merged(plan(recipe, values, file, text, recipe.permissions().writes, overlay=overlay))
    return Tried(outcome=DONE, slots=slots, changes=shown(effects))


def answer_by(model: Model, recipe: Recipe, text: str, values: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return what *model* answers to the asks of *recipe*, as ``Proposal.answer`` has it.

    Raises as ``Interview.ask`` does.
    """
    mine = model if isinstance(model, InTurn) else InTurn(model)
    asks = [ask.on(values["run"]["date"]) for ask in recipe.ask]
    found = answer_all(QuietDesk(lambda: mine), asks, text, values, overflow=recipe.read.overflow).given
    said: Mapping[str, Any] | None = json.loads(as_kept(found))
    return said


def as_kept(answer: Mapping[str, Any] | None) -> str:
    """Return checked values as a plan keeps them, from where they can be checked again."""
    proposal = Proposal(recipe_hash="", now=datetime.now().astimezone(), answer=answer)
    return json.dumps(asdict(proposal)["answer"], ensure_ascii=False, default=str)


def _by_hand(recipe: Recipe, answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the answer that a test gives, in which money may be 12.50 EUR. Raises SlotError."""

    def meant(slot: Slot | None, value: Any) -> Any:
        return slot.by_hand(value) if slot is not None and isinstance(value, str) else plain(value)

    slots = recipe.slots()
    if recipe.ask[0].name:
        return {
            ask: {name: meant(slots.get(f"{ask}.{name}"), value) for name, value in said.items()}
            for ask, said in answer.items()
            if isinstance(said, Mapping)
        }
    return {name: meant(slots.get(name), value) for name, value in answer.items()}


def _filled(
    recipe: Recipe, given: Mapping[str, Any] | None, text: str, values: dict[str, Any]
) -> dict[str, Any]:
    """Put the checked answers into *values*, and return every slot by its full name. Raises SlotError."""
    named = tuple(ask.name for ask in recipe.ask if ask.name)
    proposal = Proposal(recipe_hash=recipe.hash, now=datetime.now().astimezone(), answer=given, asks=named)

    def nobody() -> Any:
        raise SlotError("The test's `answer` has nothing for an ask that is asked.")

    asks = [ask.on(values["run"]["date"]) for ask in recipe.ask]
    answers = answer_all(
        QuietDesk(nobody), asks, text, values, overflow=recipe.read.overflow, proposal=proposal
    )
    values["ask"] = answers.values
    if not named:
        return dict(answers.values)
    return {f"{ask}.{name}": one for ask, slots in answers.values.items() for name, one in slots.items()}


def _file(recipe: Recipe, trial: Trial, folder: Path, modified: datetime) -> Snapshot:
    """Return the trial's document as it would lie in the first watched folder. Raises DocumentError."""
    if trial.text is not None:
        data = trial.text.encode()
    else:
        try:
            data = (folder / str(trial.input)).read_bytes()
        except OSError as error:
            raise DocumentError(f"the test's input {trial.input} cannot be read: {error.strerror}") from error
    name = trial.file or (Path(trial.input).name if trial.input else f"test{_suffix(recipe)}")
    return Snapshot(path=real(recipe.watched[0]) / name, data=data, sha256=hashlib.sha256(data).hexdigest(),
                    size=len(data), mtime_ns=int(modified.timestamp() * 1e9), mode=0o644)  # fmt: skip


def _suffix(recipe: Recipe) -> str:
    """Return the first suffix that the recipe takes of those that plain text has."""
    for suffix in (".md", ".txt"):
        facts = FileFacts(path=Path(f"/test{suffix}"), size=1, modified=datetime.now().astimezone())
        if all(one.matches(facts) for one in recipe.filters if one.kind == "extension"):
            return suffix
    return ".md"


def _documents(recipe: Recipe, trial: Trial, modified: datetime) -> list[Mapping[str, Any]]:
    """Return the documents that a schedule takes up, as templates know them."""
    folder = Path("/") if recipe.select is None else real(recipe.select.folder)
    return [
        {"modified": modified, "text": text.strip(), **names_of(folder / name)}
        for name, text in (trial.documents or {}).items()
    ]


def _place(path: str, variables: Mapping[str, Any]) -> Path:
    """Return the real path that a test means."""
    found = Path(compile_template(path).render({"vars": variables})).expanduser()
    return real(found.parent) / found.name
