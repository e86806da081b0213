"""Does homebody rest when a person wants it, and only what nobody waits for?"""

from several import Several, until

from homebody.house.halt import Halt
from homebody.house.requests import file_of, request
from homebody.journal.run import RunState

BESIDE = "actions:\n  - write: {dest: 'OUT/{{ file.stem }}.txt', content: 'seen'}\n"


def test_a_pause_outlives_a_start_and_is_begun_and_ended_once(room):
    """Since when it lasts is kept in the journal; a second wish is none."""
    halt = Halt(room.journal, room.clock)
    assert halt.since is None
    began = room.clock.now()
    assert halt.begin()
    room.clock.advance(60)
    assert not halt.begin()
    later = Halt(room.journal, room.clock)
    assert (began, began) == (halt.since, later.since)
    assert later.end()
    assert not later.end()
    assert (None, None) == (later.since, Halt(room.journal, room.clock).since)


def test_while_it_lasts_a_file_waits_and_a_request_does_not(room):
    """A dropped file is queued and stays so, what a person asks for is done, and after it the rest goes on."""
    recipe = room.recipe("beside", BESIDE)
    with Several(room, slots=1) as house:
        house.pause.halt = Halt(room.journal, room.clock)
        house.pause.halt.begin()
        house.drop("a.md", "b.md")
        request(room.journal, recipe, file_of(room.journal, recipe, room.notes / "b.md"))
        house.wake.set()
        until(lambda: house.counted(RunState.DONE) == 1)
        assert {"Notes/a.md", "Notes/b.md", "out/b.txt"} == set(room.tree())
        assert 2 == house.counted(RunState.QUEUED)
        house.pause.halt.end()
        house.wake.set()
        until(lambda: house.counted(RunState.QUEUED) == house.counted(RunState.RUNNING) == 0)
        assert "out/a.txt" in room.tree()
