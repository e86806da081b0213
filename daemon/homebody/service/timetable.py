"""Which schedules are kept, and since when, while recipes come, change and go?"""

from collections.abc import Callable, Mapping

from homebody.clock import Clock
from homebody.errors import HomebodyError
from homebody.house.due import enqueuer
from homebody.journal.store import Journal
from homebody.recipe.schema import Recipe, Schedule
from homebody.triggers.moments import Missed
from homebody.triggers.schedule import Schedules, build


class Timetable:
    """Keeps the schedules of the enabled *recipes*, each going on where its cursor stands."""

    def __init__(
        self, journal: Journal, clock: Clock, recipes: Mapping[str, Recipe], wake: Callable[[], None]
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._recipes = recipes
        self._schedules = Schedules(clock, enqueuer(journal, recipes, wake))
        self._kept: dict[str, tuple[Schedule, ...]] = {}

    @property
    def missed(self) -> dict[str, Missed]:
        """What nobody was there for, by recipe."""
        return self._schedules.missed

    def start(self) -> None:
        """Begin: what was missed while nobody was there is made up for first."""
        self.follow()
        self._schedules.start()

    def stop(self) -> None:
        """Keep no schedule any more."""
        self._schedules.stop()

    def follow(self) -> None:
        """Keep the schedules of the recipes as they are now. Raises HomebodyError; to be called again then.

        A recipe that came goes on where its cursor stands, as at a start. One whose times were changed begins now: at
        the new times before, it was not due yet.
        """
        wanted = {
            recipe.name: tuple(trigger for trigger in recipe.triggers if isinstance(trigger, Schedule))
            for recipe in self._recipes.values()
            if recipe.enabled
        }
        for name in self._kept.keys() - {name for name, times in wanted.items() if times}:
            self._schedules.drop(name)
            del self._kept[name]
        for name, times in wanted.items():
            if times and self._kept.get(name) != times:
                self._keep(name, times)

    def _keep(self, name: str, times: tuple[Schedule, ...]) -> None:
        """Keep *times* for the recipe *name*, and no others; on an error, none, so that the next call tries again."""
        cursor = self._journal.cursor(name)
        if cursor is None or name in self._kept:
            # From now on: else a computer that sleeps at the first moment would never make up for it.
            cursor = self._clock.now()
            self._journal.set_cursor(name, cursor)
        self._schedules.drop(name)
        self._kept.pop(name, None)
        try:
            for trigger in times:
                self._schedules.add(name, build(trigger), cursor, trigger.catch_up)
        except HomebodyError:
            self._schedules.drop(name)
            raise
        self._kept[name] = times
