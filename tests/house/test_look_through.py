"""A schedule beside a watch: at its times, what lies there and was never taken up is taken up, once."""

import shutil

from homebody.house.due import enqueuer
from homebody.journal.run import RunState

RECIPE = """
filters:
  - not name: "*.out"
actions:
  - write: {dest: "{{ file.folder }}/{{ file.stem }}.out", content: "{{ file.name }}"}
"""


def recipe(room) -> None:
    """Load a recipe that watches the notes, leaves alone what was there, and looks through them every day."""
    room.recipe(
        "both",
        f'triggers:\n  - watch: "{room.notes}"\n    existing: skip\n  - schedule: {{at: "07:30"}}\n' + RECIPE,
    )


def due(room) -> list[tuple[str, RunState]]:
    """Let the time come, and return what was done of it."""
    enqueuer(room.journal, room.recipes, room.wake)("both", room.clock.now())
    return sorted((run.path.name, run.state) for run, _ in room.work())


def test_what_was_never_taken_up_is_taken_up_once(room) -> None:
    """Files that were there before homebody, and left alone, have their turn at the first time; then they had it."""
    (room.notes / "old.md").write_text("old")
    (room.notes / "older.md").write_text("older")
    recipe(room)
    room.settle()
    assert [] == room.work(), "what was there is left alone"

    assert [("old.md", RunState.DONE), ("older.md", RunState.DONE)] == due(room)
    assert [] == due(room)
    assert room.clock.now() == room.journal.cursor("both")
    assert {"Notes/old.md", "Notes/older.md", "Notes/old.out", "Notes/older.out"} == room.tree().keys()


def test_what_the_watch_took_is_not_taken_again(room) -> None:
    """A file that came while homebody ran had its run; one that came while it was away has it now; ours never."""
    recipe(room)
    room.settle()
    (room.notes / "new.md").write_text("new")
    room.settle()
    assert ["new.md"] == [run.path.name for run, _ in room.work()]
    (room.notes / "away.md").write_text("away")

    assert [("away.md", RunState.DONE)] == due(room)


def test_a_folder_that_is_away_is_left_for_the_next_time(room) -> None:
    """No run, no error; the next time goes on."""
    recipe(room)
    room.settle()
    shutil.move(room.notes, room.folder / "elsewhere")
    assert [] == due(room)
    shutil.move(room.folder / "elsewhere", room.notes)
    (room.notes / "a.md").write_text("a")
    assert [("a.md", RunState.DONE)] == due(room)
