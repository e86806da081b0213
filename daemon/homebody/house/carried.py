"""Would a planned change be carried away, though the recipe does not say that it may be?

The folders that a recipe writes are looked at before it runs. Below them there can be others that a program
synchronises, and that nobody knows before a file goes there; so each plan is looked at, too.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from homebody.actions.effect import Effect, Notice
from homebody.recipe.carried import CURE
from homebody.recipe.schema import Recipe
from homebody.synced.away import Carriers


def carried_off(recipe: Recipe, effects: Iterable[Effect], writes: Sequence[Path]) -> str | None:
    """Return why *effects* may not be made, None when they may: one would go where a program carries it away.

    *writes* are the folders that the recipe writes; they themselves were looked at when it was taken up.
    """
    if recipe.synced == "allowed":
        return None
    carriers = Carriers(None)
    paths = (effect.path for effect in effects if not isinstance(effect, Notice))
    for folder in dict.fromkeys(path.parent for path in paths):
        root = next((root for root in writes if folder.is_relative_to(root)), folder)
        if (away := carriers.between(folder, root)) is not None:
            return f"it would write in {folder}, and {away}; {CURE}"
    return None
