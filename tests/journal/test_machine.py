"""Does the journal do what a plain dictionary would do, whatever comes in whatever order, crashes among it?"""

import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)

from homebody.errors import JournalError
from homebody.events import FileSettled
from homebody.journal.again import CAN_BE_TRIED_AGAIN, RetryRefusedError
from homebody.journal.run import EffectRow, EffectState, GiveUp, Retry, RunState, decide, may_follow
from homebody.journal.store import Journal
from homebody.testing import FakeClock

RECIPES = ("digest", "summarise", "tag")
ENDS = (RunState.DONE, RunState.SKIPPED, RunState.FAILED, RunState.QUARANTINED)


LANES = (Path("/notes"), Path("/scans"))


@dataclass
class Expected:
    """A run as the model has it."""

    recipe: str
    place: int
    path: Path
    lane: Path = LANES[0]
    approved: bool = False
    state: RunState = RunState.QUEUED
    attempt: int = 0
    interruptions: int = 0
    reason: str | None = None
    not_before: datetime | None = None
    effects: list[str] = field(default_factory=list)


class JournalMachine(RuleBasedStateMachine):
    """The journal beside the model; a crash is a copy of the files as they lie on the disk at that moment."""

    running = Bundle("running")
    over = Bundle("over")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.clock = FakeClock()
        self.crashes = 0
        self.keys: set[str] = set()
        self.expected: dict[int, Expected] = {}
        self.turns: dict[tuple[str, Path], int] = {}
        self.places = 0
        self.seen: list[int] = []

    @initialize()
    def begin(self) -> None:
        """Open a new journal."""
        self.journal = Journal.open(self.folder / "0" / "journal.db", self.clock)

    def next_place(self) -> int:
        """Return the place at the end of the queue."""
        return max((run.place for run in self.expected.values()), default=0) + 1

    @rule(
        recipe=st.sampled_from(RECIPES),
        name=st.sampled_from("abc"),
        content=st.sampled_from("xy"),
        lane=st.sampled_from(LANES),
    )
    def enqueue(self, recipe: str, name: str, content: str, lane: Path) -> None:
        """Queue a run, or find that its key had one."""
        key, path = f"{recipe}\n{content}\n{lane / name}", lane / name
        number = self.journal.enqueue(
            recipe=recipe, recipe_hash="h", event=FileSettled(path=path, content=content), key=key, path=path,
            content=content, origin=content, due=None, lane=lane,
        )  # fmt: skip
        assert (number is None) == (key in self.keys)
        if number is not None:
            self.keys.add(key)
            self.turns.setdefault((recipe, lane), 0)
            self.expected[number] = Expected(recipe=recipe, place=self.next_place(), path=path, lane=lane)

    def due(self) -> dict[tuple[str, Path], int]:
        """Return the next run of each lane that has one whose time has come, and on whose file no other is at work."""
        now = self.clock.now()
        busy = {run.path for run in self.expected.values() if run.state is RunState.RUNNING}
        found: dict[tuple[str, Path], int] = {}
        for number, run in sorted(self.expected.items(), key=lambda item: -item[1].place):
            free = run.path not in busy
            if run.state is RunState.QUEUED and free and (run.not_before is None or run.not_before <= now):
                found[run.recipe, run.lane] = number
        return found

    @rule(target=running)
    def claim(self) -> object:
        """Claim what the model says comes next."""
        due = self.due()
        run = self.journal.claim()
        if run is None:
            assert {} == due
            return multiple()
        first = min(due, key=lambda lane: (self.turns[lane], lane))
        assert due[first] == run.id
        self.turns[first] = max(self.turns.values()) + 1
        expected = self.expected[run.id]
        expected.state, expected.reason, expected.not_before = RunState.RUNNING, None, None
        expected.attempt += 1
        return run.id

    @rule(number=running, effects=st.integers(1, 3), applied=st.integers(0, 3))
    def plan(self, number: int, effects: int, applied: int) -> None:
        """Write a plan down and apply the first effects of it."""
        if self.expected[number].state is not RunState.RUNNING:
            return
        rows = [
            EffectRow(
                id=None, run=number, ordinal=0, kind="write", path=Path("/notes/a"), before="b", after="c",
                origin="b", before_image="b", after_image="c", mode=None, state="intended",
            )
            for _ in range(effects)
        ]  # fmt: skip
        numbers = self.journal.plan(number, rows)
        self.journal.mark_all(dict.fromkeys(numbers[:applied], EffectState.APPLIED))
        before = ["abandoned" if state == "intended" else state for state in self.expected[number].effects]
        done = min(applied, effects)
        self.expected[number].effects = before + ["applied"] * done + ["intended"] * (effects - done)

    @rule(target=over, number=consumes(running), state=st.sampled_from(ENDS))
    def finish(self, number: int, state: RunState) -> int:
        """Bring a run to its end."""
        if self.expected[number].state is not RunState.RUNNING:
            return number
        self.journal.finish(number, state, state.value)
        self.expected[number].state, self.expected[number].reason = state, state.value
        return number

    @rule(number=consumes(running), retries=st.integers(0, 3))
    def fail(self, number: int, retries: int) -> None:
        """Let a run fail, and do what the decision says."""
        expected = self.expected[number]
        if expected.state is not RunState.RUNNING:
            return
        run = self.journal.run(number)
        match decide(run.tries, retries, self.clock.now()):
            case Retry(at=at):
                expected.place = self.next_place()
                self.journal.retry(number, "again", at)
                expected.state, expected.reason, expected.not_before = RunState.QUEUED, "again", at
            case GiveUp():
                self.journal.finish(number, RunState.QUARANTINED, "gave up")
                expected.state, expected.reason = RunState.QUARANTINED, "gave up"
                assert run.tries > retries

    @rule(target=over, number=consumes(running))
    def wait(self, number: int) -> int:
        """Let the plan of a run wait for a person."""
        expected = self.expected[number]
        if expected.state is RunState.RUNNING:
            self.journal.finish(number, RunState.WAITING, "it waits")
            expected.state, expected.reason, expected.approved = RunState.WAITING, "it waits", False
        return number

    @rule(number=over)
    def approve(self, number: int) -> None:
        """Let a person agree to a plan; what does not wait cannot be agreed to."""
        expected = self.expected[number]
        if not may_follow(expected.state, RunState.QUEUED) or expected.state is not RunState.WAITING:
            return
        expected.place = self.next_place()
        self.journal.approve(number)
        expected.state, expected.reason, expected.approved = RunState.QUEUED, "a person has agreed", True
        expected.attempt -= 1

    @rule(number=over)
    def try_again(self, number: int) -> None:
        """Let a person try an ended run again; its tries begin anew."""
        expected = self.expected[number]
        if expected.state not in CAN_BE_TRIED_AGAIN:
            with pytest.raises(RetryRefusedError):
                self.journal.queue_again(number)
            return
        expected.place = self.next_place()
        self.journal.queue_again(number)
        expected.state, expected.attempt, expected.interruptions = RunState.QUEUED, 0, 0
        expected.reason, expected.not_before = None, None

    @rule(number=over)
    def undo(self, number: int) -> None:
        """Undo a run if it may be; it stays as it is if it may not."""
        expected = self.expected[number]
        if not may_follow(expected.state, RunState.UNDOING):
            with pytest.raises(JournalError):
                self.journal.set_state(number, RunState.UNDOING)
            return
        self.journal.set_state(number, RunState.UNDOING)
        self.journal.finish(number, RunState.UNDONE, "taken back")
        expected.state, expected.reason = RunState.UNDONE, "taken back"

    @precondition(lambda self: self.crashes < 5)
    @rule()
    def crash(self) -> None:
        """Go on with the files as they lie there, and give back every run that was being carried out."""
        old = self.folder / str(self.crashes)
        self.crashes += 1
        shutil.copytree(old, self.folder / str(self.crashes), ignore=shutil.ignore_patterns("*-shm"))
        self.journal.close()
        self.journal = Journal.open(self.folder / str(self.crashes) / "journal.db", self.clock)
        assert self.journal.damaged is None
        for run in self.journal.in_state(RunState.RUNNING):
            expected = self.expected[run.id]
            expected.place = self.next_place()
            self.journal.hand_back(run.id, "interrupted", counted=True)
            expected.state, expected.reason = RunState.QUEUED, "interrupted"
            expected.interruptions += 1

    @rule(seconds=st.sampled_from([1, 2, 30, 4000]))
    def time_passes(self, seconds: int) -> None:
        """Move the clock forward."""
        self.clock.advance(seconds)

    @rule(hours=st.integers(2, 10**5))
    def clock_set_back(self, hours: int) -> None:
        """Set the clock back by more than the longest pause: then no pause is waited for."""
        now = self.clock.now() - timedelta(hours=hours)
        self.clock.set(now)
        for run in self.expected.values():
            if run.not_before is not None and run.not_before > now + timedelta(hours=1):
                run.not_before = None

    @rule()
    def poll(self) -> None:
        """Take the new steps, as a screen does."""
        self.seen += [step.seq for step in self.journal.changes(self.seen[-1] if self.seen else 0)]
        assert sorted(set(self.seen)) == self.seen

    @invariant()
    def agrees(self) -> None:
        """Every run is as the model has it."""
        if not hasattr(self, "journal"):
            return
        runs = {run.id: run for run in self.journal.runs(limit=1000)}
        assert set(self.expected) == set(runs)
        for number, expected in self.expected.items():
            run = runs[number]
            assert (
                expected.recipe, expected.state, expected.attempt, expected.interruptions, expected.reason,
                expected.approved,
            ) == (run.recipe, run.state, run.attempt, run.interruptions, run.reason, run.approved)  # fmt: skip
            assert expected.effects == [effect.state for effect in self.journal.effects(number)]

    def teardown(self) -> None:
        """Throw the journal away."""
        if hasattr(self, "journal"):
            self.journal.close()
        shutil.rmtree(self.folder)


JournalMachine.TestCase.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
TestJournal = JournalMachine.TestCase
