"""Can a file of that name be taken by a recipe? Filters, read one character at a time. Pure.

What `triggers` never shows to a recipe is left out here, too: hidden files and those of programs at work.
"""

import glob
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, cached_property

from homebody.filters import Filter
from homebody.recipe.globs import Globs, Positions, alphabet, fold
from homebody.triggers.settle import TEMPORARY_PREFIXES, TEMPORARY_SUFFIXES

State = tuple[Positions, ...]
"""How far each list of patterns has got."""


@cache
def _passed_over() -> Globs:
    """Return the names that no recipe is ever offered; one for all, for it remembers what it has read."""
    endings = (f"*{glob.escape(ending)}" for ending in TEMPORARY_SUFFIXES)
    beginnings = (f"{glob.escape(beginning)}*" for beginning in (*TEMPORARY_PREFIXES, "."))
    return Globs([*endings, *beginnings])


class Names:
    """The names that filters let through; filters that ask for something else let any name through.

    With *offered*, also without those that are never offered to a recipe.
    """

    def __init__(self, filters: Iterable[Filter] = (), *, offered: bool = True) -> None:
        single = [one for chosen in filters for one in chosen.together()]
        lists = [(one.negated, names) for one in single if (names := one.names()) is not None]
        refused = Globs([".*", *(name for negated, names in lists if negated for name in names)])
        self._lists = [(True, Globs(names)) for negated, names in lists if not negated]
        self._lists += [(False, refused), *([(False, _passed_over())] if offered else [])]
        self._steps: dict[tuple[State, str], State] = {}
        self._ends: dict[State, bool] = {}
        self.start: State = tuple(globs.start for _, globs in self._lists)

    def characters(self) -> set[str]:
        """Return every character of which the filters say something."""
        return {character for _, globs in self._lists for character in globs.characters()}

    def step(self, state: State, character: str) -> State:
        """Return the state after one more *character*."""
        key = (state, character)
        if key not in self._steps:
            for one in fold(character):
                state = tuple(
                    globs.step(places, one) for places, (_, globs) in zip(state, self._lists, strict=True)
                )
            self._steps[key] = state
        return self._steps[key]

    def takes(self, state: State) -> bool:
        """Return whether the name that was read is let through."""
        return all(
            wanted is globs.fits(places) for places, (wanted, globs) in zip(state, self._lists, strict=True)
        )

    def refuses_all(self, tail: str) -> bool:
        """Return whether no name that ends in *tail* is let through: quick, and only yes when it is sure."""
        tail = fold(tail)
        return any(globs.never(tail) if wanted else globs.always(tail) for wanted, globs in self._lists)

    def takes_with_suffix(self, state: State) -> bool:
        """Return whether a stem that was read is let through, as it is or with some suffix after it."""
        if state not in self._ends:
            after = self.step(state, ".")
            self._ends[state] = self.takes(state) or any(
                self.takes(end)
                for end in self.reached([self.step(after, one) for one in self._plain], self._plain)
            )
        return self._ends[state]

    @cached_property
    def _letters(self) -> list[str]:
        return [one for one in alphabet(self.characters() | set("./")) if one != "/"]

    @cached_property
    def _plain(self) -> list[str]:
        return [one for one in self._letters if one != "."]

    @cached_property
    def stems(self) -> list[State]:
        """The states that a stem can lead to: behind each, a suffix may begin."""
        return list(self.reached([self.step(self.start, one) for one in self._plain], self._letters))

    @cached_property
    def takes_bare(self) -> bool:
        """Whether some name without a suffix is let through."""
        bare = self.reached([self.step(self.start, one) for one in self._plain], self._plain)
        return any(self.takes(state) for state in bare)

    @cached_property
    def takes_any(self) -> bool:
        """Whether any name at all is let through."""
        states = self.reached([self.step(self.start, one) for one in self._plain], self._letters)
        return any(self.takes(state) for state in states)

    def reached(self, starts: Sequence[State], letters: Sequence[str]) -> Iterator[State]:
        """Yield every state that is reached from *starts* by *letters*."""
        seen = set(starts)
        waiting = list(seen)
        while waiting:
            state = waiting.pop()
            yield state
            after = {self.step(state, letter) for letter in letters} - seen
            seen |= after
            waiting.extend(after)
