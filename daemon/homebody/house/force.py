"""How is a run taken back although a file has changed since, so that the newer version is kept, too?

The newer version first gets a name of its own beside the old one. That is a move like any other: written
down before it is made, and finished after a crash.
"""

from collections.abc import Iterable
from pathlib import Path

from homebody.actions.apply import content_sha
from homebody.actions.effect import Move
from homebody.actions.relocate import move
from homebody.errors import DiskFullError, EffectError
from homebody.filenames import LONGEST_BYTES, shorten, split_ending
from homebody.house.deeds import Standing, again, carry_out, reverse, standing
from homebody.house.difference import Difference
from homebody.journal.run import Deed, EffectRow, EffectState, Run, RunState
from homebody.journal.store import Journal
from homebody.journal.vault import Vault, VaultError

BESIDE = "kept beside"
"""The kind of the effects that are made by force: a newer version gets out of the way."""

MOST_NAMES = 10_000


def make_way(journal: Journal, run: Run, found: Iterable[Difference]) -> list[Path]:
    """Give every newer version in *found* a name beside its own, and return those names; the undo has begun.

    Raises DiskFullError or EffectError; then the next start goes on.
    """
    carried = {effect.path for effect in journal.effects(run.id) if effect.deed is Deed.MOVE} - {
        effect.path for effect in journal.effects(run.id) if effect.deed is Deed.PUT
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
    journal.set_state(run.id, RunState.UNDOING)
    for number, row in zip(journal.plan(run.id, rows), rows, strict=True):
        assert row.source is not None
        assert row.after is not None
        move(Move(path=row.path, source=row.source, after=row.after, kind=BESIDE))
        journal.mark(number, EffectState.APPLIED)
    return [row.path for row in rows]


def was_forced(journal: Journal, run: int) -> bool:
    """Return whether the undo of *run* that was broken off was one by force."""
    return journal.meta(_note(run)) is not None


def take_back_all(journal: Journal, vault: Vault, run: int) -> int:
    """Take back what can be, the last effect first, and return how many effects could not be.

    Newer versions that are still in the way get their names first. What has no image any more, or is gone
    altogether, stays as it is. Raises DiskFullError; then the next start goes on.
    """
    effects = journal.effects(run)
    for effect in effects:
        if effect.kind == BESIDE and effect.state == EffectState.INTENDED:
            assert effect.id is not None
            if standing(effect) is not Standing.AFTER:
                carry_out(again(vault, effect))
            journal.mark(effect.id, EffectState.APPLIED)
    left = 0
    for effect in reversed(effects):
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
    journal.set_meta(_note(run), None)
    return left


def free_name(path: Path) -> Path:
    """Return a name beside *path* that nothing has: ``note (newer).md``."""
    stem, ending = split_ending(path.name)
    for number in range(1, MOST_NAMES):
        mark = " (newer)" if number == 1 else f" (newer {number})"
        name = shorten(stem, LONGEST_BYTES - len(ending.encode()) - len(mark)) + mark + ending
        if content_sha(path.with_name(name)) is None:
            return path.with_name(name)
    raise EffectError(f"There are {MOST_NAMES:,} newer versions beside {path} already: nothing was changed.")


def _note(run: int) -> str:
    return f"undo by force: run {run}"
