"""What would keep a recipe from running on this computer as it is now? Its folders, each at its place in the recipe."""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from homebody import seal
from homebody.errors import SealError
from homebody.paths import Home, real
from homebody.recipe.problem import Places, Problem, places_of
from homebody.recipe.schema import Recipe, Watch
from homebody.service.obstacles import refuse_our_own


def foreseen(recipes: Iterable[Recipe], places: Mapping[str, Places], home: Home) -> list[Problem]:
    """Return what keeps each enabled one of *recipes* from running, until somebody changes it or the computer."""
    return [
        problem
        for recipe in recipes
        if recipe.enabled
        for problem in (
            *_read(recipe, places_of(recipe.name, places)),
            *_written(recipe, places_of(recipe.name, places), home),
        )
    ]


def _read(recipe: Recipe, stands: Places) -> Iterator[Problem]:
    """Yield the folders that the recipe watches or selects from, and that cannot be looked into."""
    for number, trigger in enumerate(recipe.triggers):
        for folder in trigger.folders if isinstance(trigger, Watch) else ():
            if (what := _unreadable(folder)) is not None:
                yield stands.problem_of_trigger(number, what)
    if recipe.select is not None and (what := _unreadable(recipe.select.folder)) is not None:
        yield stands.problem_of_select(what)


def _unreadable(folder: Path) -> str | None:
    if not os.path.lexists(folder):
        return (
            f"the folder {folder} is not there, and so the recipe waits; make it (mkdir -p '{folder}'),"
            " or change the recipe"
        )
    if not folder.is_dir():
        return f"{folder} is no folder; name the folder in which the files lie"
    if not os.access(folder, os.R_OK | os.X_OK):
        return f"you may not read {folder}; change its mode (chmod u+rx '{folder}'), or name another folder"
    return None


def _written(recipe: Recipe, stands: Places, home: Home) -> Iterator[Problem]:
    """Yield the actions that would write where nothing may be written."""
    watched = [real(folder) for folder in recipe.watched]
    named = {folder for folder in watched if _unreadable(folder) is not None}
    for number, action in enumerate(recipe.actions):
        roots = action.roots(watched, recipe.vars)
        told = (_unwritable(folder, home) for folder in roots if folder not in named)
        if (what := next((one for one in told if one is not None), None)) is not None:
            yield stands.problem(number, action.kind, what)


def _unwritable(folder: Path, home: Home) -> str | None:
    try:
        refuse_our_own(folder, home)
        seal.refuse_start_up_places(folder)
    except SealError as error:
        return f"{error} {error.hint or ''}".strip()
    there = folder
    while not os.path.lexists(there) and there != there.parent:
        there = there.parent
    if not there.is_dir():
        return f"{there} is no folder, and so nothing can be written in {folder}; name another folder"
    if not os.access(there, os.W_OK | os.X_OK):
        return (
            f"you may not write in {there}; change its mode (chmod u+rwx '{there}'), or name another folder"
        )
    return None
