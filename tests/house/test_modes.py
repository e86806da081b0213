"""What `mode` says of a file that changes while its run waits or works: the real loop, and a model held back."""

import pytest
from several import Several, until

from homebody.house.due import enqueuer
from homebody.house.in_hand import InHand
from homebody.house.inquiry import House, inquire
from homebody.house.modes import looker, ringer
from homebody.house.wake import Wake
from homebody.house.watched import wishes
from homebody.journal.run import RunState

SUMMARY = """mode: {mode}
filters: [{{not name: '*.txt'}}]
ask: {{prompt: Summarise., output: {{summary: {{type: text, max: 100}}}}}}
actions:
  - write: {{dest: 'OUT/{{{{ file.stem }}}}.txt', content: '{{{{ ask.summary }}}}', on_conflict: overwrite}}
"""
DONE, SKIPPED, QUEUED, RUNNING = RunState.DONE, RunState.SKIPPED, RunState.QUEUED, RunState.RUNNING


@pytest.fixture
def house(room):
    """Return what begins a house of one thread for each kind of run, with the recipe in the given mode."""
    made = []

    def begin(mode: str, *, approve: str = "") -> Several:
        recipe = room.recipe("sum", SUMMARY.format(mode=mode) + approve)
        several = Several(room, slots=1)
        room.wake = ringer(several.in_hand, room.recipes, several.wake)
        several.loop.over = looker(room.recipes, room.intake.hint)
        made.append(several)
        assert mode == recipe.mode
        return several

    yield begin
    for one in made:
        one.end()


def put(room, *words: str) -> None:
    """Let the note hold these words, one content after the other, each settled."""
    for word in words:
        (room.notes / "a.md").write_text(f"{word} is what it says.\n")
        room.settle()


def ended(room) -> list[tuple[RunState, str | None]]:
    """Return how each run stands, and why, in order."""
    return [(run.state, run.reason) for run in reversed(room.journal.runs())]


def calm(room, number: int) -> None:
    """Wait until *number* runs are over and none is left."""
    until(
        lambda: (
            len(room.journal.runs()) == number
            and not [run for run in room.journal.runs() if run.state in (QUEUED, RUNNING)]
        )
    )


def test_queued_does_what_is_there_last_and_gives_no_run_up(room, house):
    """The run at work goes on to its end, changes nothing, and the newest content has its run."""
    house("queued")
    room.model.hold_back()
    put(room, "one")
    room.model.until_held(1)
    put(room, "two", "three")
    assert [RUNNING, QUEUED, QUEUED] == [state for state, _ in ended(room)]
    room.model.let_all_go()
    calm(room, 3)
    assert [SKIPPED, SKIPPED, DONE] == [state for state, _ in ended(room)]
    assert "three\n" == room.tree()["out/a.txt"]
    assert 2 == len(room.model.asked)


def test_restart_gives_up_what_works_and_lets_go_of_what_waits(room, house):
    """The newest run takes the place of the others at once, and they say so."""
    house("restart")
    room.model.hold_back()
    put(room, "one")
    room.model.until_held(1)
    put(room, "two")
    until(lambda: len(room.model.held) == 1 and len(room.model.asked) == 2)
    put(room, "three")
    until(lambda: len(room.model.asked) == 3)
    room.model.let_all_go()
    calm(room, 3)
    reasons = ["run 2 took its place (mode: restart)", "run 3 took its place (mode: restart)", None]
    assert list(zip([SKIPPED, SKIPPED, DONE], reasons, strict=True)) == ended(room)
    assert "three\n" == room.tree()["out/a.txt"]


def test_restart_lets_go_of_a_plan_that_waits_for_a_person(room, house):
    """Nobody is asked about what is no longer there."""
    house("restart", approve="approve: true\n")
    put(room, "one")
    until(lambda: [RunState.WAITING] == [state for state, _ in ended(room)])
    put(room, "two")
    until(lambda: [SKIPPED, RunState.WAITING] == [state for state, _ in ended(room)])


def test_restart_leaves_other_files_and_other_recipes_alone(room, house):
    """Only a newer run of the same recipe on the same file counts."""
    room.recipe("other", SUMMARY.format(mode="queued").replace("OUT/", "OUT/other-"))
    house("restart")
    room.model.hold_back()
    put(room, "one")
    room.model.until_held(1)
    (room.notes / "b.md").write_text("b")
    room.settle()
    assert 4 == len(room.journal.runs())
    room.model.let_all_go()
    calm(room, 4)
    assert [DONE] * 4 == [state for state, _ in ended(room)]


def test_single_has_one_run_at_a_time_and_does_what_is_there_last(room, house):
    """While it works or waits, changes get none; when it is over, one run is for all of them."""
    house("single")
    room.model.hold_back()
    put(room, "one")
    room.model.until_held(1)
    put(room, "two", "three", "four")
    assert [RUNNING] == [state for state, _ in ended(room)]
    room.model.let_all_go()
    until(lambda: SKIPPED in [state for state, _ in ended(room)])
    until(room.intake._hints.qsize)
    room.settle()
    calm(room, 2)
    assert [SKIPPED, DONE] == [state for state, _ in ended(room)]
    assert "four\n" == room.tree()["out/a.txt"]
    room.settle()
    assert 2 == len(room.journal.runs())


def test_single_says_what_a_change_waits_for(room, house):
    """`why` names the run."""
    house("single", approve="approve: true\n")
    put(room, "one")
    until(lambda: [RunState.WAITING] == [state for state, _ in ended(room)])
    put(room, "two")
    recipe = room.recipes["sum"]
    asked = House(
        recipes=[recipe],
        watched=wishes([recipe], 5.0),
        journal=room.journal,
        now=room.clock.now(),
        serving=True,
    )
    (verdict,) = inquire(room.notes / "a.md", asked).verdicts
    assert verdict.words == "waits for the end of run 1 on what it held before (mode: single)"


@pytest.mark.parametrize(("mode", "left"), [("queued", 2), ("single", 1), ("restart", 1)])
def test_a_schedule_whose_time_comes_while_its_run_waits(room, mode, left):
    """With `single` the new time is passed over, with `restart` the older run."""
    append = "actions:\n  - append: {dest: 'OUT/log.md', content: x}\n"
    room.recipe("log", f"mode: {mode}\ntriggers:\n  - schedule: 1h\n{append}")
    due = enqueuer(room.journal, room.recipes, ringer(InHand(room.journal), room.recipes, Wake()))
    for _ in range(2):
        due("log", room.clock.now())
        room.clock.advance(3600)
    waiting = [run.id for run in room.journal.in_state(QUEUED)]
    assert (left, {"queued": [1, 2], "single": [1], "restart": [2]}[mode]) == (len(waiting), waiting)
