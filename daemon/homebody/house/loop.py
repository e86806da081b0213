"""The daemon's one loop: claim a run, carry it out, write down how it ended."""

import threading
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from homebody.clock import Clock
from homebody.errors import DiskFullError
from homebody.house.pause import REST_SECONDS, Pause
from homebody.house.runner import Outcome, Runner
from homebody.journal.run import GiveUp, Retry, Run, RunState, decide
from homebody.journal.store import Journal
from homebody.logs import get_log
from homebody.recipe.schema import Recipe

WAIT_SECONDS = 60.0
"""After how long a run that waits for its model is looked at again."""


def run_until(
    stop: threading.Event,
    wake: threading.Event,
    journal: Journal,
    runner: Runner,
    loop: "Endings",
    wait: float,
    pause: Pause,
) -> None:
    """Claim and carry out runs, one at a time, until *stop* is set.

    *wake* is set by whoever enqueues; *wait* is the longest nap between two looks at the journal, in seconds,
    for runs whose time to be tried again comes. On a full disk it rests, as *pause* shows, and goes on by itself; on
    battery, if that is wished, it does only what a person waits for.
    """
    while not stop.is_set():
        if pause.lasts():
            stop.wait(REST_SECONDS)
            continue
        wake.clear()
        try:
            run = journal.claim(asked=pause.battery.rests())
        except DiskFullError:
            pause.full()
            continue
        if run is None:
            pause.over()
            wake.wait(wait)
            continue
        outcome = runner.run(run)
        if outcome.pause:
            pause.full()  # measured before anybody reads of it: who makes room then is not overlooked
        ended = conclude(stop, journal, loop, run, outcome, pause)
        if not ended or (stop.is_set() and outcome.again):
            return
        if not outcome.pause:
            pause.over()


def conclude(
    stop: threading.Event, journal: Journal, loop: "Endings", run: Run, outcome: Outcome, pause: Pause
) -> bool:
    """Write down how *run* ended, as soon as the journal has room for it, and return whether that was done.

    A run that stays `running` because homebody is stopped meanwhile is brought to its end at the next start.
    """
    while True:
        try:
            if stop.is_set() and outcome.again:
                journal.hand_back(run.id, "homebody was stopped in the middle of it")
            else:
                loop.record(run, outcome)
        except DiskFullError:
            pause.full()
            if stop.wait(REST_SECONDS):
                return False
        else:
            return True


class Endings:
    """Writes down how runs end, and decides which are tried again."""

    def __init__(self, journal: Journal, clock: Clock, recipes: Mapping[str, Recipe]) -> None:
        self._journal = journal
        self._clock = clock
        self._recipes = recipes
        self._log: Any = get_log()

    def record(self, run: Run, outcome: Outcome) -> None:
        """Finish *run*, or queue it again after a pause, as *outcome* and the recipe's ``on_error`` say."""
        shown_only = run.dry and not (outcome.pause or outcome.patient)  # a person waits, and sees the reason
        if not outcome.again or shown_only:
            self._journal.finish(run.id, outcome.state, outcome.reason, release=outcome.release)
            self._log.info("run finished", run=run.id, state=outcome.state.value, attempt=run.attempt)
            return
        if outcome.pause:  # a full disk is nobody's fault: the try does not count
            self._journal.hand_back(run.id, outcome.reason or "it waits")
            return
        if outcome.patient:
            at = self._clock.now() + timedelta(seconds=WAIT_SECONDS)
            self._journal.hand_back(run.id, outcome.reason or "it waits", not_before=at)
            return
        recipe = self._recipes.get(run.recipe)
        retries = recipe.on_error.retry if recipe is not None else 0
        match decide(run.tries, retries, self._clock.now()):
            case Retry(at=at):
                self._journal.retry(run.id, outcome.reason or "it failed", at)
                self._log.warning("run will be tried again", run=run.id, attempt=run.attempt)
            case GiveUp():
                state = RunState.QUARANTINED if run.path is not None else RunState.FAILED
                self._journal.finish(run.id, state, outcome.reason)
                self._log.error("run gave up", run=run.id, state=state.value, attempt=run.attempt)
