"""Does the house rest because the disk is full, on battery, or by a person's wish, and when does it try again?

A full disk is nobody's fault: nothing fails because of it and no try is used up. Whoever meets it says so here;
the house tries again as soon as there is more room than there was at the worst moment.
"""

import shutil
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from homebody.clock import Clock
from homebody.house.battery import Battery
from homebody.house.halt import Halt

REST_SECONDS = 2.0
"""How often a resting house looks for room."""

TRY_ANYWAY_SECONDS = 300.0
"""After so long it is tried in any case: a quota's room cannot be seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resting:
    """The house rests: since when, with how little room at worst in which folder, and when it last tried."""

    since: datetime
    least: int
    folder: Path
    tried: float


def try_again(resting: Resting, free: int, monotonic: float) -> bool:
    """Return whether a try is worth while with *free* bytes in the folder that was fullest."""
    return free > resting.least or monotonic - resting.tried >= TRY_ANYWAY_SECONDS


class Pause:
    """Whether the house rests; its methods may be called from any thread. *folders* are those that it writes.

    On a full disk nothing is done at all; while ``battery`` rests, or a person has paused it, what a person waits
    for is.
    """

    def __init__(
        self,
        clock: Clock,
        folders: Callable[[], Iterable[Path]],
        battery: Battery | None = None,
        halt: Halt | None = None,
    ) -> None:
        self.battery = battery or Battery(clock)
        self.halt = halt
        self._clock = clock
        self._folders = folders
        self._changing = threading.Lock()
        self.resting: Resting | None = None

    def only_asked(self) -> bool:
        """Return whether only what a person waits for is to be done just now."""
        return (self.halt is not None and self.halt.since is not None) or self.battery.rests()

    def full(self) -> None:
        """Rest: the disk turned out to be full. Resting already, rest on from now."""
        with self._changing:
            before = self.resting
            free, folder = min((room(folder), folder) for folder in self._folders())
            self.resting = Resting(
                since=before.since if before else self._clock.now(),
                least=free if before is None or before.folder != folder else min(free, before.least),
                folder=folder,
                tried=self._clock.monotonic(),
            )

    def over(self, began: float | None = None) -> None:
        """Rest no longer: something could be written that was begun at *began*, by the clock's monotonic hand.

        What was begun before the disk was last found full proves nothing: another run met it meanwhile.
        """
        if self.resting is None:
            return
        with self._changing:
            if self.resting is not None and (began is None or began >= self.resting.tried):
                self.resting = None

    def lasts(self) -> bool:
        """Return whether to rest on, because there is no more room than at the worst moment."""
        resting = self.resting
        if resting is None:
            return False
        return not try_again(resting, room(resting.folder), self._clock.monotonic())

    def free(self) -> int:
        """Return the bytes that are free just now in the folder that was fullest, 0 for a house that does not rest."""
        resting = self.resting
        return 0 if resting is None else room(resting.folder)


def room(folder: Path) -> int:
    """Return the bytes that are free for us in *folder*; one that is not there has no say."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return 1 << 62
