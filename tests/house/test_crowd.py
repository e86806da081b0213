"""Several runs at once, in any order of what can happen: none is lost, done twice or left running."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from several import BESIDE, LOG, STAMP, Several, until

from homebody.errors import ModelGoneError, ModelNotReadyError
from homebody.house.outcome import UNWANTED
from homebody.journal.run import RunState
from homebody.testing import Waiting

DONE, QUEUED, RUNNING, SKIPPED = RunState.DONE, RunState.QUEUED, RunState.RUNNING, RunState.SKIPPED


class Crowd(RuleBasedStateMachine):
    """Notes come, answers come or fail in any order, runs are cancelled, homebody stops and starts again."""

    make_room: Callable[[Path], object]

    @initialize(slots=st.integers(1, 4))
    def begin(self, slots: int) -> None:
        """Build the room."""
        self.folder = Path(tempfile.mkdtemp())
        self.room = type(self).make_room(self.folder)
        for name, body in (("beside", BESIDE), ("log", LOG), ("stamp", STAMP)):
            self.room.recipe(name, body)
        self.room.model.hold_back()
        self.house = Several(self.room, slots)
        self.notes: list[str] = []
        self.unwanted: set[int] = set()
        self.rest()

    def rest(self) -> None:
        """Wait until nothing more happens, and see that it is as it has to be."""
        until(self.house.at_rest)
        running = self.room.journal.in_state(RUNNING)
        assert len(running) <= self.house.slots
        assert len({run.path for run in running}) == len(running)
        assert {run.id for run in running} == self.house.in_hand.numbers

    @precondition(lambda self: len(self.notes) < 6)
    @rule(number=st.integers(1, 3))
    def notes_come(self, number: int) -> None:
        """Put notes in."""
        new = [f"n{len(self.notes) + one}.md" for one in range(number)]
        self.notes += new
        self.house.drop(*new)
        self.rest()

    def held(self) -> list[Waiting]:
        """Return the requests that wait for an answer, by their files."""
        return sorted(self.room.model.held, key=lambda one: one.document)

    @rule(which=st.sets(st.integers(0, 3), min_size=1))
    def answers_come(self, which: set[int]) -> None:
        """Answer some of those that ask, at the same moment."""
        self.room.model.let_go(*(one for number, one in enumerate(self.held()) if number in which))
        self.rest()

    @rule(
        which=st.integers(0, 3),
        answer=st.sampled_from(
            [
                "no json",
                ModelGoneError("it was killed"),
                ModelNotReadyError("it waits"),
                ZeroDivisionError("x"),
            ]
        ),
    )
    def an_answer_fails(self, which: int, answer: object) -> None:
        """Let one get what is of no use, or nothing."""
        self.room.model.let_go(*self.held()[which : which + 1], answer=answer)
        self.rest()

    @rule(which=st.integers(0, 3))
    def a_person_cancels(self, which: int) -> None:
        """Cancel one of those in hand."""
        running = sorted(self.room.journal.in_state(RUNNING), key=lambda run: run.path)
        for run in running[which : which + 1]:
            assert self.house.in_hand.cancel(run.id)
            self.unwanted.add(run.id)
            until(lambda run=run: self.room.journal.run(run.id).state is SKIPPED)
        self.rest()

    @rule(which=st.sets(st.integers(0, 12), min_size=1))
    def a_person_calls_off(self, which: set[int]) -> None:
        """Cancel several at once, of those in hand and of those that wait."""
        journal = self.room.journal
        there = sorted(
            (*journal.in_state(RUNNING), *journal.in_state(QUEUED)), key=lambda run: (run.path, run.recipe)
        )
        wanted = [run.id for number, run in enumerate(there) if number in which]
        found = self.house.in_hand.call_off(wanted)
        assert {} == found.refused
        assert sorted(wanted) == sorted([*found.giving_up, *(run.id for run in found.ended)])
        self.house.wake.set()
        self.unwanted.update(wanted)
        until(lambda: all(journal.run(number).reason == UNWANTED for number in wanted))
        self.rest()

    @rule()
    def time_passes(self) -> None:
        """Let whatever waits be due."""
        self.room.clock.advance(4000)
        self.house.wake.set()
        self.rest()

    @rule()
    def homebody_is_stopped_and_started_again(self) -> None:
        """Stop in the middle of whatever is in hand: all of it is handed back, and no try is counted."""
        before = {run.id: run.attempt for run in self.room.journal.in_state(RUNNING)}
        self.house.end()
        assert not self.room.journal.in_state(RUNNING)
        for number, attempt in before.items():
            run = self.room.journal.run(number)
            assert (QUEUED, attempt - 1) == (run.state, run.attempt)
        self.house.begin()
        self.rest()

    def teardown(self) -> None:
        """Let everything come to its end: each run is done once or was cancelled, and each file says so."""
        if not hasattr(self, "house"):
            return
        try:
            self.room.model.let_all_go()
            while self.house.counted(QUEUED) or self.house.counted(RUNNING):
                self.room.clock.advance(4000)
                self.house.wake.set()
                until(self.house.at_rest)
            self.check()
        finally:
            self.house.end()
            self.room.journal.close()
            shutil.rmtree(self.folder)

    def check(self) -> None:
        """Compare runs and files with what was asked for."""
        states = self.house.states()
        skipped = {key for key, state in states.items() if state is not DONE}
        assert {(recipe, note) for recipe in self.room.recipes for note in self.notes} == states.keys()
        assert len(self.unwanted) == self.house.counted(SKIPPED)
        assert {DONE, SKIPPED, RunState.QUARANTINED} >= set(states.values())
        assert all(run.attempt == 11 for run in self.room.journal.in_state(RunState.QUARANTINED))
        tree = self.room.tree()
        for note in self.notes:
            stem = note.removesuffix(".md")
            head = "" if ("stamp", note) in skipped else f"---\nseen: {stem}\n---\n"
            assert tree.pop(f"Notes/{note}") == f"{head}{note} is a note.\n"
            assert (("beside", note) in skipped) != (tree.pop(f"out/{stem}.txt", None) == f"{note}\n")
        logged = tree.pop("out/log/all.md", "").split()
        assert sorted(note for note in self.notes if ("log", note) not in skipped) == sorted(logged)
        assert {} == tree


@pytest.fixture(autouse=True, scope="module")
def _rooms(make_room) -> None:
    """Give the machine what makes rooms."""
    Crowd.make_room = staticmethod(make_room)


Crowd.TestCase.settings = settings(max_examples=25, stateful_step_count=15)
TestCrowd = Crowd.TestCase
