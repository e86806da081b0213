"""What keeps a recipe from running on this computer, just now? Looks at folders, and makes those to be written."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from homebody import seal
from homebody.errors import SealError
from homebody.house.taking import Standing, Wait, decide, without
from homebody.house.waits import WAITING
from homebody.paths import Home, real
from homebody.recipe.carried import refused
from homebody.recipe.load import Loaded
from homebody.recipe.problem import Unanswerable, unanswerable
from homebody.recipe.schema import Permissions, Recipe
from homebody.synced.away import Away

Refusals = Callable[[Iterable[Recipe]], Mapping[str, Unanswerable]]
"""Says why the model cannot answer recipes, by the hashes of those."""


def standing(
    before: Standing,
    loaded: Loaded,
    home: Home,
    sealed: seal.Policy | None,
    carrier: Callable[[Path], Away | None] | None = None,
    refusals: Refusals | None = None,
) -> Standing:
    """Return how it stands with what was *loaded*; *sealed* is what the kernel allows, None before the seal.

    *carrier* says of a folder what carries away files in it; without one, what is found on this computer says so.
    *refusals* says which recipes the model cannot answer; without it, all can be answered.

    The folders that the recipes in force write are there after that, except where that turned out to be impossible.
    """
    barred = obstacles(loaded.recipes, home, sealed)
    carried = refused(loaded.recipes, loaded.places, carrier)
    barred |= {name: Wait(why=str(problem)) for name, problem in carried.items()}
    if refusals is not None:
        good = {**before.stopped, **before.recipes}
        why = refusals([*loaded.recipes, *good.values()])
        barred |= {
            recipe.name: Wait(
                why=str(unanswerable(recipe.name, loaded.places, why[recipe.hash], asks=len(recipe.ask)))
            )
            for recipe in loaded.recipes
            if recipe.hash in why
        }
        before = without(before, {name for name, recipe in good.items() if recipe.hash in why})
    while True:
        found = decide(before, loaded, barred)
        names = {recipe.name for recipe in loaded.recipes} - found.waits.keys()
        failed = make_folders(found.recipes[name] for name in sorted(names))
        if not failed:
            return found
        barred |= failed


def obstacles(recipes: Iterable[Recipe], home: Home, sealed: seal.Policy | None) -> dict[str, Wait]:
    """Return why each of *recipes* that cannot run does not, by name; nothing is made."""
    found = {}
    for recipe in recipes:
        obstacle = obstacle_of(recipe.permissions(), home, sealed)
        if obstacle is not None:
            found[recipe.name] = obstacle
    return found


def obstacle_of(permissions: Permissions, home: Home, sealed: seal.Policy | None) -> Wait | None:
    """Return why a recipe with these *permissions* cannot run, or None.

    A folder that a recipe writes is made; a folder that it watches is the person's, and is not.
    """
    missing = [folder for folder in permissions.reads if not folder.is_dir()]
    try:
        for folder in permissions.writes:
            refuse_our_own(folder, home)
            seal.refuse_start_up_places(folder)
    except SealError as error:
        return Wait(why=f"{error} {error.hint or ''}".strip())
    lacking = (
        None if sealed is None else seal.beyond(sealed, read=permissions.reads, write=permissions.writes)
    )
    if missing:
        then = ", and restart" if sealed is None else ", then `homebody restart`" if lacking else ""
        return Wait(why=f"the folder {missing[0]} is not there: make it, or change the recipe{then}")
    return None if not lacking else beyond_the_seal(lacking)


def beyond_the_seal(lacking: seal.Beyond) -> Wait:
    """Return what a recipe needs of folders that the seal of this start keeps from it, and the cure."""
    reads, writes = tuple(map(str, lacking.reads)), tuple(map(str, lacking.writes))
    needs = [f"read {', '.join(reads)}"] if reads else []
    needs += [f"write in {', '.join(writes)}"] if writes else []
    why = (
        f"{WAITING}: it would {' and '.join(needs)}, which the seal that was put on at the start"
        " refuses. Restart homebody: `homebody restart`"
    )
    return Wait(why=why, restart=True, reads=reads, writes=writes)


def make_folders(recipes: Iterable[Recipe]) -> dict[str, Wait]:
    """Make the folders that *recipes* write, and return by name why that could not be done."""
    failed = {}
    for recipe in recipes:
        for folder in recipe.permissions().writes:
            try:
                folder.mkdir(parents=True, exist_ok=True)
                seal.refuse_start_up_places(folder)
            except SealError as error:
                failed[recipe.name] = Wait(why=f"{error} {error.hint or ''}".strip())
            except OSError as error:
                failed[recipe.name] = Wait(why=f"the folder {folder} cannot be made: {error.strerror}")
    return failed


def refuse_our_own(folder: Path, home: Home) -> None:
    """Raise SealError for a folder in which a recipe could change recipes, settings or the journal."""
    ours = {home.config.resolve(), home.state.resolve()}
    place = real(folder)
    if any(place == own or own in place.parents or place in own.parents for own in ours):
        raise SealError(f"the folder {folder} is homebody's own, or holds it: no recipe may write there.",
                        hint="Choose another folder in the recipe.")  # fmt: skip
