"""Was an effect made, and how is it made or taken back? One answer for each kind of deed.

An effect of the journal is looked at, never trusted: the hashes of what is on the disk say whether it still
is to be made, was made, or was overtaken by somebody. Making one that is made, and taking back one that is
taken back, changes nothing.
"""

from collections.abc import Iterable, Mapping
from enum import Enum
from pathlib import Path

from homebody.actions.apply import content_sha, put, remove_folders, take_away
from homebody.actions.effect import Copy, Effect, Move, Notice, Put, Tags, sha
from homebody.actions.relocate import move, move_back
from homebody.actions.tags import set_tags, stored_tags
from homebody.actions.twin import copy, link, unlink
from homebody.errors import ChangedSinceError
from homebody.journal.run import Deed, EffectRow
from homebody.journal.vault import Vault


class Standing(Enum):
    """What the disk says of an effect."""

    BEFORE = "everything is as it was before it"
    AFTER = "everything is as it is to be after it"
    UNDER_WAY = "it was broken off in the middle, and can be finished or taken back"
    OVERTAKEN = "somebody changed the file since"


def carry_out(effect: Effect) -> None:
    """Make a planned change. Raises ChangedSinceError, DiskFullError or EffectError; then nothing was changed."""
    match effect:
        case Put():
            put(effect)
        case Move():
            move(effect)
        case Copy(linked=True):
            link(effect)
        case Copy():
            copy(effect)
        case Tags():
            set_tags(effect.path, effect.stored_before, effect.stored)
        case Notice():
            pass  # the journal tells it with the end of the run


def standing(effect: EffectRow) -> Standing:
    """Return what the disk says of *effect*.

    Raises InTheWayError for what is no plain file, EffectError for what cannot be read just now.
    """
    match effect.deed:
        case Deed.PUT | Deed.COPY | Deed.LINK:
            return _of_hash(content_sha(effect.path), effect)
        case Deed.TAGS:
            if content_sha(effect.path) is None:
                return Standing.OVERTAKEN
            return _of_hash(sha(stored_tags(effect.path)), effect)
        case Deed.MOVE:
            return _of_move(effect)


def _of_hash(current: str | None, effect: EffectRow) -> Standing:
    if current == effect.after:
        return Standing.AFTER
    return Standing.BEFORE if current == effect.before else Standing.OVERTAKEN


def _of_move(effect: EffectRow) -> Standing:
    assert effect.source is not None
    source, there = content_sha(effect.source), content_sha(effect.path)
    if source is None:
        return Standing.AFTER if there == effect.after else Standing.OVERTAKEN
    if source != effect.after:
        # Its old name was given to another file: the moved one is where it is to be, or was overtaken.
        return Standing.AFTER if there == effect.after else Standing.OVERTAKEN
    if there == effect.before:
        return Standing.BEFORE
    return Standing.UNDER_WAY if there in (None, effect.after) else Standing.OVERTAKEN


def make(vault: Vault, effect: EffectRow) -> None:
    """Make the change that *effect* stands for, or finish it.

    Raises ChangedSinceError, DiskFullError, EffectError or VaultError; then the file was left as it is.
    """
    if standing(effect) is not Standing.AFTER:
        carry_out(again(vault, effect))


def again(vault: Vault, effect: EffectRow) -> Effect:
    """Return an effect of the journal as the change that it stands for. Raises VaultError."""
    match effect.deed:
        case Deed.PUT:
            assert effect.after_image is not None
            return Put(
                path=effect.path,
                content=vault.get(effect.after_image),
                before=effect.before,
                kind=effect.kind,
                mode=effect.mode,
            )
        case Deed.MOVE:
            return _move(effect)
        case Deed.COPY | Deed.LINK:
            assert effect.source is not None
            assert effect.after is not None
            return Copy(
                path=effect.path,
                source=effect.source,
                after=effect.after,
                before=effect.before,
                kind=effect.kind,
                linked=effect.deed is Deed.LINK,
            )
        case Deed.TAGS:
            return Tags(
                path=effect.path,
                stored=image(vault, effect.after_image),
                stored_before=image(vault, effect.before_image),
                kind=effect.kind,
            )


def image(vault: Vault, name: str | None) -> bytes | None:
    """Return what the vault has under *name*, None for no name. Raises VaultError."""
    return None if name is None else vault.get(name)


def reverse(vault: Vault, effect: EffectRow, *, force: bool = False) -> None:
    """Put everything back as it was before *effect*; what is so already is left alone.

    Raises ChangedSinceError, DiskFullError, EffectError or VaultError; then the file was left as it is. With
    *force* a file that is gone is made again, a moved one goes back with whatever it holds, and other tags
    give way.
    """
    match effect.deed:
        case Deed.PUT | Deed.COPY | Deed.LINK:
            _reverse_put(vault, effect, force=force)
        case Deed.MOVE:
            _reverse_move(vault, effect, force=force)
        case Deed.TAGS:
            before, after = image(vault, effect.before_image), image(vault, effect.after_image)
            now = stored_tags(effect.path)
            if sha(now) != effect.before:
                set_tags(effect.path, now if force else after, before)
    if effect.before is None and effect.deed is not Deed.TAGS:
        remove_folders(effect.path, effect.made)


def _reverse_put(vault: Vault, effect: EffectRow, *, force: bool) -> None:
    now = content_sha(effect.path)
    if now == effect.before:
        return
    if effect.before is None or effect.before_image is None:
        assert effect.after is not None
        if effect.deed is Deed.LINK:
            assert effect.source is not None
            unlink(effect.path, effect.source, effect.after)
        else:
            take_away(effect.path, effect.after)
        return
    old = vault.get(effect.before_image)
    expected = None if force and now is None else effect.after
    put(_as_it_was(effect, old, expected))


def _reverse_move(vault: Vault, effect: EffectRow, *, force: bool) -> None:
    if standing(effect) is Standing.BEFORE:
        return
    old = image(vault, effect.before_image)
    back = _move(effect)
    now, home = content_sha(effect.path), content_sha(back.source)
    if force and now not in (None, effect.after) and home in (None, now):
        back = Move(path=back.path, source=back.source, after=str(now))
    gone = force and now is None  # by a person, or it is back already with what a person made of it
    if not gone:
        move_back(back)
    if old is not None and content_sha(effect.path) is None:
        put(_as_it_was(effect, old, None))
    if gone and home is None:
        raise ChangedSinceError("The file that was moved is gone.")


def _as_it_was(effect: EffectRow, old: bytes, now: str | None) -> Put:
    """Return the change that gives a file back what it held, its mode and its age; *now* is what it holds.

    What a copy brought along, tags above all, does not stay: those that were there have an effect of their own.
    """
    return Put(
        path=effect.path,
        content=old,
        before=now,
        kind="undo",
        mode=effect.before_mode,
        mtime_ns=effect.before_mtime_ns,
        bare=effect.deed in (Deed.COPY, Deed.LINK),
    )


def _move(effect: EffectRow) -> Move:
    assert effect.source is not None
    assert effect.after is not None
    return Move(
        path=effect.path, source=effect.source, after=effect.after, before=effect.before, kind=effect.kind
    )


def folders_of(effects: Iterable[EffectRow]) -> set[Path]:
    """Return the folders in which a crash or a fault during *effects* may have left a temporary file."""
    return {path.parent for effect in effects for path in (effect.path, effect.source or effect.path)}


def left_behind(effects: Iterable[EffectRow]) -> Mapping[tuple[Path, Deed], str | None]:
    """Return what each file that *effects* touched holds when all of them have been made, in their order.

    Keys are a path and whether its content (``put``) or its tags are meant; None says that nothing is there.
    """
    found: dict[tuple[Path, Deed], str | None] = {}
    for effect in effects:
        if effect.deed is Deed.MOVE:
            assert effect.source is not None
            found[effect.source, Deed.PUT] = None
            found[effect.path, Deed.PUT] = effect.after
            found.pop((effect.path, Deed.TAGS), None)  # those of the file that was replaced
        elif effect.deed in (Deed.COPY, Deed.LINK):
            found[effect.path, Deed.PUT] = effect.after
            found.pop((effect.path, Deed.TAGS), None)
        else:
            found[effect.path, effect.deed] = effect.after
    return found


def held(path: Path, deed: Deed) -> str | None:
    """Return the hash of what *path* holds now, its tags for ``tags``. Raises EffectError."""
    if deed is Deed.TAGS:
        if content_sha(path) is None:
            raise ChangedSinceError(f"{path} is gone")
        return sha(stored_tags(path))
    return content_sha(path)
