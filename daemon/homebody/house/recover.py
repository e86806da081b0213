"""What was interrupted, and how does it come to its end? Asked once at every start.

Hashes decide, not hope: for each intended effect the file is looked at, and it either is as it was before,
or as it should be after, or somebody changed it since. A plan is carried out whole or taken back whole.
"""

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from homebody.actions.apply import InTheWayError, sweep
from homebody.errors import ChangedSinceError, DiskFullError, EffectError
from homebody.house.deeds import Standing, folders_of, make, reverse, standing
from homebody.house.force import BESIDE
from homebody.house.undo import finish_undo
from homebody.journal.run import EffectRow, EffectState, Run, RunState
from homebody.journal.store import Journal
from homebody.journal.vault import Vault, VaultError

MOST_INTERRUPTIONS = 5
"""A run over which homebody came down so often is set aside."""

BY_OTHERS = "it was broken off, and what it had changed was changed again by then: that was left as it is"
"""Why a run failed that could be neither finished nor taken back whole; an undo by force still can."""


class Settled(Enum):
    """What became of the plan that an earlier start of a run wrote down."""

    NO_PLAN = "there was none, or nothing of it had been done"
    FINISHED = "every effect is applied"
    TAKEN_BACK = "every file is as it was before the run"
    PARTLY = "a file that was changed since keeps what the run and the others made of it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """How many interrupted runs were finished, taken back, queued again, or wait for room on the disk."""

    finished: int = 0
    taken_back: int = 0
    handed_back: int = 0
    postponed: int = 0
    swept: int = 0


def recover(journal: Journal, vault: Vault) -> Recovered:
    """Bring every interrupted run and undo to its end or back to the queue.

    Calling it again changes nothing more. Raises JournalError or DiskFullError when the journal itself
    cannot be written.
    """
    counts = {"finished": 0, "taken_back": 0, "handed_back": 0, "postponed": 0}
    undoing, running = journal.in_state(RunState.UNDOING), journal.in_state(RunState.RUNNING)
    broken_off = [effect for run in [*undoing, *running] for effect in journal.effects(run.id)]
    swept = sweep(folders_of(broken_off)) + vault.sweep()
    for run in undoing:
        try:
            finish_undo(journal, vault, run)
            counts["taken_back"] += 1
        except EffectError:
            counts["postponed"] += 1
    for run in running:
        counts[bring_to_end(journal, vault, run)] += 1
    journal.let_go_on()
    return Recovered(**counts, swept=swept)


def bring_to_end(journal: Journal, vault: Vault, run: Run) -> str:
    """Bring one interrupted run to its end or back to the queue, and return what became of it."""
    try:
        settled = settle(journal, vault, run.id)
    except EffectError:
        journal.hand_back(
            run.id, "homebody was interrupted, and the plan cannot be finished yet", counted=True
        )
        return "postponed"
    if settled is Settled.FINISHED:
        journal.finish(run.id, RunState.DONE, "finished after an interruption")
        return "finished"
    if settled is Settled.PARTLY:
        journal.finish(run.id, RunState.FAILED, BY_OTHERS)
        return "taken_back"
    if run.interruptions + 1 >= MOST_INTERRUPTIONS:
        state = RunState.QUARANTINED if run.path is not None else RunState.FAILED
        journal.finish(run.id, state, f"homebody was interrupted {run.interruptions + 1} times over it")
        return "taken_back"
    journal.hand_back(run.id, "homebody was interrupted in the middle of it", counted=True)
    return "taken_back" if settled is Settled.TAKEN_BACK else "handed_back"


def mend(journal: Journal, vault: Vault, broken_off: Iterable[Run]) -> None:
    """Bring runs that a fault of ours broke off, and undos that were left half-way, to their end or back to the queue.

    For a house at work: no other change may be made meanwhile, and nobody may have one of those runs in hand. Raises
    JournalError or DiskFullError.
    """
    for run in journal.in_state(RunState.UNDOING):
        with contextlib.suppress(EffectError):
            finish_undo(journal, vault, run)
    for run in broken_off:
        bring_to_end(journal, vault, run)


def settle(journal: Journal, vault: Vault, run: int) -> Settled:
    """Carry out what is left of the plan that an earlier start of *run* wrote down, or take all of it back.

    For a run that is started again, before anything else is done for it. Raises DiskFullError when there is
    no room for either, and EffectError when neither can be done just now; then the plan stays open.
    """
    effects = [
        effect
        for effect in in_states(
            journal, run, EffectState.INTENDED, EffectState.APPLIED, EffectState.REVERSING
        )
        if effect.kind != BESIDE  # of an undo by force that a crash stopped before it began
    ]
    if not effects:
        return Settled.NO_PLAN
    sweep(folders_of(effects))  # a fault may have kept the last try from clearing up
    if all(effect.state != EffectState.REVERSING for effect in effects):
        try:
            for effect in effects:
                carry_on(journal, vault, effect)
        except DiskFullError:
            raise
        except (EffectError, VaultError):
            pass  # then the plan is taken back, below
        else:
            return Settled.FINISHED
    return Settled.TAKEN_BACK if take_back(journal, vault, run) else Settled.PARTLY


def in_states(journal: Journal, run: int, *states: EffectState) -> list[EffectRow]:
    """Return the effects of *run* that are in one of *states*, in order."""
    return [effect for effect in journal.effects(run) if effect.state in states]


def carry_on(journal: Journal, vault: Vault, effect: EffectRow) -> None:
    """Make an effect that is not made yet. Raises ChangedSinceError, EffectError or VaultError."""
    if effect.state == EffectState.APPLIED:
        return
    assert effect.id is not None
    if standing(effect) is Standing.OVERTAKEN:
        raise ChangedSinceError("The file changed while the run was interrupted.")
    make(vault, effect)
    journal.mark(effect.id, EffectState.APPLIED)


def take_back(journal: Journal, vault: Vault, run: int) -> bool:
    """Take back what the plan of a broken-off *run* has changed, the last effect first.

    Returns whether every file is as it was before. One that somebody changed since, or whose before-image is
    gone, is left as it is. Raises DiskFullError, and EffectError when a file cannot be written just now; then
    the intent to take back stays, and ``settle`` goes on with it.
    """
    withdraw(journal, run)
    later: EffectError | None = None
    for effect in reversed(in_states(journal, run, EffectState.REVERSING)):
        assert effect.id is not None
        try:
            reverse(vault, effect)
            journal.mark(effect.id, EffectState.ABANDONED)
        except (ChangedSinceError, InTheWayError, VaultError):
            journal.mark(effect.id, EffectState.KEPT)
        except DiskFullError:
            raise
        except EffectError as error:
            later = error  # one file that is out of reach keeps no other from being put back
    if later is not None:
        raise later
    return not in_states(journal, run, EffectState.KEPT)


def withdraw(journal: Journal, run: int) -> None:
    """Write down, in one transaction, that the open plan of *run* is to be taken back.

    What was surely not made is abandoned at once; the file tells where the mark does not.
    """
    marks: dict[int, str] = {}
    for effect in in_states(journal, run, EffectState.INTENDED, EffectState.APPLIED):
        assert effect.id is not None
        made = effect.state == EffectState.APPLIED or may_be_made(effect)
        marks[effect.id] = EffectState.REVERSING if made else EffectState.ABANDONED
    journal.mark_all(marks)


def may_be_made(effect: EffectRow) -> bool:
    """Return whether an intended effect was made, as far as the file can be looked at just now."""
    try:
        return standing(effect) in (Standing.AFTER, Standing.UNDER_WAY)
    except InTheWayError:
        return False
    except EffectError:
        return True
