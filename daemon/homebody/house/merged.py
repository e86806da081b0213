"""How do the changes that several actions want become one plan, in which each file is changed once? Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from homebody.actions.effect import Copy, Effect, Move, Notice, Put, Tags
from homebody.errors import EffectError

ONE_OVER_THE_OTHER = "Two actions want one place, the one over the other: nothing was changed."


def merged(effects: Sequence[Effect]) -> list[Effect]:
    """Return *effects* with each file moved once, copied once, written once and tagged once, in this order.

    What was planned for a file before it got another name is done under its last one: a crash in between
    then leaves it at one of two places, never on the way. A file that ends where it began is not moved. The
    tags of a file that is to be replaced are taken from it before, and what keeps a name for a file comes first. Raises
    EffectError when two actions want one place in a way that would not come out as one after the other.
    """
    plan = _Plan()
    for effect in effects:
        if isinstance(effect, Put | Copy | Move) and effect.before is None and effect.path in plan.spared:
            raise EffectError(ONE_OVER_THE_OTHER)
        match effect:
            case Put():
                plan.put(effect)
            case Tags():
                plan.tag(effect)
            case Copy():
                plan.copy(effect)
            case Move():
                plan.move(effect)
            case Notice():
                plan.notices.append(effect)
    return plan.effects()


@dataclass(slots=True)
class _Plan:
    """What is planned for each file so far, by the name that the file has then."""

    moves: dict[Path, Move] = field(default_factory=dict)
    """By where the file began."""
    began: dict[Path, Path] = field(default_factory=dict)
    """Where a moved file began, by the name that it has now."""
    copies: dict[Path, Copy] = field(default_factory=dict)
    puts: dict[Path, Put] = field(default_factory=dict)
    tags: dict[Path, Tags] = field(default_factory=dict)
    bared: dict[Path, Tags] = field(default_factory=dict)
    """The tags of the file that a move replaces, by where the moved file began, or that a copy replaces."""

    spared: set[Path] = field(default_factory=set)
    """Where a file stays that was to be replaced by one which is moved on in the end."""
    notices: list[Notice] = field(default_factory=list)

    def put(self, effect: Put) -> None:
        """Add a content; a copy that gets another one is written at once, with the tags that it brought."""
        earlier = self.puts.get(effect.path)
        if (copied := self.copies.pop(effect.path, None)) is not None:
            gone, given = self.bared.pop(effect.path, None), self.tags.get(effect.path)
            self.tags[effect.path] = Tags(
                path=effect.path,
                stored=copied.tags if given is None else given.stored,
                stored_before=None if gone is None else gone.stored_before,
            )
            effect = replace(effect, before=copied.before)
        self.puts[effect.path] = effect if earlier is None else effect.following(earlier)

    def tag(self, effect: Tags) -> None:
        """Add tags."""
        first = self.tags.get(effect.path)
        self.tags[effect.path] = (
            effect if first is None else replace(effect, stored_before=first.stored_before)
        )

    def copy(self, effect: Copy) -> None:
        """Add a copy of a file as it is on the disk; tags that it is to get beforehand, the copy gets, too."""
        replaced = self.puts.pop(effect.path, None)
        self.bared.pop(effect.path, None)
        if (gone := self.tags.pop(effect.path, None)) is not None:
            self.bared[effect.path] = gone
        if (given := self.tags.get(effect.source)) is not None and not effect.linked:
            effect = replace(effect, tags=given.stored_before)
            self.tags[effect.path] = replace(given, path=effect.path)
        self.copies[effect.path] = effect if replaced is None else replace(effect, before=replaced.before)

    def move(self, effect: Move) -> None:
        """Add a new name, and let everything that was planned for the old one go with it."""
        if effect.source not in self.began and self._made_elsewhere(effect):
            return
        start = self.began.pop(effect.source, effect.source)
        self.began[effect.path] = start
        copied = self.copies.pop(effect.path, None)
        replaced = self.puts.pop(effect.path, None) or copied
        self.bared.pop(start, None)
        gone, given = self.bared.pop(effect.path, None), self.tags.pop(effect.path, None)
        if copied is None:  # else these are the tags of a copy that is not made
            gone = gone or given
        if gone is not None and (replaced is None or replaced.before is not None):
            self.bared[start] = replace(gone, stored=None)
        written, tagged = self.puts.pop(effect.source, None), self.tags.pop(effect.source, None)
        if written is not None:
            self.puts[effect.path] = replace(written, path=effect.path)
        if tagged is not None:
            self.tags[effect.path] = replace(tagged, path=effect.path)
        if (earlier := self.moves.get(start)) is not None and earlier.before is not None:
            self.spared.add(effect.source)
        for path, copied in self.copies.items():
            if copied.source == effect.source:
                self.copies[path] = replace(copied, source=effect.path)
        after = effect.after if written is None else written.before
        self.moves[start] = replace(
            effect,
            source=start,
            after=earlier.after if earlier is not None else str(after),
            before=effect.before if replaced is None else replaced.before,
        )

    def _made_elsewhere(self, effect: Move) -> bool:
        """Let what the plan itself makes be made in its last place at once; return whether that is the case.

        Raises EffectError for a copy over a file that is to give way in its turn.
        """
        made = self.puts.get(effect.source) or self.copies.get(effect.source)
        if isinstance(made, Copy) and made.before is not None:
            raise EffectError(ONE_OVER_THE_OTHER)
        if made is None or made.before is not None:
            return False
        if isinstance(made, Put):
            self.puts[effect.path] = replace(self.puts.pop(effect.source), path=effect.path)
        else:
            self.copies[effect.path] = replace(self.copies.pop(effect.source), path=effect.path)
        if (tagged := self.tags.pop(effect.source, None)) is not None:
            self.tags[effect.path] = replace(tagged, path=effect.path)
        return True

    def _in_order(self) -> list[Move]:
        """Return the moves, each after the one that makes room for it."""
        left = [move for move in self.moves.values() if move.path != move.source]
        found: list[Move] = []
        while left:
            waiting = {move.source for move in left}
            ready = [move for move in left if move.path not in waiting] or left
            found += ready
            left = [move for move in left if move not in ready]
        return found

    def effects(self) -> list[Effect]:
        """Return the plan in the order in which it is carried out, without what changes nothing."""
        written_anew = [change for change in self.puts.values() if change.before != change.after]
        stays = {start for start, move in self.moves.items() if move.path == move.source}
        return [
            *(change for change in written_anew if change.ahead),
            *(
                tag
                for start, tag in self.bared.items()
                if start not in stays and tag.stored_before != tag.stored
            ),
            *self._in_order(),
            *self.copies.values(),
            *(change for change in written_anew if not change.ahead),
            *(change for change in self.tags.values() if change.before != change.after),
            *self.notices,
        ]
