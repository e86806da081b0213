"""What was interrupted, and how does it come to its end? Asked once at every start.

Hashes decide, not hope: for each intended effect the file is looked at, and it either is as it was before,
or as it should be after, or somebody changed it since.
"""

from dataclasses import dataclass

from homebody.actions.apply import content_sha, put
from homebody.actions.effect import Put
from homebody.errors import ChangedSinceError, EffectError, HomebodyError
from homebody.house.undo import finish_undo
from homebody.journal.run import EffectRow, Run, RunState
from homebody.journal.store import Journal
from homebody.journal.vault import Vault

MOST_ATTEMPTS = 5
"""A run that was interrupted so often brings homebody down, and is set aside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """How many interrupted runs were finished, taken back, or queued again."""

    finished: int = 0
    taken_back: int = 0
    handed_back: int = 0


def recover(journal: Journal, vault: Vault) -> Recovered:
    """Bring every interrupted run and undo to its end or back to the queue. Calling it again does nothing more."""
    finished = handed_back = taken_back = 0
    for run in journal.in_state(RunState.UNDOING):
        finish_undo(journal, vault, run)
        taken_back += 1
    for run in journal.in_state(RunState.RUNNING):
        effects = [effect for effect in journal.effects(run.id) if effect.state in ("intended", "applied")]
        if effects and complete(journal, vault, effects):
            journal.finish(run.id, RunState.DONE, "finished after an interruption")
            finished += 1
        elif effects and any(effect.state == "applied" for effect in journal.effects(run.id)):
            journal.finish(run.id, RunState.FAILED, "interrupted, and a file was changed by somebody else meanwhile")
            taken_back += 1
        elif run.attempt >= MOST_ATTEMPTS:
            journal.finish(run.id, RunState.QUARANTINED, f"homebody was interrupted {run.attempt} times over it")
            taken_back += 1
        else:
            journal.hand_back(run.id, "homebody was interrupted in the middle of it")
            handed_back += 1
    return Recovered(finished=finished, taken_back=taken_back, handed_back=handed_back)


def complete(journal: Journal, vault: Vault, effects: list[EffectRow]) -> bool:
    """Return whether every effect is applied now; one whose file was changed meanwhile is abandoned."""
    whole = True
    for effect in effects:
        if effect.state == "applied":
            continue
        assert effect.id is not None
        state = carried_on(vault, effect)
        journal.mark(effect.id, state)
        whole = whole and state == "applied"
    return whole


def carried_on(vault: Vault, effect: EffectRow) -> str:
    """Return ``applied`` when the effect is or could be made, ``abandoned`` when the world has moved on."""
    try:
        current = content_sha(effect.path)
        if current == effect.after:
            return "applied"
        if current != effect.before:
            return "abandoned"
        put(Put(path=effect.path, content=vault.get(effect.after_image), before=effect.before,
                kind=effect.kind, mode=effect.mode))  # fmt: skip
    except (ChangedSinceError, EffectError, HomebodyError, OSError):
        return "abandoned"
    return "applied"


def interrupted(journal: Journal) -> list[Run]:
    """Return the runs that were being carried out when homebody ended."""
    return journal.in_state(RunState.RUNNING)
