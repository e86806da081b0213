"""How does the world differ from what a run left, file by file, in words?"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from homebody.errors import EffectError
from homebody.house.deeds import Standing, held, left_behind, standing
from homebody.journal.run import Deed, EffectRow, EffectState
from homebody.journal.store import Journal


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One file that is not as the run left it: the hash that it has now, None for gone, and the words for it."""

    path: Path
    deed: Deed
    now: str | None
    words: str
    readable: bool = True


def differences(effects: Sequence[EffectRow]) -> list[Difference]:
    """Return every file that is no longer as *effects*, made one after the other, left it."""
    found = []
    for (path, deed), expected in left_behind(effects).items():
        try:
            now = held(path, deed)
        except EffectError as error:
            words = str(error).rstrip(".")
            found.append(Difference(path=path, deed=deed, now=None, words=words, readable=False))
            continue
        if now != expected:
            found.append(Difference(path=path, deed=deed, now=now, words=_words(path, deed, now, expected)))
    return found


def _words(path: Path, deed: Deed, now: str | None, expected: str | None) -> str:
    if deed is Deed.TAGS:
        return f"the tags of {path} were changed since"
    if now is None:
        return f"{path} is gone"
    if expected is None:
        return f"another file has the name {path} by now"
    return f"{path} was changed since (now {now[:12]}, the run left {expected[:12]})"


def really_applied(journal: Journal, number: int) -> list[EffectRow]:
    """Return the effects of a run that were made, in order.

    One still marked as intended, or as to be taken back, is looked at: its run may have failed before the mark.
    """
    found = []
    for effect in journal.effects(number):
        made = effect.state in (EffectState.APPLIED, EffectState.KEPT)
        if not made and effect.state in (EffectState.INTENDED, EffectState.REVERSING) and was_made(effect):
            assert effect.id is not None
            journal.mark(effect.id, EffectState.APPLIED)
            made = True
        if made:
            found.append(effect)
    return found


def was_made(effect: EffectRow) -> bool:
    """Return whether the disk says that *effect* was made; one that cannot be looked at counts as not made."""
    try:
        return standing(effect) is Standing.AFTER
    except EffectError:
        return False
