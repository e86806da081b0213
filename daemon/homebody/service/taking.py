"""When are the recipes' files looked at again, while the daemon runs, and what happens then?

Editors save in many ways: by a new file under the old name, by emptying and filling, with helpers beside it.
So the folder must have lain still for a moment; and for longer, if what stands there would be a loss.
"""

import threading
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from homebody.clock import Clock
from homebody.errors import HomebodyError
from homebody.house.taking import Change, InForce, Standing, change, is_worse
from homebody.logs import get_log
from homebody.recipe.load import recipe_files

QUIET_SECONDS = 0.5
"""So long the files must have lain still before they are read."""

BAD_NEWS_SECONDS = 2.0
"""So long if a recipe would be lost by it, or is wrong: half a file must not be taken for a mistake."""

NAP_SECONDS = 0.1
"""So often at most the folder is looked at, however much happens there."""

TRY_AGAIN_SECONDS = 10.0
"""After how long something that went wrong, such as a full disk, is tried again."""

Print = tuple[tuple[str, tuple[int, ...]], ...]
"""What tells the recipes' files from how they were before."""


class Taker:
    """Takes up what has changed in *folder*; ``look`` may be called by any thread, one does at a time.

    *evaluate* returns how it stands with what the files say now, after it stood as given; *take* lets that be in
    force. It looks when it was ``touched``, and every so many seconds in any case.
    """

    def __init__(
        self,
        *,
        folder: Path,
        clock: Clock,
        recipes: InForce,
        evaluate: Callable[[Standing], Standing],
        take: Callable[[Standing], None],
        every: float,
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._recipes = recipes
        self._evaluate = evaluate
        self._take = take
        self._every = every
        self._touched = threading.Event()
        self._looking = threading.Lock()
        self._seen: Print | None = None
        self._since = clock.monotonic()
        self._broken_off = False
        self._log: Any = get_log()
        self.problem: str | None = None
        """Why the files cannot be looked at; shown by ``status``."""

    def touched(self) -> None:
        """Note that something happened in the folder, or that a person asks; called from any thread."""
        self._touched.set()

    def run(self, stop: threading.Event) -> None:
        """Take up what changes until *stop* is set and ``touched`` is called."""
        while not stop.is_set():
            self._touched.clear()
            try:
                wait = self.look()
            except Exception as error:  # noqa: BLE001 - whatever a file does, the recipes in force go on
                self._log.error("the recipes could not be looked at", error=error)
                wait = min(self._every, TRY_AGAIN_SECONDS)
            if self._touched.wait(wait):
                stop.wait(NAP_SECONDS)

    def look(self) -> float:
        """Take up what has lain still; return after how many seconds to look again, if nothing happens."""
        with self._looking:
            now = self._clock.monotonic()
            seen = self._print()
            if seen is None:
                return self._every
            if seen != self._seen:
                self._seen, self._since = seen, now
            lain = now - self._since
            if lain < QUIET_SECONDS:
                return QUIET_SECONDS - lain
            before = self._recipes.standing
            found = self._evaluate(before)
            if lain < BAD_NEWS_SECONDS and is_worse(before, found):
                return BAD_NEWS_SECONDS - lain
            if self._print() != seen:
                return QUIET_SECONDS  # it was written while it was read
            self._let(found)
            return self._every

    def take_up(self, evaluate: Callable[[Standing], Standing]) -> None:
        """Let what *evaluate* makes of what stands now be in force, at once: no file is looked at for this."""
        with self._looking:
            self._let(evaluate(self._recipes.standing))

    def reload(self) -> Change:
        """Take up what the files say at once, because a person asks for it, and return what is another now.

        Raises HomebodyError when the folder cannot be looked at.
        """
        with self._looking:
            self._seen = self._print()
            if self.problem is not None:
                raise HomebodyError(f"Nothing was changed: {self.problem}.")
            before = self._recipes.standing
            found = self._evaluate(before)
            self._let(found)
            return change(before, found)

    def _let(self, found: Standing) -> None:
        """Let *found* be in force, if it is another than what is."""
        if found == self._recipes.standing and not self._broken_off:
            return
        new = set(found.problems) - set(self._recipes.standing.problems)
        for problem in sorted(new):
            self._log.warning("a recipe file has a mistake", line=problem.line, column=problem.column)
        if (waiting := sum(wait.restart for wait in found.waits.values())) != sum(
            wait.restart for wait in self._recipes.standing.waits.values()
        ):
            self._log.info("recipes wait for a restart", count=waiting)
        differs = change(self._recipes.standing, found)
        self._broken_off = True
        self._take(found)
        self._broken_off = False
        if differs:
            counts = {name: len(names) for name, names in asdict(differs).items()}
            self._log.info("recipes taken up", recipes=len(found.recipes), **counts)

    def _print(self) -> Print | None:
        """Return what tells the files from how they were before, or None, with the problem, when that is unknown.

        A folder that is gone has no recipes; one that may not be looked into just now says nothing about them.
        """
        try:
            with_names = [(path.name, path) for path in recipe_files(self._folder, strict=True)]
        except FileNotFoundError:
            with_names = []
        except OSError as error:
            self.problem = (
                f"the folder of recipes cannot be looked into ({error.strerror}); those in force go on"
            )
            return None
        self.problem = None
        return tuple((name, _looks(path)) for name, path in with_names)


def _looks(path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_mode
