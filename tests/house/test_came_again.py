"""A file that comes again, as it was, after a recipe has taken it away: done again, unless somebody brought it back."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homebody.errors import JournalError
from homebody.house.inquiry import House, inquire
from homebody.house.undo import undo
from homebody.house.watched import wishes
from homebody.house.why import Why
from homebody.journal.run import RunState

MOVE = "actions:\n  - move: OUT/\n"
DAY = 86_400


def drop(room, day: int, name: str = "a.txt") -> Path:
    """Put the same bill among the notes, with the date of some day."""
    path = room.notes / name
    path.write_text("The same bill.\n")
    os.utime(path, (day * DAY, day * DAY))
    return path


def done(room) -> list[int]:
    """Let everything settle and be worked on, and return the numbers of the runs that ended."""
    room.settle()
    return [run.id for run, outcome in room.work() if outcome.state is RunState.DONE]


def why(room, path: Path) -> tuple[Why, str]:
    """Return what the one recipe has to say of *path*."""
    recipes = tuple(room.recipes.values())
    house = House(
        recipes=recipes,
        watched=wishes(recipes, 5.0),
        journal=room.journal,
        now=room.clock.now(),
        serving=True,
    )
    (said,) = inquire(path, house).verdicts
    return said.verdict, f"{said.words} {said.hint}"


def test_it_is_filed_again_under_the_next_free_name(room):
    """Each time that it comes with another date; a restart in between changes nothing."""
    room.recipe("file", MOVE)
    for day in (1, 2, 3):
        path = drop(room, day)
        room._intake = None  # as after a start
        assert [day] == done(room)
        assert not path.exists()
    assert ["out/a 2.txt", "out/a 3.txt", "out/a.txt"] == sorted(room.tree())


def test_what_is_copied_back_with_its_date_stays(room):
    """A program that keeps two folders alike does not fill the archive; `why` says what there is to know."""
    room.recipe("file", MOVE)
    drop(room, 1)
    assert [1] == done(room)
    path = drop(room, 1)
    assert [] == done(room)
    verdict, words = why(room, path)
    assert Why.DONE == verdict
    assert f"It put the file to {room.folder}/out/a.txt; here is the same again" in words
    assert "`homebody run file PATH` does it once more." in words
    drop(room, 2)
    assert (Why.NEW, True) == ((said := why(room, path))[0], "not noticed yet" in said[1])
    assert [2] == done(room)


def test_what_a_person_brings_back_by_hand_stays(room):
    """The first one does not lie any more where it was put: this is it, whatever its date."""
    room.recipe("file", MOVE)
    path = drop(room, 1)
    assert [1] == done(room)
    (room.folder / "out" / "a.txt").rename(path)
    os.utime(path, (5 * DAY, 5 * DAY))
    assert [] == done(room)
    assert path.exists()


def test_what_an_undo_brought_back_stays_for_ever(room):
    """Also the undo of the first when a second was filed since, and whatever comes there later."""
    room.recipe("file", MOVE)
    path = drop(room, 1)
    drop(room, 1)
    assert [1] == done(room)
    drop(room, 2)
    assert [2] == done(room)
    undo(room.journal, room.vault, 1)
    assert path.exists()
    assert [] == done(room)
    drop(room, 3)
    assert [] == done(room)
    assert ["Notes/a.txt", "out/a 2.txt"] == sorted(room.tree())


def test_the_trash_takes_it_again_and_gives_it_back(room):
    """A second one of what was trashed goes there as well; what is brought back out of the trash stays."""
    room.recipe("tidy", "actions:\n  - trash\n")
    path = drop(room, 1)
    assert [1] == done(room)
    drop(room, 2)
    assert [2] == done(room)
    (second,) = (room.folder / "out" / "Trash" / "files").glob("a*2*")
    second.rename(path)
    os.utime(path, (9 * DAY, 9 * DAY))
    assert [] == done(room)
    assert path.exists()


def test_a_recipe_that_leaves_the_file_there_does_it_once(room):
    """What was written beside it is written, whatever date the file gets."""
    room.recipe("beside", "actions:\n  - write: {dest: 'OUT/{{ file.stem }}.txt', content: 'seen'}\n")
    drop(room, 1)
    assert [1] == done(room)
    drop(room, 2)
    assert [] == done(room)


def test_it_waits_for_the_run_before_it_where_the_mode_says_so(room):
    """With `single` it gets no run while one on that name is not over."""
    room.recipe("file", "mode: single\n" + MOVE)
    drop(room, 1)
    assert [1] == done(room)
    (room.notes / "a.txt").write_text("Another bill.\n")
    room.settle()
    running = room.journal.claim()
    drop(room, 2)
    room.settle()
    assert [running.id] == [run.id for run in room.journal.runs(state=RunState.RUNNING)]
    assert [] == room.journal.runs(state=RunState.QUEUED)
    room.journal.hand_back(running.id, "it is broken off")
    room.work()
    assert 2 == len(done(room)) + 1
    assert ["out/a 2.txt", "out/a.txt"] == sorted(room.tree())


def test_a_key_is_given_back_only_with_a_run_in_its_place(room, monkeypatch: pytest.MonkeyPatch):
    """What breaks off between the two takes both back: the file is met again as it was."""
    room.recipe("file", MOVE)
    drop(room, 1)
    assert [1] == done(room)
    drop(room, 2)

    def broken(**_run):
        raise JournalError

    with monkeypatch.context() as patched:
        patched.setattr(room.journal, "enqueue", broken)
        room.settle()
    name = f"file\n{room.journal.run(1).origin}\n{room.notes / 'a.txt'}"
    assert {name} == room.journal.had([name])
    room._intake = None
    assert [2] == done(room)


DEEDS = st.lists(st.sampled_from(["same date", "new date", "by hand", "undo"]), max_size=9)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=DEEDS)
def test_nothing_is_done_twice_and_nothing_undone_again(make_room, tmp_path_factory, deeds: list[str]):
    """Whatever is dropped, brought back or undone: a run for each that came with a new date, until the first undo."""
    room = make_room(tmp_path_factory.mktemp("again"))
    room.recipe("file", MOVE)
    path, out = room.notes / "a.txt", room.folder / "out"
    day, expected, undone = 1, 0, False
    for deed in deeds:
        last = next(iter(room.journal.runs()), None)
        where = None if last is None else room.journal.moved_to(path, last.origin)
        lies = where is not None and where.exists()
        if path.exists():
            path.unlink()  # what was left alone there
        if deed in ("same date", "new date"):
            day += deed == "new date"
            drop(room, day)
            expected += last is None or (deed == "new date" and lies and not undone)
        elif deed == "by hand" and lies:
            where.rename(path)
        elif deed == "undo" and lies and last.state is RunState.DONE:
            undo(room.journal, room.vault, last.id)
            undone = True
        done(room)
        assert expected == len(room.journal.runs())
        assert {"The same bill.\n"} >= {one.read_text() for one in out.glob("*")}
    room.journal.close()
