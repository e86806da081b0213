"""Several runs at once: no run is lost, none is done twice, none is left running, whatever ends in whatever order."""

import pytest
from several import BESIDE, LOG, STAMP, Several, until

from homebody.errors import JournalError
from homebody.house.loop import Kind
from homebody.house.outcome import OVERTAKEN, UNWANTED
from homebody.journal.run import RunState

DONE, QUEUED, RUNNING, SKIPPED = RunState.DONE, RunState.QUEUED, RunState.RUNNING, RunState.SKIPPED


def test_as_many_runs_ask_at_once_as_the_model_has_slots(room):
    """Eight notes and three slots: three are asked about, and each that is answered makes room for the next."""
    room.recipe("beside", BESIDE)
    names = [f"n{number}.md" for number in range(8)]
    room.model.hold_back()
    with Several(room, slots=3) as house:
        house.drop(*names)
        for left in range(8, 0, -1):
            held = room.model.until_held(min(3, left))
            until(lambda left=left: house.counted(RUNNING) == min(3, left))
            room.model.let_go(held[-1])
        until(lambda: house.counted(DONE) == 8)
    assert {f"out/n{number}.txt": f"n{number}.md\n" for number in range(8)}.items() <= room.tree().items()
    assert 8 == len(room.model.asked)


def test_what_asks_nothing_waits_behind_no_model(room):
    """Though every slot is taken, and many wait for one, a recipe without `ask` goes on."""
    room.recipe("beside", BESIDE)
    room.recipe("stamp", STAMP.replace("'*.txt'", "'n*'"))
    room.model.hold_back()
    with Several(room, slots=1) as house:
        house.drop("n1.md", "n2.md", "n3.md")
        room.model.until_held(1)
        house.drop("m.md", "k.md")
        until(lambda: house.counted(DONE) == 2)
        assert {("stamp", "m.md"), ("stamp", "k.md")} == {
            key for key, state in house.states().items() if state is DONE
        }


def test_two_recipes_that_want_one_file_take_turns(room):
    """While one is at it, the other waits, though there is room; when it has ended, the other comes at once."""
    room.recipe("beside", BESIDE)
    room.recipe("log", LOG)
    room.recipe("stamp", STAMP)
    room.model.hold_back()
    with Several(room, slots=3) as house:
        house.loop.nap = 60.0
        house.drop("a.md")
        for _ in range(2):
            (one,) = room.model.until_held(1)
            until(house.at_rest)
            assert 1 == house.counted(RUNNING)
            room.model.let_go(one)
        until(lambda: house.counted(DONE) == 3)
    assert {
        "Notes/a.md": "---\nseen: a\n---\na.md is a note.\n", "out/a.txt": "a.md\n", "out/log/all.md": "a.md\n",
    } == room.tree()  # fmt: skip
    assert [1, 1, 1] == [run.attempt for run in room.journal.runs()]


def test_several_lines_for_one_log_are_all_in_it(room):
    """Answers that come at the same moment overwrite nothing of each other, and no run has to be tried again."""
    room.recipe("log", LOG)
    names = [f"n{number}.md" for number in range(6)]
    room.model.hold_back()
    with Several(room, slots=6) as house:
        house.drop(*names)
        room.model.let_go(*room.model.until_held(6))
        until(lambda: house.counted(DONE) == 6)
    assert sorted(names) == sorted(room.tree()["out/log/all.md"].split())
    assert {1} == {run.attempt for run in room.journal.runs()}


def test_a_run_whose_file_another_run_changed_meanwhile_is_done_anew(room):
    """The log is a note itself: a line that is added while it is asked about loses no run, and costs it no try."""
    room.recipe("beside", BESIDE)
    room.recipe("log", LOG.replace("'*.txt'", "log.md").replace("OUT/log/all.md", str(room.notes / "log.md")))
    room.model.hold_back()
    with Several(room, slots=3) as house:
        house.drop("log.md", "a.md")
        held = {(one.document.split()[0], one.messages[1].parts[-1].text[:3]): one
                for one in room.model.until_held(2)}  # fmt: skip
        beside_log = held.pop(("log.md", "Sum"))
        (first_on_a,) = held.values()
        room.model.let_go(first_on_a)
        until(house.at_rest)
        (second_on_a,) = [one for one in room.model.held if one is not beside_log]
        room.model.let_go(second_on_a)
        until(lambda: house.counted(DONE) == 2)
        room.model.let_go(beside_log)
        until(lambda: len(room.model.held) == 1 and house.at_rest())
        (again,) = room.model.held
        assert "a.md" in again.document.split("\n")[1]
        (run,) = room.journal.in_state(RUNNING)
        assert (1, 1) == (run.attempt, run.tries)
        steps = [step.name for step in room.journal.steps(run.id)]
        assert ["handed back", "claimed"] == [name for name in steps if name in ("handed back", "claimed")][
            1:
        ]
        room.model.let_go(again)
        until(lambda: house.counted(DONE) == 3)
    assert OVERTAKEN.startswith("another run")


def test_a_stop_hands_all_runs_back(room):
    """None is left running, no try is counted, and the next start does each once."""
    room.recipe("beside", BESIDE)
    room.recipe("log", LOG)
    room.model.hold_back()
    house = Several(room, slots=4)
    house.drop("a.md", "b.md", "c.md", "d.md", "e.md")
    room.model.until_held(4)
    house.end()
    assert {QUEUED: 10} == room.journal.counts()
    assert {0} == {run.attempt for run in room.journal.runs()}
    assert [] == room.model.held
    room.model.let_all_go()
    house.begin()
    until(lambda: house.counted(DONE) == 10)
    house.end()
    assert {1} == {run.attempt for run in room.journal.runs()}


def test_a_person_cancels_one_run_of_several(room):
    """It is skipped with that reason and changes nothing; the others are done; `retry` does it after all."""
    room.recipe("beside", BESIDE)
    room.model.hold_back()
    with Several(room, slots=3) as house:
        house.drop("a.md", "b.md", "c.md")
        room.model.until_held(3)
        (run,) = room.journal.runs(path=room.notes / "b.md")
        assert house.in_hand.cancel(run.id)
        until(lambda: house.counted(SKIPPED) == 1)
        room.model.let_all_go()
        until(lambda: house.counted(DONE) == 2)
        assert not house.in_hand.cancel(run.id), "it is in nobody's hand any more"
        assert UNWANTED == room.journal.run(run.id).reason
        assert "out/b.txt" not in room.tree()
        room.journal.queue_again(run.id)
        house.wake.set()
        until(lambda: house.counted(DONE) == 3)


class Faulty:
    """Endings that meet a fault of the journal's when a run of one file is to be written down."""

    def __init__(self, real, name: str) -> None:
        self.real, self.name, self.met = real, name, 0

    def record(self, run, outcome) -> None:
        """Raise once; else write down."""
        if run.path.name == self.name and not self.met:
            self.met += 1
            raise JournalError("The journal cannot be written.")
        self.real.record(run, outcome)


def test_a_run_whose_end_cannot_be_written_down_is_mended_and_the_others_are_left_alone(room):
    """The loop stumbles over one run: that one is brought to its end, and those in hand stay in hand."""
    room.recipe("beside", BESIDE)
    room.model.hold_back()
    with Several(room, slots=3) as house:
        house.loop.endings = faulty = Faulty(house.loop.endings, "a.md")
        house.drop("a.md", "b.md", "c.md")
        held = room.model.until_held(3)
        room.model.let_go(next(one for one in held if one.document.startswith("a.md")))
        until(lambda: faulty.met == 1 and house.states()["beside", "a.md"] is DONE)
        assert (2, 2) == (len(room.model.held), house.counted(RUNNING))
        room.model.let_all_go()
        until(lambda: house.counted(DONE) == 3)
    assert {1} == {run.attempt for run in room.journal.runs()}
    assert 3 == len(room.model.asked)


@pytest.mark.parametrize("kind", [Kind.PLAIN, Kind.ASKS])
def test_a_bell_that_rings_while_another_looks_is_heard(room, kind: Kind):
    """Whoever waits before the queue looks again when it was rung since, also if others were woken first."""
    room.recipe("beside", BESIDE if kind is Kind.ASKS else STAMP)
    with Several(room, slots=2) as house:
        house.loop.nap = 60.0
        for number in range(20):
            house.drop(f"n{number}.md")
            until(lambda number=number: house.counted(DONE) == number + 1)
