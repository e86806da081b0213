"""A disk that is really full makes the house rest, costs nobody a try, and is over as soon as there is room."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from homebody.house import loop
from homebody.house.in_hand import InHand
from homebody.house.loop import Endings, Kind
from homebody.house.loop import Loop as HouseLoop
from homebody.house.pause import TRY_ANYWAY_SECONDS, Pause, Resting, try_again
from homebody.house.wake import Wake
from homebody.journal.run import RunState
from homebody.testing import FakeClock, FakeModel

SUMMARY = (
    "filters:\n  - not name: '*.summary.md'\nask:\n  prompt: Summarise.\n"
    "  output: {summary: {type: text, max: 100}}\n"
)
BESIDE = "actions:\n  - write: {dest: '{{ file.folder }}/{{ file.stem }}.summary.md', content: '{{ ask.summary }}'}\n"
LOG = "  - append: {dest: '{{ file.folder }}/log.summary.md', content: '- {{ file.name }}'}\n"


def fill(disk: Path) -> Path:
    """Leave not one byte free on *disk*, and return the file that takes the room."""
    filler = disk / "filler.bin"
    with contextlib.suppress(OSError), filler.open("ab", buffering=0) as file:
        while file.write(b"x" * 4096):
            pass
    return filler


def until(holds: Callable[[], bool]) -> None:
    """Wait until *holds*; half a minute without it is a failure."""
    tick = threading.Event()
    for _ in range(1500):
        if holds():
            return
        tick.wait(0.02)
    raise AssertionError("it never came true")


class Loop:
    """The real loop over a room, in a thread for each of the two kinds of run."""

    def __init__(self, room, *folders: Path) -> None:
        self.room = room
        self.pause = Pause(room.clock, lambda: folders)
        self.stop, self.wake = threading.Event(), Wake()
        self.runner = room.runner()
        loop = HouseLoop(
            journal=room.journal, runner=self.runner, endings=Endings(room.journal, room.clock, room.recipes),
            in_hand=InHand(room.journal), recipes=room.recipes, clock=room.clock, pause=self.pause, wake=self.wake,
            stop=self.stop, nap=0.05,
        )  # fmt: skip
        self.threads = [threading.Thread(target=loop.work, args=(kind,)) for kind in (Kind.PLAIN, Kind.ASKS)]

    def __enter__(self) -> "Loop":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop.set()
        self.wake.set()
        for thread in self.threads:
            thread.join()


@pytest.fixture(autouse=True)
def _short_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the loop look for room more often than a daemon does."""
    monkeypatch.setattr(loop, "REST_SECONDS", 0.02)


@pytest.fixture
def small_room(small_disk: Path, make_room) -> Iterator[object]:
    """A room whose notes, journal and vault are all on the small disk."""
    made = make_room(small_disk)
    yield made
    made.journal.close()


def drop(room, *names: str) -> None:
    """Put notes in and queue them."""
    for name in names:
        (room.notes / name).write_text(f"The roof of {name} leaks.\n")
    room.settle()


def states(room) -> list[tuple[RunState, int]]:
    """Return each run's state and how many tries were counted, oldest first."""
    return [(run.state, run.attempt) for run in reversed(room.journal.runs())]


def done_once(room, *names: str) -> bool:
    """Return whether each note has its one summary and its one line, and each run is done at its first counted try."""
    stems = [name.removesuffix(".md") for name in names]
    assert {f"Notes/{stem}.summary.md": "A summary.\n" for stem in stems}.items() <= room.tree().items()
    assert sorted(room.tree()["Notes/log.summary.md"].split("\n")) == sorted(
        ["", *(f"- {name}" for name in names)]
    )
    assert not [name for name in room.tree() if " 2" in name]
    return states(room) == [(RunState.DONE, 1)] * len(names)


def test_a_full_disk_under_the_outputs_pauses_and_goes_on(room, small_disk):
    """Nothing is written by halves; the counts stay, no try is used up, and room ends the pause."""
    room.recipe("beside", SUMMARY + f"actions:\n  - write: {{dest: '{small_disk}/{{{{ file.stem }}}}.txt', content: "
                "'{{ ask.summary }}'}\n")  # fmt: skip
    drop(room, "a.md", "b.md")
    filler = fill(small_disk)
    with Loop(room, small_disk, room.folder) as house:
        until(lambda: house.pause.resting is not None and house.pause.lasts())
        until(lambda: states(room) == [(RunState.QUEUED, 0)] * 2)
        assert (0, small_disk) == (house.pause.free(), house.pause.resting.folder)
        assert house.pause.resting.since == room.clock.now()
        assert [filler] == list(small_disk.iterdir())
        asked = len(room.model.asked)
        filler.unlink()
        until(lambda: states(room) == [(RunState.DONE, 1)] * 2)
        until(lambda: house.pause.resting is None)
        assert len(room.model.asked) <= asked + 2
    assert ["A summary.\n"] * 2 == [path.read_text() for path in sorted(small_disk.iterdir())]


def test_the_room_is_measured_before_anybody_can_read_that_there_is_none(room, small_disk):
    """A person who reads it and makes room at once is not taken for how little there was at worst."""
    room.recipe("beside", SUMMARY + f"actions:\n  - write: {{dest: '{small_disk}/{{{{ file.stem }}}}.txt', content: "
                "'{{ ask.summary }}'}\n")  # fmt: skip
    drop(room, "a.md")
    filler = fill(small_disk)
    told = []
    loop_of_room = Loop(room, small_disk, room.folder)
    measure = loop_of_room.pause.full

    def full() -> None:
        told.append([run.reason for run in room.journal.runs()])
        measure()

    loop_of_room.pause.full = full
    with loop_of_room:
        until(lambda: states(room) == [(RunState.QUEUED, 0)])
        until(lambda: told)
        filler.unlink()
        until(lambda: states(room) == [(RunState.DONE, 1)])
    assert [None] == told[0]


def test_a_journal_that_cannot_be_written_pauses_before_anything_is_claimed(small_room, small_disk):
    """Full before the first claim: every run stays queued, and each is done once when there is room."""
    small_room.recipe("beside", SUMMARY + BESIDE + LOG)
    drop(small_room, "a.md", "b.md", "c.md")
    filler = fill(small_disk)
    with Loop(small_room, small_disk) as house:
        until(lambda: house.pause.resting is not None)
        assert states(small_room) == [(RunState.QUEUED, 0)] * 3
        filler.unlink()
        until(lambda: {state for state, _ in states(small_room)} == {RunState.DONE})
    assert done_once(small_room, "a.md", "b.md", "c.md")


class Filling(FakeModel):
    """A model that fills the disk while it thinks."""

    disk: Path | None = None

    def generate(self, *args, **named):
        """Fill the disk, once, and answer."""
        if self.disk is not None:
            fill(self.disk)
            self.disk = None
        return super().generate(*args, **named)


def test_a_disk_that_fills_up_while_the_model_thinks(small_room, small_disk):
    """The run goes back to the queue as soon as that can be written, and nothing is done twice."""
    small_room.recipe("beside", SUMMARY + BESIDE + LOG)
    drop(small_room, "a.md", "b.md")
    small_room.model = Filling()
    small_room.model.disk = small_disk
    with Loop(small_room, small_disk) as house:
        until(lambda: house.pause.resting is not None)
        assert {state for state, _ in states(small_room)} <= {RunState.QUEUED, RunState.RUNNING}
        (small_disk / "filler.bin").unlink()
        until(lambda: {state for state, _ in states(small_room)} == {RunState.DONE})
    assert done_once(small_room, "a.md", "b.md")


def test_a_run_whose_end_finds_no_room_is_done_and_not_done_again(small_room, small_disk):
    """Its files are written when the disk is full: the end is written down later, and the run is not repeated."""
    small_room.recipe("beside", SUMMARY + BESIDE + LOG)
    drop(small_room, "a.md", "b.md")
    with Loop(small_room, small_disk) as house:
        house.runner.run, real = (lambda run, gone: (real(run, gone), fill(small_disk))[0]), house.runner.run
        until(lambda: house.pause.resting is not None)
        (small_disk / "filler.bin").unlink()
        until(lambda: states(small_room)[0][0] is RunState.DONE)
        house.runner.run = real
        until(lambda: (small_disk / "filler.bin").exists() or states(small_room)[1][0] is RunState.DONE)
        (small_disk / "filler.bin").unlink(missing_ok=True)
        until(lambda: {state for state, _ in states(small_room)} == {RunState.DONE})
        assert len(small_room.model.asked) == 2
    assert done_once(small_room, "a.md", "b.md")


@pytest.mark.parametrize(
    ("free", "passed", "again"),
    [(0, 0, False), (0, TRY_ANYWAY_SECONDS - 1, False), (0, TRY_ANYWAY_SECONDS, True), (1, 0, True)],
)
def test_more_room_or_a_long_wait_is_worth_a_try(free: int, passed: float, again: bool):
    """A quota's room cannot be seen, so that after some minutes it is tried in any case."""
    resting = Resting(since=FakeClock().now(), least=0, folder=Path("/"), tried=10.0)
    assert try_again(resting, free, 10.0 + passed) is again


def test_a_pause_keeps_its_beginning(room):
    """A second try that fails does not make the pause look younger."""
    pause = Pause(room.clock, lambda: [room.folder])
    pause.full()
    began = pause.resting.since
    room.clock.advance(60)
    pause.full()
    assert pause.resting.since == began
    pause.over()
    assert (pause.resting, pause.lasts(), pause.free()) == (None, False, 0)


def test_what_was_begun_before_the_disk_was_found_full_does_not_end_the_pause(room):
    """A run that was in hand already and needed no room proves nothing; one that was begun since does."""
    pause = Pause(room.clock, lambda: [room.folder])
    before = room.clock.monotonic()
    room.clock.advance(1)
    pause.full()
    pause.over(before)
    assert pause.resting is not None
    pause.over(room.clock.monotonic())
    assert pause.resting is None
