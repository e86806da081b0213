"""A run that the clock wakes: what its select names, and nothing when there is nothing new."""

import os
from datetime import timedelta

from homebody.house.due import enqueuer
from homebody.journal.run import RunState

DIGEST = """triggers:
  - schedule: {every: 1h}
select:
  folder: NOTES
  name: "*.summary.md"
  newer_than: 1d
actions:
  - write:
      dest: "OUT/{{ run.date }}.md"
      content: "{% for d in documents %}{{ d.text }}{% endfor %}"
      on_conflict: overwrite
"""


def test_a_schedule_takes_up_what_its_select_names(room):
    """The digest holds the summaries of the last day, oldest first, and not what is older or another file."""
    room.recipe("digest", DIGEST)
    now = room.clock.now().timestamp()
    for name, age in (("b.summary.md", 60), ("a.summary.md", 120), ("old.summary.md", 90_000), ("a.md", 30)):
        path = room.notes / name
        path.write_text(f"[{name}]")
        os.utime(path, (now - age, now - age))
    due = enqueuer(room.journal, room.recipes, room.wake)
    due("digest", room.clock.now())
    due("digest", room.clock.now())
    ((run, _),) = room.work()
    assert run.state is RunState.DONE
    (text,) = [text for name, text in room.tree().items() if name.startswith("out/")]
    assert text.strip() == "[a.summary.md][b.summary.md]"


def test_a_schedule_with_nothing_new_is_skipped(room):
    """An empty selection writes nothing and says so; the cursor has moved on."""
    room.recipe("digest", DIGEST)
    due = enqueuer(room.journal, room.recipes, room.wake)
    due("digest", room.clock.now())
    ((run, _),) = room.work()
    assert (RunState.SKIPPED, "there is nothing new to take up") == (run.state, run.reason)
    assert room.clock.now() == room.journal.cursor("digest")
    due("digest", room.clock.now() + timedelta(hours=1))
    assert len(room.work()) == 1
