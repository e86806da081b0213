"""What can be known to go wrong between recipes that are each right?"""

from collections.abc import Mapping, Sequence

from homebody.actions import WriteAction
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
            if isinstance(action, WriteAction) and action.on_conflict == "overwrite":
                writers.setdefault(_filled(action.dest, recipe.vars), {}).setdefault(recipe.name, number)
    return tuple(
        places_of(name, places).problem(
            number,
            WriteAction.kind,
            f"overwrites the same file as {', '.join(other for other in names if other != name)}",
        )
        for names in writers.values()
        if len(names) > 1
        for name, number in names.items()
    )


def _filled(dest: str, variables: Mapping[str, object]) -> str:
    """Return *dest* in the one form in which equal destinations are equal."""
    text = " ".join(dest.split())
    for name, value in variables.items():
        text = text.replace(f"{{{{ vars.{name} }}}}", str(value))
    return text
