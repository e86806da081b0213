"""Which sequence has read a beginning of this prompt, and what may be forgotten for it?

A radix index over token ids: a node is a block of a prompt (`homebody.engine.blocks`), its path the tokens before it.
A sequence holds the nodes of its path, and beyond them what is its own: the rest of its prompt, and its answer. Pure
bookkeeping: whoever asks does to the cache what it says.
"""

from collections.abc import Sequence

from homebody.engine.blocks import Key
from homebody.engine.held import Node, Slot, common


class PrefixIndex:
    """What every sequence of a cache holds."""

    def __init__(
        self, sequences: int, cells: int, *, unified: bool, whole: bool = False, tidy: bool = False
    ) -> None:
        """Begin empty: *cells* in all where *unified*, else for each sequence.

        *tidy* says that what nobody uses slows those down who work, so that only static beginnings are remembered.
        *whole* says that a sequence can only be copied whole, as it is with recurrent memories.
        """
        self._whole = whole
        self._tidy = tidy
        self._root = Node(key=(), end=0, parent=None)
        self._slots = [Slot() for _ in range(sequences)]
        self._cells = cells
        self._unified = unified
        self._tick = 0

    @property
    def used(self) -> int:
        """Return the cells that are in use or promised; blocks that several hold count once in a common pool."""
        own = sum(slot.own for slot in self._slots)
        if not self._unified:
            return own + sum(slot.held for slot in self._slots)
        return own + sum(len(node.key) for node in self._nodes())

    @property
    def busy(self) -> list[int]:
        """Return the sequences at work."""
        return [number for number, slot in enumerate(self._slots) if slot.busy]

    def match(self, plan: Sequence[Key]) -> list[Node]:
        """Return the path of the longest beginning of *plan* that some sequence can give."""
        path, node = [], self._root
        for key in plan:
            found = node.children.get(key)
            if found is None:
                break
            path.append(node := found)
        while path and not self._givers(path):
            path.pop()
        return path

    def awaited(self, plan: Sequence[Key]) -> int:
        """Return how many blocks of *plan* somebody is about to have read, those that are there included."""
        if self._whole:
            return 0
        return max(
            (common(plan, slot.plan) for slot in self._slots if slot.busy and not slot.apart), default=0
        )

    def source(self, path: Sequence[Node]) -> int | None:
        """Return a sequence that can give *path*: an idle one where there is one; None for an empty path."""
        return min(self._givers(path), key=lambda number: (self._slots[number].busy, number), default=None)

    def place(self, path: Sequence[Node], need: int) -> tuple[int, list[int]] | None:
        """Return a sequence for a prompt of *need* cells that begins with *path*, and those to forget for it.

        None when there is no room now. The idle sequence that holds *path* is taken itself, unless a static beginning
        would be lost by that; else an empty one, else the one that was not used for longest.
        """
        idle = [number for number, slot in enumerate(self._slots) if not slot.busy]
        if not idle or need > self._cells:
            return None
        source = self.source(path)
        for target in self._targets(idle, source, path):
            forget = self._room_for(target, source, path, need)
            if forget is not None:
                return target, forget
        return None

    def _targets(self, idle: Sequence[int], source: int | None, path: Sequence[Node]) -> list[int]:
        """Return the idle sequences that could take up a prompt that begins with *path*, the best first."""
        others = [number for number in idle if number != source]
        best = sorted(others, key=lambda number: (bool(self._slots[number].path), self._age(number), number))[
            :1
        ]
        if source is None or self._slots[source].busy or self._whole:
            return best
        beyond = self._slots[source].path[len(path) :]
        loses = any(node.static and len(node.holders) == 1 for node in beyond)
        spared = [number for number in best if loses and not self._age(number)[0]]
        return [*spared, source]

    def _room_for(self, target: int, source: int | None, path: Sequence[Node], need: int) -> list[int] | None:
        """Return the idle sequences to forget so that *target* has room, None when even that is not enough."""
        if not self._unified:
            return []
        wanted = need - (path[-1].end if path else 0)
        idle = [number for number, slot in enumerate(self._slots) if not slot.busy and slot.path]
        forget: list[int] = []
        for number in sorted({*idle} - {target, source}, key=self._age):
            if self._stale(number, path) or self._left({target, *forget}, path) < wanted:
                forget.append(number)
        return forget if self._left({target, *forget}, path) >= wanted else None

    def keep_copy(self, number: int) -> int | None:
        """Return an idle sequence that is to hold a copy of what *number* holds now, and note that it does.

        For memories that cannot forget in part: such a copy is the only thing that a later prompt can begin with.
        None when there is no place for one, or no need.
        """
        path = self._slots[number].path
        idle = [other for other, slot in enumerate(self._slots) if not slot.busy]
        if (
            not path
            or len(idle) < 2
            or any(self._slots[other].held == path[-1].end for other in path[-1].holders - {number})
        ):
            return None
        target = min(idle, key=lambda other: (bool(self._slots[other].path), self._age(other), other))
        self.forget(target)
        self._slots[target].path = list(path)
        for node in path:
            node.holders.add(target)
        self._touch(self._slots[target])
        return target

    def vacant(self, need: int) -> int | None:
        """Return an empty sequence that may hold a beginning of *need* tokens until somebody asks for it.

        None where half of the sequences, or the cells, are wanted for those who will come.
        """
        empty = [number for number, slot in enumerate(self._slots) if not slot.busy and not slot.path]
        room = self._left(set(), ()) if self._unified else self._cells
        return empty[0] if need <= room and len(empty) > len(self._slots) // 2 else None

    def hold(self, number: int, plan: Sequence[Key], *, shared: int) -> None:
        """Note that an empty sequence holds the static beginning *plan*, its first *shared* tokens in others' cells.

        Nobody has used it yet: it is forgotten before what was used, and before what was noted earlier.
        """
        slot, node = self._slots[number], self._root
        for key in plan:
            known = node.children.get(key)
            if known is None:
                known = node.children[key] = Node(key=key, end=node.end + len(key), parent=node)
            elif self._unified and known.holders and known.end > shared:
                slot.own += len(key)  # cells of its own for what others hold, too
            known.static = True
            known.holders.add(number)
            slot.path.append(known)
            node = known
        self._touch(slot)
        slot.used = -slot.used

    def take(self, number: int, path: Sequence[Node], plan: Sequence[Key], need: int, *, static: int) -> None:
        """Note that a sequence is at work on *plan*, and holds *path* of it already."""
        self.forget(number, keep=path)
        slot = self._slots[number]
        for node in path:
            node.holders.add(number)
        slot.path = list(path)
        slot.plan = plan
        slot.busy = True
        slot.apart = False
        slot.own = need - slot.held
        self._touch(slot)
        for node in path:
            node.static = node.static or node.end <= static

    def read(self, number: int, count: int, *, static: int) -> None:
        """Note that a sequence has read *count* tokens of its plan: its whole blocks can serve others now."""
        slot = self._slots[number]
        while not slot.apart and len(slot.path) < len(slot.plan):
            key = slot.plan[len(slot.path)]
            parent = slot.path[-1] if slot.path else self._root
            if parent.end + len(key) > count:
                return
            if key in parent.children:
                slot.apart = True
                return
            node = Node(
                key=key, end=parent.end + len(key), parent=parent, static=parent.end + len(key) <= static
            )
            parent.children[key] = node
            node.holders.add(number)
            slot.path.append(node)
            slot.own -= len(key)

    def finish(self, number: int) -> int:
        """Note that a sequence has done its work; return how many tokens it should keep: 0 for nothing of use."""
        slot = self._slots[number]
        slot.busy = False
        slot.plan = ()
        slot.own = 0
        self._touch(slot)
        if self._whole or (self._unified and all(len(node.holders) > 1 for node in slot.path)):
            self.forget(number)
        return slot.held

    def forget(self, number: int, *, keep: Sequence[Node] = ()) -> None:
        """Note that a sequence holds nothing any more; the nodes of *keep* stay, for somebody is about to hold them."""
        slot = self._slots[number]
        for node in reversed(slot.path):
            node.holders.discard(number)
            if not node.holders and not node.children and node not in keep and node.parent is not None:
                del node.parent.children[node.key]
        slot.path = []
        slot.plan = ()
        slot.own = 0
        slot.busy = False

    def lose(self, number: int) -> bool:
        """Note that a sequence cannot give what it was thought to hold; return whether it is at work and goes on."""
        slot = self._slots[number]
        busy, cells = slot.busy, slot.own + slot.held
        self.forget(number)
        slot.busy, slot.apart, slot.own = busy, True, cells if busy else 0
        return busy

    def held(self, number: int) -> int:
        """Return how many tokens of whole blocks a sequence holds."""
        return self._slots[number].held

    def _age(self, number: int) -> tuple[bool, int]:
        """Return what is forgotten first when it is smallest: static beginnings that nobody else holds come last."""
        slot = self._slots[number]
        return any(node.static and len(node.holders) == 1 for node in slot.path), slot.used

    def _stale(self, number: int, path: Sequence[Node]) -> bool:
        """Return whether a sequence holds what only slows others down: more than static beginnings."""
        held = self._slots[number].path
        return self._tidy and any(not node.static and node not in path for node in held)

    def _left(self, gone: set[int], path: Sequence[Node]) -> int:
        """Return the cells that are free when the sequences *gone* are forgotten but *path* is kept."""
        kept = set(path)
        for number, slot in enumerate(self._slots):
            if number not in gone:
                kept.update(slot.path)
        return self._cells - sum(slot.own for slot in self._slots) - sum(len(node.key) for node in kept)

    def _givers(self, path: Sequence[Node]) -> list[int]:
        """Return the sequences that can give *path*: all that hold it, or only whole copies of it."""
        if not path:
            return []
        holders = path[-1].holders
        if not self._whole:
            return sorted(holders)
        return [
            number
            for number in holders
            if not self._slots[number].busy and self._slots[number].held == path[-1].end
        ]

    def _touch(self, slot: Slot) -> None:
        self._tick += 1
        slot.used = self._tick

    def _nodes(self) -> set[Node]:
        return {node for slot in self._slots for node in slot.path}
