"""What becomes of a recipe's run on a file when the file changes meanwhile? That is what ``mode`` says.

queued   The change gets a run of its own, behind the others. A run whose turn comes when its file has changed, or that
         finds it changed before it changes anything, ends without a change: the newer run is for what is there now.
restart  The same, and at once: an older run that waits, for its turn or for a person, is over, one that works is given
         up, and the newer one takes its place. Changes that are being made are made to their end.
single   While a run waits or works, for its turn or for a person, a change gets none. When it is over, the file is
         looked at, and has one run for all that changed meanwhile.

In every mode there are never two runs on one file at once, and what is there last has its run. A schedule's runs are
about no file: with ``single`` a time that comes while an older run is not over is passed over, with ``restart`` that
run is given up.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from homebody.errors import HomebodyError
from homebody.house.in_hand import InHand
from homebody.house.wake import Wake
from homebody.journal.run import Run
from homebody.journal.store import Journal
from homebody.logs import get_log
from homebody.recipe.schema import Recipe


def put_off(journal: Journal, recipe: Recipe, path: Path | None) -> Run | None:
    """Return the run for whose end a new one of *recipe* on *path* has to wait, None when it may be queued."""
    if recipe.mode != "single":
        return None
    return next(iter(journal.under_way(recipe.name, path)), None)


def ringer(in_hand: InHand, recipes: Mapping[str, Recipe], wake: Wake) -> Callable[[], None]:
    """Return what is to be called when runs were queued: older ones give way to them where ``mode`` says so."""

    def ring() -> None:
        names = [recipe.name for recipe in recipes.values() if recipe.mode == "restart"]
        try:
            if names:
                in_hand.give_way(names)
        except HomebodyError as error:
            get_log().error("older runs did not give way", error=error)
        wake.set()

    return ring


def looker(recipes: Mapping[str, Recipe], hint: Callable[[Path], None]) -> Callable[[Run], None]:
    """Return what is to be called when a run is over: its file is looked at again where ``mode`` says so."""

    def look(run: Run) -> None:
        recipe = recipes.get(run.recipe)
        if recipe is not None and recipe.mode == "single" and run.path is not None:
            hint(run.path)

    return look
