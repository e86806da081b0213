"""The real loop over a room, in several threads, with a model that answers when it is told."""

import threading
from collections.abc import Callable

from homebody.house.crew import Crew
from homebody.house.in_hand import InHand
from homebody.house.loop import Endings, Kind, Loop
from homebody.house.pause import Pause
from homebody.house.recover import recover
from homebody.house.wake import Wake
from homebody.journal.run import RunState
from homebody.messages import Message
from homebody.testing import Waiting

LOG = """filters: [{not name: '*.txt'}]
ask: {prompt: Say it., output: {summary: {type: text, max: 100}}}
actions:
  - append: {dest: 'OUT/log/all.md', content: '{{ ask.summary }}'}
on_error: {retry: 10}
"""
BESIDE = """filters: [{not name: '*.txt'}]
ask: {prompt: Summarise., output: {summary: {type: text, max: 100}}}
actions:
  - write: {dest: 'OUT/{{ file.stem }}.txt', content: '{{ ask.summary }}'}
on_error: {retry: 10}
"""
STAMP = """filters: [{not name: '*.txt'}]
actions:
  - front_matter: {set: {seen: '{{ file.stem }}'}}
"""


def about(messages: tuple[Message, ...]) -> dict[str, str]:
    """Answer with the first word of the document, so that an answer tells whose it is."""
    return {"summary": Waiting(messages).document.split()[0]}


def until(holds: Callable[[], bool]) -> None:
    """Wait until *holds*; a minute without it is a failure."""
    tick = threading.Event()
    for _ in range(12_000):
        if holds():
            return
        tick.wait(0.005)
    raise AssertionError("it never came true")


class Several:
    """A house that works on a room: one thread for runs that ask nothing, *slots* for those that ask."""

    def __init__(self, room, slots: int) -> None:
        self.room, self.slots = room, slots
        room.model.answers = [about]
        self.begin()

    def begin(self) -> None:
        """Be a start of homebody."""
        room = self.room
        recover(room.journal, room.vault)
        self.stop, self.wake = threading.Event(), Wake()
        self.in_hand = InHand(room.journal)
        self.runner = room.runner(slots=self.slots)
        self.pause = Pause(room.clock, lambda: [room.folder])
        self.loop = Loop(
            journal=room.journal, runner=self.runner, endings=Endings(room.journal, room.clock, room.recipes),
            in_hand=self.in_hand, recipes=room.recipes, clock=room.clock, pause=self.pause, wake=self.wake,
            stop=self.stop, nap=0.05,
        )  # fmt: skip
        self.crew = Crew(self.loop)
        self.crew.muster(Kind.PLAIN, 1)
        self.crew.muster(Kind.ASKS, self.slots)

    def end(self) -> None:
        """Be told to stop, as the daemon is: whatever is in hand is given up and handed back."""
        self.stop.set()
        self.wake.set()
        self.in_hand.cancel_all()
        self.crew.join()

    def __enter__(self) -> "Several":
        return self

    def __exit__(self, *_error: object) -> None:
        self.end()

    def drop(self, *names: str) -> None:
        """Put notes in that begin with their own name, and queue them."""
        for name in names:
            (self.room.notes / name).write_text(f"{name} is a note.\n")
        self.room.settle()
        self.wake.set()

    def states(self) -> dict[tuple[str, str], RunState]:
        """Return the state of each run by its recipe and its file's name."""
        return {(run.recipe, run.path.name): run.state for run in self.room.journal.runs(limit=1000)}

    def counted(self, state: RunState) -> int:
        """Return how many runs are in *state*."""
        return self.room.journal.counts().get(state, 0)

    def at_rest(self) -> bool:
        """Return whether nothing more happens until somebody is told something."""
        journal, now, held = self.room.journal, self.room.clock.now(), self.room.model.held
        with self.in_hand._lock:  # nobody claims meanwhile
            running = journal.in_state(RunState.RUNNING)
            if not len(held) == len(running) == len(self.in_hand._held):
                return False
            busy = {run.path for run in running}
            due = [
                bool(self.room.recipes[run.recipe].ask)
                for run in journal.in_state(RunState.QUEUED)
                if run.path not in busy and (run.not_before is None or run.not_before <= now)
            ]
        return not due or (all(due) and len(running) == self.slots)
