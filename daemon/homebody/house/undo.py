"""How is a run taken back, byte for byte, or refused with the exact difference?"""

from dataclasses import dataclass
from pathlib import Path

from homebody.actions.apply import content_sha, put, take_away
from homebody.actions.effect import Put
from homebody.errors import HomebodyError, UndoRefusedError
from homebody.journal.run import EffectRow, Run, RunState
from homebody.journal.store import Journal
from homebody.journal.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """The files that are as they were before the run."""

    files: tuple[Path, ...]


def undo(journal: Journal, vault: Vault, number: int) -> Undone:
    """Take run *number* back, whole or not at all.

    Raises UndoRefusedError naming each file that is no longer as the run left it, and what differs;
    VaultError when a before-image is gone; then nothing was changed.
    """
    run = journal.run(number)
    if run.state is not RunState.DONE:
        raise UndoRefusedError(
            f"Run {number} is {run.state.value}: only a run that is done can be undone.",
            hint="`homebody history` shows which are.",
        )
    applied = [effect for effect in journal.effects(number) if effect.state == "applied"]
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
    return finish_undo(journal, vault, run)


def difference(effect: EffectRow) -> str | None:
    """Return in words how the file differs from what the run left, or None when it does not."""
    try:
        current = content_sha(effect.path)
    except (HomebodyError, OSError) as error:
        return str(error).rstrip(".")
    if current == effect.after:
        return None
    if current is None:
        return f"{effect.path} is gone"
    return f"{effect.path} was changed since (now {current[:12]}, the run left {effect.after[:12]})"


def finish_undo(journal: Journal, vault: Vault, run: Run) -> Undone:
    """Bring a begun undo to its end; the last effect goes first. Called again at a start, it goes on where it was."""
    files: list[Path] = []
    for effect in reversed(journal.effects(run.id)):
        if effect.state != "applied":
            continue
        assert effect.id is not None
        reverse(vault, effect)
        journal.mark(effect.id, "undone")
        files.append(effect.path)
    journal.finish(run.id, RunState.UNDONE, "taken back")
    return Undone(files=tuple(reversed(files)))


def reverse(vault: Vault, effect: EffectRow) -> None:
    """Put one file back as it was before the effect; a file that is so already is left alone."""
    if content_sha(effect.path) == effect.before:
        return
    if effect.before is None or effect.before_image is None:
        take_away(effect.path, effect.after)
        return
    put(Put(path=effect.path, content=vault.get(effect.before_image), before=effect.after,
            kind="undo", mode=effect.mode))  # fmt: skip
