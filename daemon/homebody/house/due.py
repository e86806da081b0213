"""How does a schedule become a queued run, once for each moment?"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from homebody.events import ScheduleDue
from homebody.house.modes import put_off
from homebody.house.requests import backfill, backlog
from homebody.journal.store import Journal
from homebody.recipe.schema import Recipe


def enqueuer(
    journal: Journal, recipes: Mapping[str, Recipe], wake: Callable[[], None]
) -> Callable[..., None]:
    """Return what the scheduler calls: it queues the recipe's run for that moment, once."""

    def due(name: str, at: datetime) -> None:
        recipe = recipes.get(name)
        if recipe is None:
            return
        if recipe.watched:
            look_through(journal, recipe, wake)
            journal.set_cursor(name, at)
            return
        if put_off(journal, recipe, None) is not None:
            journal.set_cursor(name, at)
            return
        run = journal.enqueue(
            recipe=name,
            recipe_hash=recipe.hash,
            event=ScheduleDue(recipe=name, due=at),
            key=f"{name}\n@{at.astimezone(UTC).isoformat()}",
            path=None,
            content=None,
            origin=None,
            due=at,
        )
        journal.set_cursor(name, at)
        if run is not None:
            wake()

    return due


def look_through(journal: Journal, recipe: Recipe, wake: Callable[[], None]) -> None:
    """Queue every file of the watched folders that *recipe* takes and never had.

    It is what a schedule does beside a watch. A file that cannot be read, or a folder that is away, is left for the
    next time.
    """
    if backfill(journal, recipe, backlog(journal, recipe).never):
        wake()
