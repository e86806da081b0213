"""Would what a recipe writes be carried away by another program, without the recipe saying that it may be?

`synced: allowed` is a person's word that it may; without it such a recipe is refused, because homebody could not
promise any more that what it makes of a document stays on this computer.
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from homebody.paths import real
from homebody.recipe.problem import Places, Problem, places_of
from homebody.recipe.schema import Recipe
from homebody.synced.away import Away, Carriers, person

CURE = "write to a folder that stays here, or say `synced: allowed` in the recipe"


def refused(
    recipes: Iterable[Recipe],
    places: Mapping[str, Places],
    carrier: Callable[[Path], Away | None] | None = None,
) -> dict[str, Problem]:
    """Return what is wrong with each recipe that may not run, by its name: its first action that is carried away.

    *carrier* says of a folder what carries away files in it; if not given, what is found on this computer says so.
    """
    carrier = Carriers(person()).of if carrier is None else carrier
    found: dict[str, Problem] = {}
    for recipe in recipes:
        problem = None if recipe.synced == "allowed" else _problem(recipe, places, carrier)
        if problem is not None:
            found[recipe.name] = problem
    return found


def _problem(
    recipe: Recipe, places: Mapping[str, Places], carrier: Callable[[Path], Away | None]
) -> Problem | None:
    watched = [real(folder) for folder in recipe.watched]
    for number, action in enumerate(recipe.actions):
        for folder in action.roots(watched, recipe.vars):
            if (away := carrier(folder)) is not None:
                what = f"this writes in {folder}, and {away}; {CURE}"
                return places_of(recipe.name, places).problem(number, action.kind, what)
    return None
