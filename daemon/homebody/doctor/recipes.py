"""Are the recipes right, each by itself and all together?"""

from collections.abc import Iterator
from pathlib import Path

from homebody.doctor.finding import Finding, note, right, wrong
from homebody.errors import SealError
from homebody.paths import Home
from homebody.recipe.carried import refused
from homebody.recipe.lint import lint
from homebody.recipe.load import Loaded
from homebody.recipe.schema import Recipe
from homebody.seal import refuse_start_up_places
from homebody.service.obstacles import refuse_our_own
from homebody.synced.away import Carriers

CHECK = "Correct it there; `homebody check` says whether it is right."


def recipes(home: Home, loaded: Loaded, carriers: Carriers) -> Iterator[Finding]:
    """Yield what is wrong with the recipes of *home*, and which are right."""
    if not loaded.recipes and not loaded.problems:
        yield note(
            "recipes", f"there are no recipes in {home.recipes}", "Take one: homebody new summarize-notes"
        )
    for problem in loaded.problems:
        yield wrong("recipe", f"a recipe is not usable: {problem}", CHECK)
    for problem in lint(loaded.recipes, loaded.places):
        yield wrong("recipe-circle", f"recipes get in each other's way: {problem}", CHECK)
    carried = refused(loaded.recipes, loaded.places, carriers.of)
    for problem in carried.values():
        yield wrong("recipe-synced", f"a recipe is refused: {problem}", CHECK)
    for recipe in loaded.recipes:
        barred = list(_places(home, recipe, carriers))
        yield from barred
        if not barred and recipe.name not in carried:
            state = "" if recipe.enabled else ", switched off"
            yield right("recipe", f"the recipe {recipe.name}{state}")


def _places(home: Home, recipe: Recipe, carriers: Carriers) -> Iterator[Finding]:
    """Yield the folders that a recipe cannot have: those that are not there, and those that nobody may write."""
    for folder in recipe.permissions().reads:
        if carriers.stays(folder) and not folder.is_dir():
            yield wrong(
                "folder-missing", f"{recipe.name}: the folder {folder} is not there", f"mkdir -p '{folder}'"
            )
    for folder in recipe.permissions().writes:
        if (error := barred_by(folder, home)) is not None:
            yield wrong("folder-barred", f"{recipe.name}: {error}", error.hint or CHECK)


def barred_by(folder: Path, home: Home) -> SealError | None:
    """Return why no recipe may write in *folder*, None when one may."""
    try:
        refuse_our_own(folder, home)
        refuse_start_up_places(folder)
    except SealError as error:
        return error
    return None


def folders_of(home: Home, loaded: Loaded, carriers: Carriers) -> tuple[list[Path], list[Path]]:
    """Return the folders that the recipes read, and those that they write, as far as they can be tried.

    Those that are not there, that no recipe may write, and that another computer would have to answer for are not.
    """
    permissions = [recipe.permissions() for recipe in loaded.recipes]
    reads = dict.fromkeys(folder for one in permissions for folder in one.reads)
    writes = dict.fromkeys(folder for one in permissions for folder in one.writes)
    return (
        [folder for folder in reads if carriers.stays(folder) and folder.is_dir()],
        [
            folder
            for folder in writes
            if carriers.stays(folder) and folder.is_dir() and barred_by(folder, home) is None
        ],
    )
