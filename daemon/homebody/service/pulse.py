"""What if homebody still runs, but nothing in it moves any more?"""

import faulthandler
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from homebody.journal.store import Journal
from homebody.logs import get_log

BEAT_SECONDS = 20.0
STUCK_SECONDS = 600.0
"""After so long without a beat the process is ended: a slow disk or a large journal never takes that long."""

KEPT = "stuck.before.txt"
"""Where it stays what a homebody did that stood still, until another one does."""


class Watchdog:
    """Ends a process in which nothing moves, so that whoever started it starts it again.

    systemd's own (``WatchdogSec=``, sd_notify(3)) wants a socket that stays open, and a sealed process has none. Here
    a thread of the interpreter's own, which needs none of its locks, waits for the next beat (``faulthandler``). What
    every thread was doing then goes to *out*, names of functions and files of the program alone, and the process ends
    with 1. A process that a person stops and lets go on (SIGSTOP, Ctrl+Z) would be ended, too: so only one that a
    service manager started is watched over.
    """

    def __init__(self, *, armed: bool, seconds: float = STUCK_SECONDS, out: TextIO | None = None) -> None:
        self.armed = armed
        self._seconds = seconds
        self._out = out

    def beat(self) -> None:
        """Note that something moves; the process ends when that is not said again within the time."""
        if self.armed:
            faulthandler.dump_traceback_later(self._seconds, exit=True, file=self._out or sys.stderr)

    def rest(self) -> None:
        """Watch over nothing any more."""
        if self.armed:
            faulthandler.cancel_dump_traceback_later()


@contextmanager
def watched_over(path: Path, *, supervised: bool) -> Iterator[Watchdog]:
    """Give the watchdog of this process; what an earlier one wrote to *path* is put beside it and told of."""
    if path.exists() and path.stat().st_size:
        path.replace(path.with_name(KEPT))
        get_log().error(f"homebody had stood still; what it did is in {KEPT} beside this log")
    if not supervised:
        yield Watchdog(armed=False)
        return
    with open(path, "a", encoding="utf-8", opener=_private) as out:
        yield Watchdog(armed=True, out=out)


def _private(path: str, flags: int) -> int:
    """Open *path* for the person alone: within the seal no mode can be changed afterwards."""
    return os.open(path, flags, 0o600)


def pulse(journal: Journal, watchdog: Watchdog, stop: threading.Event) -> None:
    """Beat until *stop* is set, each time after the journal has answered: whoever waits for it for ever is stuck.

    A journal that answers with an error is not stuck, and others tell of it. A watched folder or a model that does
    not answer stops no beat: they hold up only what asks them.
    """
    while watchdog.armed:
        try:
            journal.counts()
        except Exception as error:  # noqa: BLE001 - a pulse that ended of it would end a sound homebody later
            get_log().error("the journal does not answer as it should", error=error)
        watchdog.beat()
        if stop.wait(BEAT_SECONDS):
            break
    watchdog.rest()
