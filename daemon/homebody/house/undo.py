"""How is a run taken back, byte for byte, or refused with the exact difference?"""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from homebody.actions.apply import content_sha, put, remove_folders, take_away
from homebody.actions.effect import Put
from homebody.errors import ChangedSinceError, EffectError, HomebodyError, UndoRefusedError
from homebody.journal.run import EffectRow, EffectState, Run, RunState
from homebody.journal.store import Journal
from homebody.journal.vault import Vault, VaultError

CAN_BE_UNDONE = (RunState.DONE, RunState.FAILED, RunState.QUARANTINED)
"""A run that failed may have changed something before it did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """The files that are as they were before the run."""

    files: tuple[Path, ...]


def undo(journal: Journal, vault: Vault, number: int) -> Undone:
    """Take run *number* back, whole or not at all, and return the files that are as they were before.

    The intent is written down first: a crash on the way is made good at the next start. Raises
    UndoRefusedError naming each file that is no longer as the run left it, and what differs; VaultError when
    a before-image is gone; DiskFullError or EffectError when a file cannot be written. Then nothing is
    changed, or what was is put right again.
    """
    run = journal.run(number)
    if run.state not in CAN_BE_UNDONE:
        raise UndoRefusedError(
            f"Run {number} is {run.state.value}: only a run that has changed something can be undone.",
            hint="`homebody history` shows which have.",
        )
    applied = really_applied(journal, number)
    if not applied:
        raise UndoRefusedError(f"Run {number} changed nothing, so there is nothing to undo.")
    differences = [words for effect in applied if (words := difference(effect)) is not None]
    if differences:
        raise UndoRefusedError(
            f"Run {number} cannot be undone: " + "; ".join(differences) + ".",
            hint="Nothing was changed. Put the file back as the run left it, or change it by hand.",
        )
    for effect in applied:
        if effect.before_image is not None:
            vault.get(effect.before_image)  # all images are there before the first file is touched
    journal.set_state(number, RunState.UNDOING)
    try:
        for effect in reversed(applied):
            take_back_one(journal, vault, effect)
    except HomebodyError:
        put_right(journal, vault, run, applied)
        raise
    journal.finish(number, RunState.UNDONE, "taken back")
    return Undone(files=tuple(effect.path for effect in applied))


def really_applied(journal: Journal, number: int) -> list[EffectRow]:
    """Return the effects of a run that were made, in order.

    One still marked as intended is looked at: its run may have failed between the change and its mark.
    """
    found = []
    for effect in journal.effects(number):
        made = effect.state in (EffectState.APPLIED, EffectState.KEPT)
        if not made and effect.state == EffectState.INTENDED and difference(effect) is None:
            assert effect.id is not None
            journal.mark(effect.id, EffectState.APPLIED)
            made = True
        if made:
            found.append(effect)
    return found


def difference(effect: EffectRow) -> str | None:
    """Return in words how the file differs from what the run left, or None when it does not."""
    try:
        current = content_sha(effect.path)
    except EffectError as error:
        return str(error).rstrip(".")
    if current == effect.after:
        return None
    if current is None:
        return f"{effect.path} is gone"
    return f"{effect.path} was changed since (now {current[:12]}, the run left {effect.after[:12]})"


def take_back_one(journal: Journal, vault: Vault, effect: EffectRow) -> None:
    """Reverse one effect and mark it."""
    reverse(vault, effect)
    assert effect.id is not None
    journal.mark(effect.id, EffectState.UNDONE)


def put_right(journal: Journal, vault: Vault, run: Run, applied: Sequence[EffectRow]) -> None:
    """After an undo that failed half-way, make the run's changes again, so that it is whole.

    When that fails, too, the intent to undo stays, and the next start goes on with it.
    """
    with contextlib.suppress(HomebodyError):
        for effect in applied:
            if content_sha(effect.path) == effect.before:
                put(again(vault, effect))
            assert effect.id is not None
            journal.mark(effect.id, EffectState.APPLIED)
        journal.set_state(run.id, run.state)


def finish_undo(journal: Journal, vault: Vault, run: Run) -> Undone:
    """Bring an undo that a crash broke off to its end, the last effect first; return the files taken back.

    A file that somebody changed since, or whose before-image is gone, is left as it is, and the run says so.
    Raises DiskFullError; then the next start goes on.
    """
    files: list[Path] = []
    left = 0
    for effect in reversed(journal.effects(run.id)):
        assert effect.id is not None
        if effect.state in (EffectState.APPLIED, EffectState.KEPT):
            try:
                take_back_one(journal, vault, effect)
                files.append(effect.path)
            except (ChangedSinceError, EffectError, VaultError) as error:
                if isinstance(error, EffectError) and difference(effect) is None:
                    raise
                journal.mark(effect.id, EffectState.KEPT)
                left += 1
    reason = "taken back after an interruption"
    if left:
        reason += f", but for {left} that had been changed by then or whose old content is gone"
    journal.finish(run.id, RunState.UNDONE, reason)
    return Undone(files=tuple(reversed(files)))


def reverse(vault: Vault, effect: EffectRow) -> None:
    """Put one file back as it was before the effect; one that is so already is left alone.

    Raises ChangedSinceError, DiskFullError, EffectError or VaultError; then the file was left as it is.
    """
    if content_sha(effect.path) != effect.before:
        if effect.before is None or effect.before_image is None:
            take_away(effect.path, effect.after)
        else:
            image = vault.get(effect.before_image)
            put(
                Put(
                    path=effect.path, content=image, before=effect.after, kind="undo", mode=effect.before_mode
                )
            )
    if effect.before is None:
        remove_folders(effect.path, effect.made)


def again(vault: Vault, effect: EffectRow) -> Put:
    """Return an effect of the journal as the change that it stands for. Raises VaultError."""
    return Put(
        path=effect.path,
        content=vault.get(effect.after_image),
        before=effect.before,
        kind=effect.kind,
        mode=effect.mode,
    )
