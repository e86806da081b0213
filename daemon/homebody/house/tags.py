"""Which words did answers propose for a list, and what did a person decide about them?

They are words out of documents: the vault keeps them, and the journal only their names there.
"""

import contextlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from homebody.errors import HomebodyError, UsageError
from homebody.house.calls import image
from homebody.journal.run import Run
from homebody.journal.store import Journal
from homebody.journal.vault import Vault
from homebody.recipe.schema import Recipe
from homebody.slots import ListSlot, Slot
from homebody.strict_json import strict_loads

PROPOSED, TURNED_DOWN = "proposed", "turned-down"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedWord:
    """A word that answers proposed for the list in ``slot`` of ``recipe``, and the runs that did."""

    recipe: str
    slot: str
    word: str
    runs: list[int] = field(default_factory=list)

    @property
    def key(self) -> bytes:
        """What tells it from others: upper and lower case do not."""
        return json.dumps([self.recipe, self.slot, self.word.casefold()]).encode()


def proposed_words(slots: Mapping[str, Slot], answer: str) -> list[tuple[str, str]]:
    """Return the words that *answer* proposes, each with its slot: what the check took, and left out of the values."""
    given = strict_loads(answer)
    return [(name, word) for name, slot in slots.items() for word in slot.proposals(given.get(name))]


def keep_proposals(journal: Journal, vault: Vault, run: Run, found: Sequence[tuple[str, str]]) -> None:
    """Keep the words that the answers of *run* propose, each with its slot, in place of those of an earlier try.

    What cannot be kept (a full disk, a vault that cannot be written) is left out: the run goes on.
    """
    with contextlib.suppress(HomebodyError, OSError):
        for number, (name, word) in enumerate(found):
            text = json.dumps([run.recipe, name, word], ensure_ascii=False)
            journal.keep(run.id, PROPOSED, vault.put(text.encode()), ordinal=number)


def proposals(journal: Journal, vault: Vault, recipes: Mapping[str, Recipe]) -> list[ProposedWord]:
    """Return the words that wait for a person, by recipe, slot and word.

    What *recipes* know by now, or no longer ask for, waits no more, nor does what the vault has let go.
    """
    settled = {name for _run, _ordinal, name in journal.kept_as(TURNED_DOWN)}
    found: dict[bytes, ProposedWord] = {}
    for run, _ordinal, name in journal.kept_as(PROPOSED):
        kept = image(vault, name)
        if kept is None:
            continue
        recipe, slot, word = json.loads(kept)
        one = ProposedWord(recipe=recipe, slot=slot, word=word)
        if not _open(one, recipes) or vault.name_of(one.key) in settled:
            continue
        known = found.setdefault(one.key, one).runs
        if run not in known:
            known.append(run)
    return sorted(found.values(), key=lambda one: (one.recipe, one.slot, one.word.casefold()))


def _open(one: ProposedWord, recipes: Mapping[str, Recipe]) -> bool:
    """Return whether the list still takes proposals, and does not have the word yet."""
    recipe = recipes.get(one.recipe)
    slot = None if recipe is None else recipe.slots().get(one.slot)
    if not isinstance(slot, ListSlot) or slot.new != "propose":
        return False
    return one.word.casefold() not in {word.casefold() for word in slot.of or ()}


def turn_down(journal: Journal, vault: Vault, one: ProposedWord) -> None:
    """Let nobody be asked about the word again. Raises UsageError for one that no run proposed, HomebodyError."""
    if not one.runs:
        raise UsageError(
            f"No run of {one.recipe} has proposed that word.", hint="`homebody tags` lists those that wait."
        )
    run = one.runs[0]
    numbers = [ordinal for name, ordinal in journal.kept(run) if name == TURNED_DOWN]
    journal.keep(run, TURNED_DOWN, vault.put(one.key), ordinal=max(numbers, default=-1) + 1)
