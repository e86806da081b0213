"""Which request kills the model process, when many are worked on at once? Values and pure decisions.

A death hits every request that was in the process, and which of them did it cannot be seen. So all of them are
suspects, and each is tried again alone: one that is answered is cleared, one that kills the process again is guilty
and never tried any more. Whoever waits goes in the order in which they came, so a suspect waits at most for what was
begun before, and nobody waits for ever.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Call:
    """A request under way: its number, given in the order of arrival, and what it is known by, a hash of it."""

    number: int
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Docket:
    """Who waits, who is in which process, who is suspected, and who was found guilty, with the words of that death."""

    waiting: tuple[Call, ...] = ()
    inside: Mapping[Call, Hashable] = field(default_factory=dict)
    """The process that each call is in, None as long as it has none."""
    suspects: frozenset[str] = frozenset()
    guilty: Mapping[str, str] = field(default_factory=dict)

    def arrive(self, call: Call) -> "Docket":
        """Return the docket with *call* waiting behind all others."""
        return replace(self, waiting=(*self.waiting, call))

    def may_enter(self, call: Call) -> bool:
        """Return whether *call*, which waits, may go in now: a suspect alone, others while no suspect is in or due."""
        ahead = [
            other for other in self.waiting if other.number < call.number and other.key not in self.guilty
        ]
        if call.key in self.suspects:
            return not self.inside and not ahead
        return not any(other.key in self.suspects for other in (*ahead, *self.inside))

    def enter(self, call: Call, place: Hashable = None) -> "Docket":
        """Return the docket with *call* in the process *place*, or on its way to one."""
        waiting = tuple(other for other in self.waiting if other != call)
        return replace(self, waiting=waiting, inside={**self.inside, call: place})

    def leave(self, call: Call, *, answered: bool) -> "Docket":
        """Return the docket without *call*. One that was *answered* did not kill the process: it is cleared."""
        return replace(
            self,
            waiting=tuple(other for other in self.waiting if other != call),
            inside={other: place for other, place in self.inside.items() if other != call},
            suspects=self.suspects - {call.key} if answered else self.suspects,
        )

    def died(self, place: Hashable, words: str, *, telling: bool = True) -> "Docket":
        """Return the docket after the end of the process *place*; those who were in it wait again, in their order.

        A death that is not *telling*, because somebody ended the process or the request never reached it, makes
        suspects and finds nobody guilty. Being told of the same death again changes nothing.
        """
        hit = [call for call, where in self.inside.items() if where == place]
        killer = hit[0].key if telling and len(hit) == 1 == len(self.inside) else None
        if killer not in self.suspects:
            killer = None
        guilty = self.guilty if killer is None else {**self.guilty, killer: words}
        return replace(
            self,
            waiting=tuple(sorted((*self.waiting, *hit), key=lambda call: call.number)),
            inside={call: where for call, where in self.inside.items() if where != place},
            suspects=(self.suspects | {call.key for call in hit}) - guilty.keys(),
            guilty=guilty,
        )


def remembered(suspects: Iterable[str], guilty: Mapping[str, str]) -> Docket:
    """Return the docket to begin with, after a life of the daemon that knew of *suspects* and *guilty*."""
    return Docket(suspects=frozenset(suspects) - guilty.keys(), guilty=dict(guilty))
