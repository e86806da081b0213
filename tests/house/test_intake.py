"""A touched file becomes a queued run, once, when it has lain still; what we wrote ourselves wakes nothing."""

import os
import threading
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from homebody.clock import SystemClock
from homebody.house.intake import Intake
from homebody.house.watched import wishes
from homebody.journal.run import RunState
from homebody.triggers.rescan import look

BESIDE = "actions:\n  - write: {dest: 'OUT/{{ file.stem }}.txt', content: 'seen {{ file.name }}'}\n"
STAMP = "filters:\n  - extension: md\nactions:\n  - front_matter: {set: {seen: 'yes'}}\n"


def queued(room) -> list[tuple[str, str]]:
    """Return recipe and file of every run, in order."""
    return [(run.recipe, run.path.name) for run in reversed(room.journal.runs())]


def test_a_file_waits_until_it_has_lain_still(room):
    """A file that goes on growing is not queued before it has been left alone for the recipe's pause."""
    room.recipe("beside", BESIDE)
    path = room.notes / "a.txt"
    for size in range(1, 4):
        path.write_text("x" * size)
        room.intake.hint(path)
        room.intake.tick()
        room.clock.advance(3)
        room.intake.tick()
    assert [] == queued(room)
    room.clock.advance(3)
    room.intake.tick()
    assert [("beside", "a.txt")] == queued(room)
    assert room.woken == 1


def test_a_missed_event_is_found_by_the_rescan(room):
    """Without any hint, the next look at the folder finds the file."""
    room.recipe("beside", BESIDE)
    (room.notes / "a.txt").write_text("x")
    room.settle()
    assert [("beside", "a.txt")] == queued(room)


def test_many_events_and_rescans_are_one_run(room):
    """However often a file is seen with the same content, it is queued once."""
    room.recipe("beside", BESIDE)
    path = room.notes / "a.txt"
    path.write_text("x")
    for _ in range(4):
        room.intake.hint(path)
        room.settle()
        os.utime(path, ns=(1, room.clock.now().microsecond + len(queued(room)) + 10**18))
    assert [("beside", "a.txt")] == queued(room)


def test_a_changed_file_is_a_new_run_and_a_renamed_one_is_not(room):
    """New content runs again; the same content under a new name does not."""
    room.recipe("beside", BESIDE)
    path = room.notes / "a.txt"
    path.write_text("one")
    room.settle()
    room.work()
    path.rename(room.notes / "b.txt")
    room.settle()
    assert [("beside", "a.txt")] == queued(room)
    (room.notes / "b.txt").write_text("two")
    room.settle()
    assert [("beside", "a.txt"), ("beside", "b.txt")] == queued(room)


def test_a_copy_is_a_file_of_its_own(room):
    """Two files with the same content both get their run while both are there."""
    room.recipe("beside", BESIDE)
    for name in ("a.txt", "b.txt"):
        (room.notes / name).write_text("same")
    room.settle()
    assert [("beside", "a.txt"), ("beside", "b.txt")] == queued(room)


def test_what_was_there_first_is_left_alone_if_the_recipe_says_so(room):
    """``existing: skip`` leaves old notes alone, also after they were tagged by us; an edit makes them new."""
    (room.notes / "old.md").write_text("old\n")
    room.recipe("beside", BESIDE, existing="skip")
    room.recipe("stamp", STAMP, existing="process")
    room.settle()
    room.work()
    room.settle()
    assert [("stamp", "old.md")] == queued(room)
    with (room.notes / "old.md").open("a") as file:
        file.write("a person writes\n")
    room.settle()
    assert ("beside", "old.md") in queued(room)


def test_our_own_writes_wake_nobody(room):
    """Two recipes on one note, one of which rewrites it and one that writes beside it, run once each for ever."""
    room.recipe("beside", BESIDE.replace("OUT", "NOTES"))
    room.recipe("stamp", STAMP)
    (room.notes / "a.md").write_text("# A\n")
    for _ in range(4):
        room.settle()
        room.work()
    assert sorted([("beside", "a.md"), ("stamp", "a.md")]) == sorted(queued(room))
    assert {RunState.DONE} == {run.state for run in room.journal.runs()}


def test_a_summary_that_a_person_edits_is_theirs_again(room):
    """A file that we made wakes nothing while it is as we made it; edited, it is a person's file."""
    room.recipe("beside", BESIDE.replace("OUT", "NOTES"))
    (room.notes / "a.md").write_text("# A\n")
    room.settle()
    room.work()
    made = room.notes / "a.txt"
    room.settle()
    assert [("beside", "a.md")] == queued(room)
    made.write_text("my own words")
    room.settle()
    assert ("beside", "a.txt") in queued(room)


def test_hidden_temporary_and_filtered_files_are_no_runs(room):
    """What a program is still writing, what is hidden, and what no filter lets through is not queued."""
    room.recipe("stamp", STAMP)
    for name in (".hidden.md", "x.md.part", "~$x.md", "x.txt", "x.md.crdownload"):
        (room.notes / name).write_text("x")
    room.settle()
    assert [] == queued(room)


def test_a_restart_in_between_loses_nothing(room):
    """A file that was pending when the intake ended is queued by the next one."""
    room.recipe("beside", BESIDE)
    (room.notes / "a.txt").write_text("x")
    room.intake.rescan()
    room._intake = None
    room.settle()
    assert [("beside", "a.txt")] == queued(room)


def test_a_recipe_that_comes_later_gets_what_is_known_already(room):
    """A new recipe with ``existing: process`` gets files that others had before, after a restart."""
    room.recipe("beside", BESIDE)
    (room.notes / "a.md").write_text("# A\n")
    room.settle()
    room.work()
    room.recipe("stamp", STAMP)
    room.settle()
    assert ("stamp", "a.md") in queued(room)


def test_a_folder_that_is_gone_is_a_problem_in_words_and_goes_away(room):
    """A watched folder that vanishes is told; when it is back, so are its files, and the problem is gone."""
    room.recipe("beside", BESIDE)
    assert [] == list(room.intake.problems)
    room.notes.rmdir()
    room.settle()
    assert [room.notes] == list(room.intake.problems)
    room.notes.mkdir()
    (room.notes / "a.txt").write_text("x")
    room.settle()
    assert {} == room.intake.problems
    assert [("beside", "a.txt")] == queued(room)


def test_a_name_that_is_not_utf8_hurts_nobody(room):
    """A file whose name is no UTF-8 does not stop the one beside it."""
    room.recipe("beside", BESIDE)
    Path(os.fsdecode(os.fsencode(room.notes) + b"/bad\xff.txt")).write_text("x")
    (room.notes / "good.txt").write_text("x")
    room.settle()
    assert ("beside", "good.txt") in queued(room)


def test_a_busy_folder_does_not_starve_a_quiet_one(room):
    """Of one recipe's two folders, one holds many files and the other a single one: that is run second."""
    quiet = room.folder / "Quiet"
    quiet.mkdir()
    room.recipe(
        "beside",
        f"triggers:\n  - watch: [NOTES, {quiet}]\n    settle: 5s\n    existing: process\n" + BESIDE,
    )
    for number in range(40):
        (room.notes / f"{number:02}.txt").write_text(f"note {number}")
    room.settle()
    (quiet / "quiet.txt").write_text("one")
    room.settle()
    first, second = [room.journal.claim().path.name for _ in range(2)]
    assert ("00.txt", "quiet.txt") == (first, second)


def test_more_files_than_one_batch_all_come_and_come_once(room):
    """A burst is taken in part by part, and the loop is woken for every part."""
    room.recipe("beside", BESIDE)
    for number in range(250):
        (room.notes / f"{number:03}.txt").write_text(f"note {number}")
        room.intake.hint(room.notes / f"{number:03}.txt")
    room.intake.tick()
    assert 250 == room.intake.pending()
    room.clock.advance(6)
    while room.intake.pending():
        room.intake.tick()
    assert [f"{number:03}.txt" for number in range(250)] == [
        run.path.name for run in reversed(room.journal.runs(limit=1000))
    ]
    assert room.woken == 3


def test_hints_that_were_lost_bring_the_next_rescan_forward(room):
    """Within a second or so everything is looked at, and not after the usual minutes."""
    room.recipe("beside", BESIDE)
    room.intake.rescan()
    (room.notes / "a.txt").write_text("x")
    usual = room.intake._rescan_at - room.clock.monotonic()
    room.intake.missed()
    room.intake.tick()
    assert 300 == usual
    assert 1 == room.intake._rescan_at - room.clock.monotonic()


def test_after_a_sleep_of_the_computer_everything_is_looked_at(room):
    """Nothing tells of what came meanwhile; a file that was settling has still to lie as long as it had to before."""
    room.recipe("beside", BESIDE)
    room.intake.rescan()
    (room.notes / "half.txt").write_text("x")
    room.intake.hint(room.notes / "half.txt")
    room.intake.tick()
    assert 300 == room.intake._rescan_at - room.clock.monotonic()
    room.clock.set(room.clock.now() + timedelta(hours=8))
    room.intake.tick()
    assert 1 == room.intake._rescan_at - room.clock.monotonic()
    assert [] == queued(room)
    (room.notes / "meanwhile.txt").write_text("y")
    room.settle()
    assert [("beside", "half.txt"), ("beside", "meanwhile.txt")] == sorted(queued(room))
    room.clock.set(room.clock.now() + timedelta(seconds=20))  # put right a little
    room.intake.tick()
    assert 294 == room.intake._rescan_at - room.clock.monotonic()


def test_our_seconds_stand_still_while_the_computer_sleeps():
    """The clock of every deadline leaves sleep out: else all runs in hand would be late when it wakes up."""
    used = time.get_clock_info("monotonic").implementation
    assert used in ("clock_gettime(CLOCK_MONOTONIC)", "mach_absolute_time()")


def test_the_intake_sleeps_no_longer_than_until_a_file_has_settled(room):
    """With the real clock, a file is queued within a moment of the end of its pause, without any other hint."""
    room.clock = SystemClock()
    room.recipe("beside", BESIDE)
    woken = threading.Event()
    stop = threading.Event()
    watched = [replace(wish, settle=0.3) for wish in wishes(room.recipes.values(), 5.0)]
    intake = Intake(
        journal=room.journal, clock=room.clock, watched=watched, wake=woken.set, rescan_seconds=300, stat=look,
        mend=lambda: None,
    )  # fmt: skip
    thread = threading.Thread(target=intake.run, args=(stop,))
    thread.start()
    (room.notes / "a.txt").write_text("x")
    began = time.monotonic()
    intake.hint(room.notes / "a.txt")
    assert woken.wait(20)
    stop.set()
    thread.join()
    assert 0.3 <= time.monotonic() - began
    assert [("beside", "a.txt")] == queued(room)


def test_an_end_is_heard_at_once(room, monkeypatch):
    """The intake does not sleep on when it is to stop, however long its nap."""
    monkeypatch.setattr("homebody.house.intake.NAP_SECONDS", 60.0)
    room.recipe("beside", BESIDE)
    stop = threading.Event()
    intake = threading.Thread(target=room.intake.run, args=(stop,))
    intake.start()
    stop.set()
    room.intake.rouse()
    intake.join(timeout=20)
    assert not intake.is_alive()
