"""Do two recipes claim one file? Each is right, and which comes first decides what becomes of it."""

from collections.abc import Container, Iterable
from itertools import combinations

from homebody.paths import real
from homebody.recipe.names import Names
from homebody.recipe.overlap import Place, may_take
from homebody.recipe.pattern import NAME, Hole, Pattern
from homebody.recipe.schema import Recipe, Watch


def claims(recipes: Iterable[Recipe], about: Container[str]) -> list[str]:
    """Return a sentence for each two of the enabled *recipes*, one of them named in *about*, that claim one file.

    To claim a file is to take it away: to move it, rename it or throw it away.
    """
    takers = [
        recipe for recipe in recipes if recipe.enabled and any(action.takes_away for action in recipe.actions)
    ]
    found = []
    pairs = [pair for pair in combinations(takers, 2) if pair[0].name in about or pair[1].name in about]
    for one, other in pairs:
        if (place := _shared(one, other) or _shared(other, one)) is not None:
            found.append(
                f"{one.name} ({_deeds(one)}) and {other.name} ({_deeds(other)}) can both take the same file in"
                f" {place.folder}: the second does its part where the first has put it. Let `filters` keep them apart,"
                " or make one recipe of both"
            )
    return found


def _deeds(recipe: Recipe) -> str:
    """Return the actions that take the file away, by their words."""
    return ", ".join(dict.fromkeys(action.kind for action in recipe.actions if action.takes_away))


def _shared(one: Recipe, other: Recipe) -> Place | None:
    """Return a folder of *one* with a file in it that *other* can take up, too."""
    names = Names(one.filters)
    for mine in _places(one, names):
        for theirs in _places(other, Names(other.filters)):
            if any(may_take(theirs, mine.folder, rest, names) for rest in _files(mine)):
                return mine
    return None


def _places(recipe: Recipe, names: Names) -> list[Place]:
    return [
        Place(folder=real(folder), recursive=trigger.recursive, names=names)
        for trigger in recipe.triggers
        if isinstance(trigger, Watch)
        for folder in trigger.folders
    ]


def _files(place: Place) -> list[Pattern]:
    """Return the paths below a watched folder that files in it can have."""
    return [(NAME,), (Hole(empty=False), "/", NAME)] if place.recursive else [(NAME,)]
