"""Duplicates: of files that hold the same, one stays, whatever comes first and whoever changes what meanwhile."""

import os
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from homebody.house.inquiry import House, inquire
from homebody.house.watched import wishes
from homebody.journal.run import RunState

AWAY = "filters:\n  - duplicate\nactions:\n  - move: {dest: 'OUT/', on_conflict: rename_new}\n"


def drop(room, name: str, text: str = "the same", age: float = 0.0) -> Path:
    """Put a file in, last changed so many seconds ago."""
    path = room.notes / name
    path.write_text(text)
    then = path.stat().st_mtime + 1000 - age
    os.utime(path, (then, then))
    return path


def left(room) -> list[str]:
    """Return what lies in the notes."""
    return sorted(path.name for path in room.notes.iterdir())


def test_the_later_copy_goes(room):
    """A file that comes when its content is there already is the duplicate, also when it carries an older date."""
    room.recipe("away", AWAY)
    drop(room, "a.txt")
    room.settle()
    room.work()
    drop(room, "b.txt", age=500)
    room.settle()
    room.work()
    assert ["a.txt"] == left(room)


def test_of_two_that_come_together_the_older_one_stays(room):
    """And of two of one age the one with the shorter name."""
    room.recipe("away", AWAY)
    drop(room, "a.txt", age=1)
    drop(room, "b.txt", age=100)
    drop(room, "c (1).txt", "other", age=5)
    drop(room, "c.txt", "other", age=5)
    os.utime(room.notes / "c (1).txt", ns=(0, (room.notes / "c.txt").stat().st_mtime_ns))
    room.settle()
    room.work()
    assert ["b.txt", "c.txt"] == left(room)


def test_files_that_were_there_before_the_recipe_count(room):
    """They are left alone by `existing: skip`, and a copy of one is a copy all the same."""
    drop(room, "old.txt")
    drop(room, "none.txt", "as long.")
    room.recipe("away", AWAY, existing="skip")
    room.settle()
    drop(room, "new.txt")
    room.settle()
    room.work()
    assert ["none.txt", "old.txt"] == left(room)


def test_empty_files_and_hard_links_are_no_duplicates(room):
    """Nothing is there twice."""
    room.recipe("away", AWAY)
    drop(room, "a.txt", "")
    drop(room, "b.txt", "")
    os.link(drop(room, "c.txt"), room.notes / "d.txt")
    room.settle()
    room.work()
    assert ["a.txt", "b.txt", "c.txt", "d.txt"] == left(room)


def test_a_copy_that_changed_meanwhile_is_no_original(room):
    """What the journal remembers of a file is not believed: it is read again before anything happens."""
    room.recipe("away", AWAY)
    drop(room, "a.txt")
    room.settle()
    room.work()
    drop(room, "b.txt")
    room.settle()
    before = (room.notes / "a.txt").stat()
    (room.notes / "a.txt").write_text("changed!")
    os.utime(room.notes / "a.txt", ns=(before.st_atime_ns, before.st_mtime_ns))
    room.work()
    assert ["a.txt", "b.txt"] == left(room)


def test_why_names_the_file_that_holds_the_same_or_says_that_there_is_none(room):
    """The run's reason is the answer."""
    recipe = room.recipe("away", AWAY)
    path = drop(room, "a.txt")
    room.settle()
    ((run, _outcome),) = room.work()
    assert run.state is RunState.SKIPPED
    house = House(
        recipes=[recipe],
        watched=wishes([recipe], 5.0),
        journal=room.journal,
        now=room.clock.now(),
        serving=True,
    )
    (verdict,) = inquire(path, house).verdicts
    assert ("filtered", run.id) == (verdict.verdict.value, verdict.run)
    assert verdict.words == (
        "filtered out by `duplicate` (no other file there holds the same) when it was read, in run 1"
    )


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(st.sampled_from("abcde"), st.sampled_from(["one", "two"]), st.integers(0, 3), st.booleans()),
        min_size=2,
        max_size=10,
    )
)  # fmt: skip
def test_of_equal_files_exactly_one_stays(make_room, tmp_path_factory, steps):
    """In whatever order files come and are judged, every content that was there is there once when all is done."""
    room = make_room(tmp_path_factory.mktemp("twins"))
    room.recipe("away", AWAY)
    there = set()
    for number, (name, text, age, work) in enumerate(steps):
        drop(room, f"{name}{number}", text, age=age * 10.0)
        there.add(text)
        if work:
            room.settle()
            room.work()
    room.settle()
    room.work()
    room.journal.close()
    kept = sorted(path.read_text() for path in room.notes.iterdir())
    assert sorted(there) == kept
