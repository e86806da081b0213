"""The daemon's one loop: claim a run, carry it out, write down how it ended. Several threads go round in it."""

import contextlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from typing import Any

from homebody.clock import Clock
from homebody.errors import DiskFullError, HomebodyError
from homebody.house.in_hand import Held, InHand
from homebody.house.outcome import UNWANTED, Outcome, replaced_by
from homebody.house.pause import REST_SECONDS, Pause
from homebody.house.runner import Runner
from homebody.house.wake import Wake
from homebody.journal.run import GiveUp, Retry, Run, RunState, decide
from homebody.journal.store import Journal
from homebody.logs import get_log
from homebody.recipe.schema import Recipe

WAIT_SECONDS = 60.0
"""After how long a run that waits for its model is looked at again."""

NAP_SECONDS = 1.0
"""The longest nap between two looks at the journal, for runs whose time to be tried again comes."""


class Kind(Enum):
    """Which runs a thread carries out, so that those which need no model wait behind none that does."""

    ASKS = "those of recipes that ask the model"
    PLAIN = "all others"
    ANY = "all"


@dataclass(slots=True, kw_only=True)
class Loop:
    """Claims runs and carries them out, in as many threads as call ``work``, until ``stop`` is set.

    Of the threads for one kind only the first waits before the queue, and the next one steps up when it has got a run.
    """

    journal: Journal
    runner: Runner
    endings: "Endings"
    in_hand: InHand
    recipes: Mapping[str, Recipe]
    clock: Clock
    pause: Pause
    """On a full disk everybody rests, as it shows, and goes on by themselves; on battery, if that is wished, and while
    a person has paused it, all rest but those for whom a person waits."""
    wake: Wake
    """Rung by whoever enqueues."""
    stop: threading.Event
    nap: float = NAP_SECONDS
    over: Callable[[Run], None] = lambda _run: None
    """Told of every run that is in nobody's hand any more."""
    doors: Mapping[Kind, threading.Lock] = field(
        default_factory=lambda: {kind: threading.Lock() for kind in Kind}
    )

    def work(self, kind: Kind) -> None:
        """Carry out runs of one *kind*, one after the other, until ``stop`` is set.

        Whatever one run meets does not end the others: it is logged, and the run is brought to its end.
        """
        stumbled = False
        while not self.stop.is_set():
            try:
                if stumbled:
                    self.stop.wait(self.nap)
                    self.runner.mend(self.in_hand)
                    stumbled = False
                with self.doors[kind]:
                    began, held = self._next(kind)
                if held is not None:
                    self.carry_out(held, began)
            except DiskFullError:
                self.pause.full()
                stumbled = True
            except Exception as error:  # noqa: BLE001 - a loop that ends would leave every other run undone
                get_log().error("the loop stumbled", error=error)
                stumbled = True

    def _next(self, kind: Kind) -> tuple[float, Held | None]:
        """Return the next run, waiting for it, and when it was looked for; None when ``stop`` is set."""
        while True:
            began, rung = (
                self.clock.monotonic(),
                self.wake.rung,
            )  # before all looks: who rings meanwhile is heard
            if self.stop.is_set():
                return began, None
            if self.pause.lasts():
                self.stop.wait(REST_SECONDS)
                continue
            try:
                held = self.claim(kind)
            except DiskFullError:
                self.pause.full()
                continue
            if held is not None:
                return began, held
            self.pause.over(began)
            self.wake.wait(rung, self.nap)

    def claim(self, kind: Kind) -> Held | None:
        """Return the next run of that *kind*, now in hand, or None. Raises JournalError or DiskFullError."""
        asked = self.pause.only_asked()
        if kind is Kind.ANY:
            return self.in_hand.claim(asked=asked)
        asking = {recipe.name for recipe in self.recipes.values() if recipe.ask}
        if kind is Kind.ASKS:
            return self.in_hand.claim(only=asking, asked=asked)
        return self.in_hand.claim(but=asking, asked=asked)

    def carry_out(self, held: Held, began: float) -> None:
        """Carry out a claimed run and write down how it ended; *began* is when it was looked for."""
        try:
            outcome = self.runner.run(held.run, held.cancellation)
            if outcome.pause:
                self.pause.full()  # measured before anybody reads of it: who makes room then is not overlooked
            if self._conclude(held, outcome) and not outcome.pause:
                self.pause.over(began)
        finally:
            self._let_go(held)

    def _conclude(self, held: Held, outcome: Outcome) -> bool:
        """Write down how a run ended, as soon as the journal has room for it, and return whether that was done.

        A run that stays `running` because homebody is stopped meanwhile is brought to its end at the next start.
        """
        run = held.run
        while True:
            try:
                if outcome.given_up and held.unwanted:
                    self.journal.finish(run.id, RunState.SKIPPED, UNWANTED)
                elif outcome.given_up and held.newer is not None:
                    self.journal.finish(run.id, RunState.SKIPPED, replaced_by(held.newer), release=True)
                elif outcome.again and self.stop.is_set():
                    self.journal.hand_back(run.id, "homebody was stopped in the middle of it")
                else:
                    self.endings.record(run, outcome)
            except DiskFullError:
                self.pause.full()
                if self.stop.wait(REST_SECONDS):
                    return False
            else:
                return True

    def _let_go(self, held: Held) -> None:
        """Note that a run is in this hand no more, and wake those who waited for its file."""
        waits = True
        with contextlib.suppress(HomebodyError):
            self.in_hand.let_go(held)
        self.over(held.run)
        with contextlib.suppress(HomebodyError):
            waits = self.journal.waits_beside(held.run)
        if waits:
            self.wake.set()


class Endings:
    """Writes down how runs end, and decides which are tried again."""

    def __init__(self, journal: Journal, clock: Clock, recipes: Mapping[str, Recipe]) -> None:
        self._journal = journal
        self._clock = clock
        self._recipes = recipes
        self._log: Any = get_log()

    def record(self, run: Run, outcome: Outcome) -> None:
        """Finish *run*, or queue it again after a pause, as *outcome* and the recipe's ``on_error`` say."""
        waits = outcome.pause or outcome.patient or outcome.anew
        shown_only = run.dry and not waits  # a person waits, and sees the reason
        if not outcome.again or shown_only:
            self._journal.finish(run.id, outcome.state, outcome.reason, release=outcome.release)
            self._log.info("run finished", run=run.id, state=outcome.state.value, attempt=run.attempt)
            return
        if waits:  # nothing that this run has done wrong: the try does not count
            at = self._clock.now() + timedelta(seconds=WAIT_SECONDS) if outcome.patient else None
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
