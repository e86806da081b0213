"""What does one sequence of a cache hold: blocks that others can begin with, too, and cells of its own?"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from homebody.engine.blocks import Key


@dataclass(eq=False, slots=True)
class Node:
    """A block that somebody read: its tokens, and the sequences that hold it."""

    key: Key
    end: int
    parent: "Node | None"
    children: dict[Key, "Node"] = field(default_factory=dict)
    holders: set[int] = field(default_factory=set)
    static: bool = False


@dataclass(eq=False, slots=True)
class Slot:
    """One sequence: the blocks it holds, what it will read, and the cells that are its own."""

    path: list[Node] = field(default_factory=list)
    plan: Sequence[Key] = ()
    own: int = 0
    busy: bool = False
    used: int = 0
    apart: bool = False
    """Somebody else read the same block meanwhile: what this one reads from there on is its own."""

    @property
    def held(self) -> int:
        """Return the tokens of the blocks that it holds."""
        return self.path[-1].end if self.path else 0


def common(one: Sequence[Key], other: Sequence[Key]) -> int:
    """Return how many blocks both begin with."""
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count
