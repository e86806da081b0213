"""Does what a recipe makes wake it again, or others that wake it in their turn?

homebody's own writes wake nothing, so such a circle would stand still until another program touches a file in
it: then recipes would go on with their own output, a summary of a summary. It is refused before anything runs.
A recipe with a schedule is woken by no file, and closes no circle.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from homebody.filters import Filter, NameFilter
from homebody.recipe.names import Names
from homebody.recipe.outputs import Made, outputs
from homebody.recipe.overlap import Place, may_take
from homebody.recipe.problem import Places, Problem, places_of
from homebody.recipe.schema import Recipe, Watch


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """What one recipe makes can wake another, or itself: by which action, in which watched folder."""

    maker: Recipe
    taker: Recipe
    made: Made
    place: Place

    @property
    def source(self) -> str:
        """The name of the recipe that makes it."""
        return self.maker.name

    @property
    def target(self) -> str:
        """The name of the recipe that takes it."""
        return self.taker.name

    def cure(self) -> str | None:
        """Return a pattern of names which, passed over, keeps the two apart; None when nothing would be left.

        The pattern is tried before it is told.
        """
        woken_by = Names(self.maker.filters, offered=False)
        ways = [one for one in outputs(self.maker) if one.action == self.made.action]
        for glob in dict.fromkeys(one.glob() for one in ways if 0 < len(one.glob()) <= 255):
            filters: list[Filter] = [*self.taker.filters, NameFilter(patterns=(glob,), negated=True)]
            names = Names(filters)
            if (
                glob.strip("*")
                and names.takes_any
                and not _meeting(ways, _places(self.taker, names), woken_by)
            ):
                return glob
        return None


def edges(recipes: Iterable[Recipe]) -> list[Edge]:
    """Return how the enabled *recipes* can wake each other, one edge for each action and pair of recipes."""
    enabled = [recipe for recipe in recipes if recipe.enabled]
    places = [(recipe, _places(recipe, Names(recipe.filters))) for recipe in enabled]
    found = []
    for maker in enabled:
        made = outputs(maker)
        woken_by = Names(maker.filters, offered=False)  # what the taker looks at need not be looked at twice
        for taker, where in places:
            for number in range(len(maker.actions)):
                met = _meeting([one for one in made if one.action == number], where, woken_by)
                if met is not None:
                    found.append(Edge(maker=maker, taker=taker, made=met[0], place=met[1]))
    return found


def _places(recipe: Recipe, names: Names) -> list[Place]:
    """Return the watched folders of *recipe*, links resolved."""
    return [
        Place(folder=folder.resolve(), recursive=trigger.recursive, names=names)
        for trigger in recipe.triggers
        if isinstance(trigger, Watch)
        for folder in trigger.folders
    ]


def _meeting(ways: Sequence[Made], places: Sequence[Place], source: Names) -> tuple[Made, Place] | None:
    """Return the first of *ways* that one of *places* may take, and that place."""
    pairs = ((one, place) for one in ways for place in places)
    return next((pair for pair in pairs if may_take(pair[1], pair[0].folder, pair[0].rest, source)), None)


def circles(found: Sequence[Edge], places: Mapping[str, Places]) -> dict[str, Problem]:
    """Return what is wrong with each recipe that closes a circle, by its name: none of those may run."""
    problems = {}
    for name in dict.fromkeys(edge.source for edge in found):
        circle = _shortest(name, found)
        if circle:
            edge = circle[0]
            what = _words(circle)
            problems[name] = places_of(name, places).problem(edge.made.action, edge.made.kind, what)
    return problems


def _shortest(name: str, found: Sequence[Edge]) -> list[Edge]:
    """Return the shortest way from *name* back to it, or nothing."""
    waiting: deque[list[Edge]] = deque([edge] for edge in found if edge.source == name)
    seen: set[str] = set()
    while waiting:
        way = waiting.popleft()
        if way[-1].target == name:
            return way
        if way[-1].target not in seen:
            seen.add(way[-1].target)
            waiting.extend([*way, edge] for edge in found if edge.source == way[-1].target)
    return []


def _words(circle: Sequence[Edge]) -> str:
    """Return the circle and its cure in words."""
    edge = circle[0]
    if len(circle) == 1:
        what = f"what this makes can wake the recipe again: it lies in {edge.place.folder}, which the recipe watches"
        whose, who = "its filters", "it does"
    else:
        links = ", and ".join(f"what {one.source} makes can wake {one.target}" for one in circle)
        what = f"this closes a circle: {links}"
        whose, who = f"the filters of {edge.target}", f"{edge.target} does"
    cure = edge.cure()
    add = f'add `- not name: "{cure}"` to {whose}, or ' if cure is not None else ""
    return f"{what}; {add}write to a folder that {who} not watch"


def hints(found: Sequence[Edge]) -> list[str]:
    """Return what a person could expect of recipes that close no circle, and will not get."""
    pairs = {(edge.source, edge.target): edge for edge in found}
    return [
        f"{target} watches {edge.place.folder}, into which {source} writes, and is not woken by that:"
        " homebody's own writes wake nothing"
        for (source, target), edge in pairs.items()
    ]
