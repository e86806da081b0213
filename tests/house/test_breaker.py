"""A program that rewrites a file without end gets so many runs an hour, and its last word is done."""

from datetime import timedelta

from homebody.journal.run import RunState

SHOUT = (
    "limits: {runs_per_file: 3/1m}\n"
    "actions:\n  - write: {dest: 'OUT/{{ file.stem }}.txt', content: '{{ file.size }}', on_conflict: overwrite}\n"
)


def rewrite(room, name: str, times: int) -> str:
    """Let a program write the file *times* times, each longer, with homebody at work in between."""
    text = ""
    for number in range(1, times + 1):
        text = "x" * number
        (room.notes / name).write_text(text)
        room.settle()
        room.work()
    return text


def began(room, name: str) -> list:
    """Return when the runs on the file *name* began that were done."""
    runs = room.journal.runs(limit=1000, path=room.notes / name)
    return sorted(run.started_at for run in runs if run.state is RunState.DONE)


def test_so_many_runs_and_no_more(room):
    """In no minute are there more than three, however often the file is rewritten."""
    room.recipe("shout", SHOUT)
    rewrite(room, "log.md", 60)
    starts = began(room, "log.md")
    assert len(starts) > 10
    for end in starts:
        assert sum(end - timedelta(minutes=1) < start <= end for start in starts) <= 3


def test_the_last_content_is_done_in_the_end(room):
    """What waits is not lost: when the program has ended, what it left is worked on; the rest is passed over."""
    room.recipe("shout", SHOUT)
    text = rewrite(room, "log.md", 9)
    assert str(len(text)) != room.tree()["out/log.txt"].strip()
    room.clock.advance(60)
    room.work()
    assert str(len(text)) == room.tree()["out/log.txt"].strip()
    left = {run.state for run in room.journal.runs(limit=1000)}
    assert {RunState.DONE, RunState.SKIPPED} == left


def test_other_files_are_not_held_up(room):
    """The breaker is one file's, and the run that waits says so in words."""
    room.recipe("shout", SHOUT)
    rewrite(room, "log.md", 5)
    (room.notes / "note.md").write_text("a note")
    room.settle()
    ((run, _outcome),) = room.work()
    assert (room.notes / "note.md", RunState.DONE) == (run.path, run.state)
    (waits, *_) = room.journal.in_state(RunState.QUEUED)
    assert waits.reason.startswith("the breaker: 3 runs on this file within 1m; it waits until ")
    assert {"shout": (1, waits.not_before)} == room.journal.held()


def test_the_breaker_outlives_a_restart(room):
    """A daemon that was started anew counts what the one before it did."""
    room.recipe("shout", SHOUT)
    rewrite(room, "log.md", 3)
    room._intake = None
    (room.notes / "log.md").write_text("once more")
    room.settle()
    assert [] == room.work()
    assert 1 == len(room.journal.in_state(RunState.QUEUED))
