"""Which plans wait for a person, and what becomes of them: agreed to, edited, or turned down?"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from homebody.documents.file import identify
from homebody.errors import DocumentError, SlotError, UsageError
from homebody.house.evidence import drop_evidence
from homebody.house.proposal import Proposal, keep, kept, words_of
from homebody.journal.run import Run, RunState
from homebody.journal.store import Journal
from homebody.journal.vault import Vault
from homebody.recipe.schema import ANY_SIZE, Ask, Recipe, Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A run that waits, with its plan as it was shown; None when that is no longer kept.

    ``overtaken`` says that its file has changed since: agreeing to it would change nothing.
    """

    run: Run
    proposal: Proposal | None
    overtaken: bool


def waiting(journal: Journal, vault: Vault, *, dry: bool = False) -> list[Waiting]:
    """Return every run that waits for approval, the oldest first; those of dry runs instead if *dry*."""
    return [
        Waiting(run=run, proposal=kept(journal, vault, run.id), overtaken=_overtaken(run))
        for run in journal.in_state(RunState.WAITING)
        if run.dry == dry
    ]


def _overtaken(run: Run) -> bool:
    if run.path is None or run.content is None:
        return False
    try:
        return identify(run.path, limit=ANY_SIZE) != run.content
    except DocumentError:
        return True


def accept(journal: Journal, run: int) -> None:
    """Let the plan of a waiting run be carried out. Raises UsageError when the run does not wait."""
    _must_be_waiting(journal, run)
    journal.approve(run)


def accept_like(journal: Journal, run: int) -> list[int]:
    """Let the plans of every waiting run of the same recipe be carried out; return the runs' numbers."""
    like = _must_be_waiting(journal, run)
    found = [
        one.id
        for one in journal.in_state(RunState.WAITING)
        if one.recipe == like.recipe and one.dry == like.dry
    ]
    for number in found:
        journal.approve(number)
    return found


def reject(journal: Journal, run: int) -> None:
    """Let a waiting run go; its file is left as it is, and is not taken up again by itself. Raises UsageError."""
    _must_be_waiting(journal, run)
    journal.finish(run, RunState.SKIPPED, "a person has turned its plan down")


def edit(journal: Journal, vault: Vault, recipe: Recipe | None, run: int, slots: Mapping[str, str]) -> None:
    """Fill slots of a waiting run as a person wants them; its plan is made anew and waits again.

    Raises UsageError for a slot that the recipe does not have, or a value that it does not allow.
    """
    found = _must_be_waiting(journal, run)
    proposal = kept(journal, vault, run)
    if recipe is None or not recipe.ask or proposal is None:
        raise UsageError(f"Run {run} has no slots that could be filled by hand.")
    if proposal.recipe_hash != recipe.hash:
        raise UsageError(
            f"{recipe.name} was changed since: its slots may be others.",
            hint=f"`homebody review reject {run}`, then `homebody run {recipe.name}` asks anew.",
        )
    values: dict[str, Any] = {}
    today = proposal.now.astimezone().date()
    output = {name: slot for ask in recipe.ask for name, slot in ask.on(today).slots().items()}
    for given, text in slots.items():
        name = _meant(given, output)
        if name is None:
            raise UsageError(f"{found.recipe} has no slot {given!r}.", hint=f"It has {', '.join(output)}.")
        ask = name.rpartition(".")[0]
        if proposal.answer_to(ask) is None:
            raise UsageError(f"{ask or 'The model'} was not asked: the ask's `when` did not hold.")
        try:
            values[name] = _by_hand(output[name], text)
        except SlotError as error:
            raise UsageError(f"{given} {error}.") from error
    anew = asked_anew(recipe.ask, values, {*proposal.edited, *values})
    keep(journal, vault, run, proposal.with_slots(values, anew))
    drop_evidence(journal, vault, run, values)
    journal.plan_again(run, "a person has filled its slots; its plan is made anew")


def _meant(given: str, slots: Collection[str]) -> str | None:
    """Return the full name of the slot that a person means by *given*; its own name is enough if only one has it."""
    if given in slots:
        return given
    fitting = [name for name in slots if name.rpartition(".")[2] == given]
    return fitting[0] if len(fitting) == 1 else None


def asked_anew(asks: Sequence[Ask], changed: Collection[str], edited: Collection[str]) -> set[str]:
    """Return the names of the *asks* whose answer hangs on slots that were *changed*, directly or by another ask.

    One of which a person filled a slot, by *edited*, is left as it is.
    """
    others: set[str] = set()
    slots = set(changed)
    for ask in asks:
        if ask.uses(slots) and not ask.slots().keys() & set(edited):
            others.add(ask.name)
            slots |= ask.slots().keys()
    return others


def _by_hand(slot: Slot, text: str) -> Any:
    """Return what *slot* holds when a person writes *text*, which needs no evidence. Raises SlotError."""
    value = None if slot.optional and not text.strip() else slot.by_hand(text)
    if slot.proposals(value):
        raise SlotError("holds words that are not in the list: add them to it first")
    return slot.check(value, words_of(value))


def _must_be_waiting(journal: Journal, run: int) -> Run:
    found = journal.run(run)
    if found.state is not RunState.WAITING:
        raise UsageError(
            f"Run {run} is {found.state.value}, and waits for nobody.",
            hint="`homebody review` lists those that do.",
        )
    return found
