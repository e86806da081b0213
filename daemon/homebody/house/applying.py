"""How does a plan become changes on the disk: written down, made and marked, whole or not at all?"""

from collections.abc import Callable, Sequence
from pathlib import Path

from homebody.actions.apply import content_sha, missing_folders, sweep
from homebody.actions.effect import Copy, Effect, Move, Notice, OnFile, Put, Tags
from homebody.documents.file import Snapshot, take
from homebody.errors import ChangedSinceError, DiskFullError, HomebodyError, PartlyTakenBackError
from homebody.house.deeds import carry_out, folders_of
from homebody.house.recover import BY_OTHERS, take_back
from homebody.journal.run import Deed, EffectRow, EffectState, Run
from homebody.journal.store import Journal, Origin
from homebody.journal.vault import Vault


def apply(journal: Journal, vault: Vault, run: Run, effects: Sequence[Effect]) -> None:
    """Write the plan of *run* down, images first, then make each change and mark it; notices wait for its end.

    What was changed is taken back when a later change cannot be made, so that a plan holds whole or not.
    Raises ChangedSinceError or EffectError, then nothing is changed; PartlyTakenBackError when a person changed
    a file before it could be taken back; DiskFullError when there is no room to take anything back either, and
    the next try goes on with the plan.
    """
    changes = [effect for effect in effects if not isinstance(effect, Notice)]
    rows = [row(journal, vault, run, effect, home_of(effects)) for effect in changes]
    told = [effect.words for effect in effects if isinstance(effect, Notice)]
    notices = [vault.put(words.encode("utf-8", "surrogateescape")) for words in told]
    try:
        for number, effect in zip(journal.plan(run.id, rows, notices), changes, strict=True):
            carry_out(effect)
            journal.mark(number, EffectState.APPLIED)
            size = {"size": len(effect.content)} if isinstance(effect, Put) else {}
            journal.step(run.id, "applied", kind=effect.kind, **size)
    except DiskFullError:
        sweep(folders_of(rows))
        raise
    except HomebodyError as error:
        sweep(folders_of(rows))
        if not take_back(journal, vault, run.id):
            raise PartlyTakenBackError(BY_OTHERS) from error
        raise


def home_of(effects: Sequence[Effect]) -> Callable[[Path], Path]:
    """Return what tells where a file is now that *effects* name as it is after they have moved it."""
    moved = {effect.path: effect.source for effect in effects if isinstance(effect, Move)}
    return lambda path: moved.get(path, path)


def row(
    journal: Journal, vault: Vault, run: Run, effect: OnFile, now_at: Callable[[Path], Path]
) -> EffectRow:
    """Return what the journal keeps of *effect*: hashes, and both images in the vault."""
    replaced: Snapshot | None = None
    origin: Origin | str | None = None
    match effect:
        case Put():
            if effect.before is not None:
                replaced = expected(now_at(effect.path), effect.before)
                origin = journal.origin(now_at(effect.path), effect.before)
            before_image = None if replaced is None else vault.put(replaced.data)
            after_image: str | None = vault.put(effect.content)
        case Move():
            if content_sha(effect.source) != effect.after:
                raise ChangedSinceError("The file changed before it could be moved.")
            if effect.before is not None:
                replaced = expected(effect.path, effect.before)
            origin = journal.origin(effect.source, effect.after)
            before_image = None if replaced is None else vault.put(replaced.data)
            after_image = None
        case Copy():
            if content_sha(now_at(effect.source)) != effect.after:
                raise ChangedSinceError("The file changed before it could be copied or get a second name.")
            if effect.before is not None:
                replaced = expected(effect.path, effect.before)
            before_image = None if replaced is None else vault.put(replaced.data)
            after_image = None
        case Tags():
            before_image = None if effect.stored_before is None else vault.put(effect.stored_before)
            after_image = None if effect.stored is None else vault.put(effect.stored)
    return EffectRow(
        id=None,
        run=run.id,
        ordinal=0,
        deed=deed_of(effect),
        kind=effect.kind,
        path=effect.path,
        source=effect.source if isinstance(effect, Move | Copy) else None,
        before=effect.before,
        after=effect.after,
        origin=None if origin is None or origin is Origin.OURS else str(origin),
        before_image=before_image,
        after_image=after_image,
        mode=effect.mode if isinstance(effect, Put) else None,
        before_mode=None if replaced is None else replaced.mode,
        before_mtime_ns=None if replaced is None else replaced.mtime_ns,
        made=missing_folders(effect.path),
        state=EffectState.INTENDED,
    )


def deed_of(effect: OnFile) -> Deed:
    """Return which deed a change is."""
    if isinstance(effect, Copy) and effect.linked:
        return Deed.LINK
    return {Put: Deed.PUT, Move: Deed.MOVE, Copy: Deed.COPY, Tags: Deed.TAGS}[type(effect)]


def expected(path: Path, sha256: str) -> Snapshot:
    """Return the file at *path*; raise ChangedSinceError when it does not hold what was planned for."""
    found = take(path)
    if found.sha256 != sha256:
        raise ChangedSinceError("The file changed while it was worked on.")
    return found
