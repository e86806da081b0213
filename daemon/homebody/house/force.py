"""How is a run taken back although a file has changed since, so that the newer version is kept, too?

The newer version first gets a name of its own beside the old one. That is a move like any other: written
down before it is made, and finished after a crash.
"""

import os
from collections.abc import Iterable
from pathlib import Path

from homebody.actions.apply import InTheWayError, content_sha
from homebody.actions.effect import Move
from homebody.actions.relocate import move
from homebody.errors import ChangedSinceError, DiskFullError, EffectError
from homebody.filenames import LONGEST_BYTES, shorten, split_ending
from homebody.house.deeds import reverse
from homebody.house.difference import Difference
from homebody.journal.run import Deed, EffectRow, EffectState, Run, RunState
from homebody.journal.store import Journal
from homebody.journal.vault import Vault, VaultError

BESIDE = "kept beside"
"""The kind of the effects that are made by force: a newer version gets out of the way."""

MADE = (Deed.PUT, Deed.COPY, Deed.LINK)
"""Deeds after which a file of that name is there."""

MOST_NAMES = 10_000
MOST_TRIES = 3


def intend(journal: Journal, run: Run, found: Iterable[Difference]) -> None:
    """Write down which newer version in *found* gets which name beside its own; then the undo has begun."""
    carried = {effect.path for effect in journal.effects(run.id) if effect.deed is Deed.MOVE} - {
        effect.path for effect in journal.effects(run.id) if effect.deed in MADE
    }  # a file that was only moved goes back with what a person made of it
    rows = [
        EffectRow(
            id=None,
            run=run.id,
            ordinal=0,
            deed=Deed.MOVE,
            kind=BESIDE,
            path=free_name(one.path),
            source=one.path,
            before=None,
            after=one.now,
            origin=run.origin,
            before_image=None,
            after_image=None,
            mode=None,
            state=EffectState.INTENDED,
        )
        for one in found
        if one.deed is Deed.PUT and one.now is not None and one.path not in carried
    ]
    journal.set_meta(_note(run.id), "forced")
    journal.plan(run.id, rows)
    journal.set_state(
        run.id, RunState.UNDOING
    )  # last, so that a crash leaves the run as it was, or the whole plan


def was_forced(journal: Journal, run: int) -> bool:
    """Return whether the undo of *run* that was broken off was one by force."""
    return journal.meta(_note(run)) is not None


def forget_force(journal: Journal, run: int) -> None:
    """Note that no undo by force of *run* is under way."""
    if was_forced(journal, run):
        journal.set_meta(_note(run), None)


def take_back_all(journal: Journal, vault: Vault, run: int) -> tuple[int, list[Path]]:
    """Take back what can be; return how many effects could not be, and the names of the newer versions.

    Newer versions that are in the way get their names first. What has no image any more, or is gone altogether,
    stays as it is. Raises DiskFullError or EffectError; then the next start goes on.
    """
    effects = journal.effects(run)
    beside = []
    for effect in effects:
        if effect.kind == BESIDE and effect.state == EffectState.INTENDED:
            assert effect.id is not None
            path = step_aside(effect)
            beside += [] if path is None else [path]
            journal.mark(effect.id, EffectState.ABANDONED if path is None else EffectState.APPLIED)
    left = 0
    # A file that was set aside is made again before it gets its tags.
    for effect in sorted(effects, key=lambda one: (one.deed not in MADE, -one.ordinal)):
        if effect.kind == BESIDE or effect.state not in (EffectState.APPLIED, EffectState.KEPT):
            continue
        assert effect.id is not None
        try:
            reverse(vault, effect, force=True)
            journal.mark(effect.id, EffectState.UNDONE)
        except DiskFullError:
            raise
        except (EffectError, VaultError):
            journal.mark(effect.id, EffectState.KEPT)
            left += 1
    return left, beside


def step_aside(effect: EffectRow) -> Path | None:
    """Give the newer version its name beside the old one, whatever it holds by now; return the name.

    Returns None when nothing is there that could be moved. Raises DiskFullError or EffectError.
    """
    assert effect.source is not None
    for _ in range(MOST_TRIES):
        try:
            now = content_sha(effect.source)
            if now is None:
                return effect.path if os.path.lexists(effect.path) else None
            path = free_name(effect.source) if os.path.lexists(effect.path) else effect.path
            move(Move(path=path, source=effect.source, after=now, kind=BESIDE))
        except InTheWayError:
            return None
        except ChangedSinceError:
            continue  # it is being written to just now
        return path
    raise EffectError(f"{effect.source} changes again and again: the undo goes on at the next start.")


def free_name(path: Path) -> Path:
    """Return a name beside *path* that nothing has: ``note (newer).md``."""
    stem, ending = split_ending(path.name)
    for number in range(1, MOST_NAMES):
        mark = " (newer)" if number == 1 else f" (newer {number})"
        name = shorten(stem, LONGEST_BYTES - len(ending.encode()) - len(mark)) + mark + ending
        if not os.path.lexists(path.with_name(name)):
            return path.with_name(name)
    raise EffectError(f"There are {MOST_NAMES:,} newer versions beside {path} already: nothing was changed.")


def _note(run: int) -> str:
    return f"undo by force: run {run}"
