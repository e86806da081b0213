"""Who follows the start of a model process, and how far is it, step by step?"""

from collections.abc import Callable
from typing import Protocol

from homebody.model.process import Event, ModelProcess
from homebody.model.replies import understood
from homebody.model.states import Happening

LARGE = 10**9
"""A file of so many bytes takes more than a second to be checked."""


class Watcher(Protocol):
    """Who follows a start: is told of every step and of each process, and may call it off."""

    @property
    def halted(self) -> bool:
        """Return whether the start is called off."""

    def tell(self, happening: Happening, words: str = "") -> None:
        """Take note of a step."""

    def began(self, process: ModelProcess) -> None:
        """Take note of the process that is being loaded."""


def telling(watcher: Watcher) -> Callable[[Event], None]:
    """Return what tells *watcher* how far a load is, as the process reports it."""

    def tell(progress: Event) -> None:
        phase, done, total = understood(
            lambda: (str(progress["phase"]), int(progress["done"]), max(1, int(progress["total"])))
        )
        if phase == "measure":
            watcher.tell(Happening.MEASURE, f"a few of its steps are timed: {done} of at most {total} s")
        elif phase == "prove" or done >= total:
            watcher.tell(Happening.PROVE)
        else:
            watcher.tell(Happening.LOAD, f"{100 * done // total} % of its weights are read")

    return tell


def checking(watcher: Watcher) -> Callable[[int, int], None]:
    """Return what tells *watcher* how much of a large file has been checked, at each tenth of it."""
    told = 0

    def tell(done: int, total: int) -> None:
        nonlocal told
        if total > LARGE and 10 * done // total > told:
            told = 10 * done // total
            watcher.tell(Happening.LOAD, f"its file is checked: {10 * told} % are read")

    return tell
