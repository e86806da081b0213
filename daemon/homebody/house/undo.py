"""How is a run taken back, byte for byte, or refused with the exact difference?"""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from homebody.actions.apply import sweep
from homebody.errors import ChangedSinceError, EffectError, HomebodyError, UndoRefusedError
from homebody.house.deeds import folders_of, make, reverse
from homebody.house.difference import Difference, differences, really_applied, was_made
from homebody.house.force import BESIDE, forget_force, intend, take_back_all, was_forced
from homebody.journal.run import Deed, EffectRow, EffectState, Run, RunState
from homebody.journal.store import Journal
from homebody.journal.vault import Vault, VaultError

CAN_BE_UNDONE = (RunState.DONE, RunState.FAILED, RunState.QUARANTINED)
"""A run that failed may have changed something before it did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """The files that are as they were before the run, and the newer versions that were kept beside them."""

    files: tuple[Path, ...]
    beside: tuple[Path, ...] = ()


def undo(journal: Journal, vault: Vault, number: int, *, force: bool = False) -> Undone:
    """Take run *number* back, whole or not at all, and return the files that are as they were before.

    The intent is written down first: a crash on the way is made good at the next start. Raises
    UndoRefusedError naming each file that is no longer as the run left it, and what differs; VaultError when
    a before-image is gone; DiskFullError or EffectError when a file cannot be written. Then nothing is
    changed, or what was is put right again. With *force* a newer version of a file stops nothing: it is kept
    beside the old one, under a name that says so.
    """
    run = journal.run(number)
    if journal.forgotten(number):
        raise UndoRefusedError(f"Run {number} cannot be undone: a file of it was forgotten.")
    if run.state not in CAN_BE_UNDONE:
        raise UndoRefusedError(
            f"Run {number} is {run.state.value}: only a run that has changed something can be undone.",
            hint="`homebody history` shows which have.",
        )
    applied = really_applied(journal, number)
    if not applied:
        raise UndoRefusedError(f"Run {number} changed nothing, so there is nothing to undo.")
    found = differences(applied)
    if found:
        refuse(number, found, force=force)
    for effect in applied:
        if effect.before_image is not None:
            vault.get(effect.before_image)  # all images are there before the first file is touched
    if found:
        return forced(journal, vault, run, found)
    forget_force(journal, number)
    journal.set_state(number, RunState.UNDOING)
    try:
        for effect in reversed(applied):
            take_back_one(journal, vault, effect)
    except HomebodyError:
        sweep(folders_of(applied))
        put_right(journal, vault, run, applied)
        raise
    journal.finish(number, RunState.UNDONE, "taken back")
    return Undone(files=touched(applied))


def refuse(number: int, found: Sequence[Difference], *, force: bool) -> None:
    """Raise UndoRefusedError with every difference, unless *force* can deal with all of them."""
    if force and all(one.readable for one in found):
        return
    hint = (
        "Nothing was changed. With --force it is taken back all the same, and what is newer is kept beside."
    )
    if not all(one.readable for one in found):
        hint = "Nothing was changed. Make the file readable again, or put it back as it was."
    raise UndoRefusedError(
        f"Run {number} cannot be undone: " + "; ".join(one.words for one in found) + ".", hint=hint
    )


def forced(journal: Journal, vault: Vault, run: Run, found: Sequence[Difference]) -> Undone:
    """Take *run* back although files have changed since; their newer versions are kept beside."""
    applied = really_applied(journal, run.id)
    intend(journal, run, found)
    left, beside = take_back_all(journal, vault, run.id)
    reason = "taken back by force"
    if beside:
        reason += f"; {len(beside)} newer kept beside"
    if left:
        reason += f"; {left} could not be brought back"
    journal.finish(run.id, RunState.UNDONE, reason)
    forget_force(journal, run.id)
    return Undone(files=touched(applied), beside=tuple(beside))


def touched(effects: Sequence[EffectRow]) -> tuple[Path, ...]:
    """Return the files that are as they were once *effects* are taken back: a moved one has its old name."""
    began = {effect.path: effect.source for effect in effects if effect.deed is Deed.MOVE and effect.source}
    return tuple(dict.fromkeys(began.get(effect.path, effect.path) for effect in effects))


def take_back_one(journal: Journal, vault: Vault, effect: EffectRow) -> None:
    """Reverse one effect and mark it."""
    reverse(vault, effect)
    assert effect.id is not None
    journal.mark(effect.id, EffectState.UNDONE)


def put_right(journal: Journal, vault: Vault, run: Run, applied: Sequence[EffectRow]) -> None:
    """After an undo that failed half-way, make what it had taken back again, so that the run is whole.

    When that fails, too, the intent to undo stays, and the next start goes on with it.
    """
    with contextlib.suppress(HomebodyError):
        states = {effect.id: effect.state for effect in journal.effects(run.id)}
        undone = [effect for effect in applied if states[effect.id] == EffectState.UNDONE]
        for effect in applied[max(0, len(applied) - len(undone) - 1) :]:  # and the one at which it failed
            assert effect.id is not None
            if effect in undone or not was_made(effect):
                make(vault, effect)
            journal.mark(effect.id, EffectState.APPLIED)
        journal.set_state(run.id, run.state)


def finish_undo(journal: Journal, vault: Vault, run: Run) -> Undone:
    """Bring an undo that a crash broke off to its end, the last effect first; return the files taken back.

    A file that somebody changed since, or whose before-image is gone, is left as it is, and the run says so.
    Raises DiskFullError; then the next start goes on.
    """
    if was_forced(journal, run.id):
        states = (EffectState.APPLIED, EffectState.KEPT, EffectState.UNDONE)
        applied = [one for one in journal.effects(run.id) if one.state in states and one.kind != BESIDE]
        _, beside = take_back_all(journal, vault, run.id)
        journal.finish(run.id, RunState.UNDONE, "taken back by force, after an interruption")
        forget_force(journal, run.id)
        return Undone(files=touched(applied), beside=tuple(beside))
    taken_back: list[EffectRow] = []
    left = 0
    for effect in reversed(journal.effects(run.id)):
        assert effect.id is not None
        if effect.state in (EffectState.APPLIED, EffectState.KEPT):
            try:
                take_back_one(journal, vault, effect)
                taken_back.append(effect)
            except (ChangedSinceError, EffectError, VaultError) as error:
                # That its old name is taken by now stays so; anything else may be better at the next start.
                taken = isinstance(error, ChangedSinceError) and effect.deed is Deed.MOVE
                if isinstance(error, EffectError) and was_made(effect) and not taken:
                    raise
                journal.mark(effect.id, EffectState.KEPT)
                left += 1
    reason = "taken back after an interruption"
    if left:
        reason += f", but for {left} that had been changed by then or whose old content is gone"
    journal.finish(run.id, RunState.UNDONE, reason)
    return Undone(files=touched(list(reversed(taken_back))))
