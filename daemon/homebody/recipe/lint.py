"""What can be known to go wrong between recipes that are each right?"""

from collections.abc import Mapping, Sequence

from homebody.actions import WriteAction
from homebody.recipe.problem import Problem
from homebody.recipe.schema import Recipe


def lint(recipes: Sequence[Recipe]) -> tuple[Problem, ...]:
    """Return what the enabled *recipes* would do to each other.

    Our own writes wake nothing, so recipes cannot go round in a circle; what is left is two of them that
    overwrite one file in turn.
    """
    writers: dict[str, list[str]] = {}
    for recipe in recipes:
        if not recipe.enabled:
            continue
        for action in recipe.actions:
            if isinstance(action, WriteAction) and action.on_conflict == "overwrite":
                writers.setdefault(_filled(action.dest, recipe.vars), []).append(recipe.name)
    return tuple(
        Problem(
            file=f"{name}.yaml",
            line=1,
            column=1,
            where="actions",
            what=f"overwrites the same file as {', '.join(other for other in names if other != name)}",
        )
        for names in writers.values()
        if len(set(names)) > 1
        for name in dict.fromkeys(names)
    )


def _filled(dest: str, variables: Mapping[str, object]) -> str:
    """Return *dest* in the one form in which equal destinations are equal."""
    text = " ".join(dest.split())
    for name, value in variables.items():
        text = text.replace(f"{{{{ vars.{name} }}}}", str(value))
    return text
