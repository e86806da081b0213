"""What can be known to go wrong between recipes that are each right?"""

from collections.abc import Mapping, Sequence

from homebody.actions import Action
from homebody.actions.destination import whole
from homebody.paths import real
from homebody.recipe.problem import Places, Problem, places_of
from homebody.recipe.reach import circles, edges
from homebody.recipe.schema import Recipe


def lint(recipes: Sequence[Recipe], places: Mapping[str, Places]) -> tuple[Problem, ...]:
    """Return what the enabled *recipes* would do to each other: go round in a circle, or overwrite one file.

    *places* says where each recipe stands, by its name.
    """
    return (*circles(edges(recipes), places).values(), *_overwrites(recipes, places))


def _overwrites(recipes: Sequence[Recipe], places: Mapping[str, Places]) -> tuple[Problem, ...]:
    """Return the actions with which two recipes overwrite one file in turn."""
    writers: dict[str, dict[str, int]] = {}
    for recipe in recipes:
        if not recipe.enabled:
            continue
        for number, action in enumerate(recipe.actions):
            dest = _taken(action)
            if dest is not None:
                writers.setdefault(_filled(dest, recipe.vars), {}).setdefault(recipe.name, number)
    known = {recipe.name: recipe for recipe in recipes}
    found = []
    for dest, names in writers.items():
        for name, number in names.items():
            others = [
                other
                for other in names
                if other != name and ("file." not in dest or _share_files(known[name], known[other]))
            ]
            if others:
                what = f"overwrites the same file as {', '.join(others)}"
                found.append(places_of(name, places).problem(number, known[name].actions[number].kind, what))
    return tuple(found)


def _taken(action: Action) -> str | None:
    """Return the file whose place *action* takes, whatever is there; None for an action that takes nobody's."""
    if getattr(action, "on_conflict", None) not in ("overwrite", "trash"):
        return None
    dest = action.templates().get("dest")
    return None if dest is None else whole(dest)


def _share_files(one: Recipe, other: Recipe) -> bool:
    """Return whether some file could be taken up by both: one watches a folder of the other's, or one around it."""
    return any(
        first == second or first in second.parents or second in first.parents
        for first in map(real, one.watched)
        for second in map(real, other.watched)
    )


def _filled(dest: str, variables: Mapping[str, object]) -> str:
    """Return *dest* in the one form in which equal destinations are equal."""
    text = " ".join(dest.split())
    for name, value in variables.items():
        text = text.replace(f"{{{{ vars.{name} }}}}", str(value))
    return text
