"""What was a person shown, and is what would be done now still the same?

A plan that waits (a dry run, or a recipe with ``approve``) is kept whole in the vault: the answers, the moment
that its templates saw, and every change as it was shown. Carrying it out is planning again with the same
answers; it is done only if the same comes out.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from homebody.actions.effect import Copy, Effect, Move, Notice, OnFile, Put, Tags
from homebody.actions.tags import split
from homebody.documents.file import take
from homebody.errors import DocumentError
from homebody.house.applying import deed_of, home_of
from homebody.journal.run import Run
from homebody.journal.store import Journal
from homebody.journal.vault import Vault, VaultError
from homebody.recipe.schema import Recipe

PLAN = "plan"
"""The name under which the journal finds it."""

LONGEST_TEXT = 20_000
"""Characters of a file that are kept to be shown."""


DRY = "a dry run: nothing was changed; `homebody run --apply-last` does what was shown, within a day"
APPROVAL = "it waits for your approval: `homebody review`"
ANOTHER = "what would be done is no longer what was shown: look again, with `homebody review`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change as it is shown: paths, hashes, and the texts before and after as far as they can be shown.

    For tags the texts are the tags, with commas between them; for a notice its words.
    """

    deed: str
    kind: str
    path: str
    source: str | None = None
    before: str | None
    after: str | None
    size: int | None = None
    old: str | None = None
    new: str | None = None

    @property
    def essence(self) -> tuple[str | None, ...]:
        """What must be the same for the change to be the one that was shown."""
        return self.deed, self.path, self.source, self.before, self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A plan that waits: which version of its recipe made it, when, from which answers, and what it changes.

    ``answer`` are the slots, or those of each of the named ``asks``; ``edited`` are the slots that a person has filled,
    named as in templates (``kind``, ``facts.kind``); ``tokens`` are those read and those there were.
    """

    recipe_hash: str
    now: datetime
    answer: Mapping[str, Any] | None
    asks: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()
    tokens: tuple[int, int] = (0, 0)
    changes: tuple[Change, ...] = ()

    def same(self, changes: Sequence[Change]) -> bool:
        """Return whether *changes* are what was shown."""
        return [one.essence for one in self.changes] == [one.essence for one in changes]

    def answer_to(self, ask: str) -> Mapping[str, Any] | None:
        """Return the slots of the ask of that name, of the only one for no name; None when it was not asked."""
        return (self.answer or {}).get(ask) if ask else self.answer

    def slots(self) -> dict[str, Any]:
        """Return what every slot holds, by its name as in templates."""
        found: dict[str, Any] = {}
        for name, said in (self.answer or {}).items():
            found |= {f"{name}.{slot}": one for slot, one in said.items()} if self.asks else {name: said}
        return found

    def with_slots(self, values: Mapping[str, Any], asked_anew: Collection[str] = ()) -> "Proposal":
        """Return the proposal with slots as a person has filled them, and without the answers to be *asked_anew*."""
        answer = {name: said for name, said in (self.answer or {}).items() if name not in asked_anew}
        for name, value in values.items():
            ask, _, slot = name.rpartition(".")
            answer |= {ask: {**answer.get(ask, {}), slot: value}} if ask else {slot: value}
        edited = dict.fromkeys((*self.edited, *values))
        return replace(self, answer=answer, edited=tuple(edited))

    def evidence(self) -> str:
        """Return what a person has written: it counts as standing in the document."""
        slots = self.slots()
        return "\n".join(words_of(slots.get(name)) for name in self.edited)


def words_of(value: Any) -> str:
    """Return a slot's value as text: each item of a list on a line of its own, of an object what it is made of."""
    if isinstance(value, Mapping):
        return " ".join(map(words_of, value.values()))
    if isinstance(value, list | tuple):
        return "\n".join(map(words_of, value))
    return "" if value is None else str(value)


def shown(effects: Sequence[Effect]) -> tuple[Change, ...]:
    """Return *effects* as they are shown to a person."""
    now_at = home_of(effects)
    return tuple(
        _told(effect) if isinstance(effect, Notice) else _shown(effect, now_at(effect.path))
        for effect in effects
    )


def _told(notice: Notice) -> Change:
    return Change(deed="notice", kind=notice.kind, path="", before=None, after=notice.after, new=notice.words)


def _shown(effect: OnFile, here: Path) -> Change:
    match effect:
        case Put():
            return Change(
                deed="put",
                kind=effect.kind,
                path=str(effect.path),
                before=effect.before,
                after=effect.after,
                size=len(effect.content),
                old=None if effect.before is None else _text(_content(here)),
                new=_text(effect.content),
            )
        case Move() | Copy():
            return Change(
                deed=deed_of(effect).value,
                kind=effect.kind,
                path=str(effect.path),
                source=str(effect.source),
                before=effect.before,
                after=effect.after,
            )
        case Tags():
            return Change(
                deed="tags",
                kind=effect.kind,
                path=str(effect.path),
                before=effect.before,
                after=effect.after,
                old=", ".join(split(effect.stored_before)),
                new=", ".join(split(effect.stored)),
            )


def _content(path: Path) -> bytes | None:
    try:
        return take(path).data
    except DocumentError:
        return None


def _text(data: bytes | None) -> str | None:
    """Return *data* as text, as far as it is shown; None for what is no text."""
    if data is None:
        return None
    try:
        return data.decode("utf-8")[:LONGEST_TEXT]
    except UnicodeDecodeError:
        return None


def why_wait(
    run: Run,
    recipe: Recipe,
    proposal: Proposal | None,
    changes: Sequence[Change],
    approvals: Callable[[str], int],
) -> str | None:
    """Return why a plan that makes *changes* waits for a person, or None when it may be carried out now.

    *approvals* says how many plans of a recipe a person has agreed to so far.
    """
    if run.dry:
        return DRY
    if run.approved:
        return None if proposal is not None and proposal.same(changes) else ANOTHER
    if recipe.approve is None:
        return None
    first = recipe.approve.first
    return None if first is not None and approvals(recipe.name) >= first else APPROVAL


def proposed(
    recipe: Recipe,
    earlier: Proposal | None,
    changes: Sequence[Change],
    *,
    answer: Mapping[str, Any] | None,
    tokens: tuple[int, int],
    now: datetime,
) -> Proposal:
    """Return the plan as it is kept for a person; *earlier* is the one that it takes the place of."""
    return Proposal(
        recipe_hash=recipe.hash,
        now=now,
        answer=answer,
        asks=tuple(ask.name for ask in recipe.ask if ask.name),
        edited=() if earlier is None else earlier.edited,
        tokens=tokens,
        changes=tuple(changes),
    )


def keep(journal: Journal, vault: Vault, run: int, proposal: Proposal) -> None:
    """Keep the plan of *run*, encrypted. Raises HomebodyError."""
    values = asdict(proposal) | {"now": proposal.now.isoformat()}
    text = json.dumps(values, ensure_ascii=False, default=str)
    journal.keep(run, PLAN, vault.put(text.encode("utf-8", "surrogateescape")))


def kept(journal: Journal, vault: Vault, run: int) -> Proposal | None:
    """Return the plan that is kept of *run*; None when there is none, or it is no longer in the vault."""
    image = journal.kept(run).get((PLAN, 0))
    if image is None:
        return None
    try:
        values = json.loads(vault.get(image).decode("utf-8", "surrogateescape"))
    except VaultError:
        return None
    return Proposal(
        recipe_hash=values["recipe_hash"],
        now=datetime.fromisoformat(values["now"]),
        answer=values["answer"],
        asks=tuple(values.get("asks", ())),
        edited=tuple(values["edited"]),
        tokens=(int(values["tokens"][0]), int(values["tokens"][1])),
        changes=tuple(Change(**one) for one in values["changes"]),
    )
