"""Does a recipe do what a person asks of it: these files again, or what it never had?"""

import pytest

from homebody.errors import UsageError
from homebody.house import requests
from homebody.journal.run import RunState

STAMP = "filters: [{extension: txt}]\nactions:\n  - write: {dest: 'OUT/{{ file.stem }}.out', content: 'VERSION'}\n"


def body(version: str = "1") -> str:
    """Return the recipe in one of its versions."""
    return STAMP.replace("VERSION", version)


def write(room, *names: str) -> None:
    """Put files into the notes."""
    for name in names:
        (room.notes / name).write_text(name)


def ask(room, name: str, **more: bool) -> int:
    """Ask for the recipe on one file, and let it be done."""
    recipe = room.recipes["stamp"]
    file = requests.file_of(room.journal, recipe, room.notes / name, **more)
    number = requests.request(room.journal, recipe, file)
    room.work()
    return number


def test_a_person_can_have_a_file_done_again(room):
    """Though its content had its run already; and every time they ask."""
    room.recipe("stamp", body())
    write(room, "a.txt")
    room.settle()
    room.work()
    (room.folder / "out" / "a.out").unlink()
    assert RunState.DONE == room.journal.run(ask(room, "a.txt")).state
    assert "1\n" == room.tree()["out/a.out"]
    assert "nothing to change" in (room.journal.run(ask(room, "a.txt")).reason or "")


def test_filters_are_heeded_unless_a_person_says_otherwise(room):
    """The refusal names the filter."""
    room.recipe("stamp", body())
    write(room, "a.md")
    with pytest.raises(UsageError, match="extension"):
        ask(room, "a.md")
    assert RunState.DONE == room.journal.run(ask(room, "a.md", force=True)).state


def test_a_file_elsewhere_is_refused_with_the_folders(room, tmp_path):
    """homebody could not read it anyway."""
    room.recipe("stamp", body())
    (tmp_path / "elsewhere.txt").write_text("x")
    with pytest.raises(UsageError, match="in none of the folders"):
        requests.file_of(room.journal, room.recipes["stamp"], tmp_path / "elsewhere.txt")


def test_what_was_there_before_the_recipe_is_done_when_a_person_says_so(room):
    """Each file once, however often they say it; what homebody wrote is no document."""
    write(room, "a.txt", "b.txt", "c.md")
    room.recipe("stamp", body().replace("OUT", "NOTES").replace(".out", ".out.txt"), existing="skip")
    room.settle()
    assert [] == room.work()
    found = requests.backlog(room.journal, room.recipes["stamp"])
    assert (2, 0, 1) == (len(found.never), len(found.stale), found.filtered)
    assert 2 == len(requests.backfill(room.journal, room.recipes["stamp"], found.never))
    assert [] == requests.backfill(room.journal, room.recipes["stamp"], found.never)
    assert [RunState.DONE] * 2 == [run.state for run, _ in room.work()]
    after = requests.backlog(room.journal, room.recipes["stamp"])
    assert (0, 2, 2) == (len(after.never), after.done, after.ours)


def test_a_changed_recipe_does_the_past_again_only_when_told(room):
    """The files of the old version are counted as stale, done again once, and then are done."""
    room.recipe("stamp", body())
    write(room, "a.txt", "b.txt")
    room.settle()
    room.work()
    room.recipe("stamp", body("2"))
    room.settle()
    assert [] == room.work()
    found = requests.backlog(room.journal, room.recipes["stamp"])
    assert (0, 2) == (len(found.never), len(found.stale))
    requests.backfill(room.journal, room.recipes["stamp"], found.stale)
    room.work()
    assert (0, 2) == (
        len(requests.backlog(room.journal, room.recipes["stamp"]).stale),
        requests.backlog(room.journal, room.recipes["stamp"]).done,
    )


def test_counting_changes_nothing(room):
    """A look at the backlog queues no run."""
    write(room, "a.txt")
    room.recipe("stamp", body(), existing="skip")
    room.intake.rescan()
    before = room.tree()
    requests.backlog(room.journal, room.recipes["stamp"])
    assert ([], before) == (room.journal.runs(), room.tree())


def test_new_files_do_not_wait_behind_the_past(room):
    """A backlog has a lane of its own: a file that comes in is done second."""
    write(room, *(f"{number}.txt" for number in range(5)))
    room.recipe("stamp", body(), existing="skip")
    room.settle()
    found = requests.backlog(room.journal, room.recipes["stamp"])
    requests.backfill(room.journal, room.recipes["stamp"], found.never)
    write(room, "new.txt")
    room.settle()
    order = [run.path.name for run, _ in room.work()]
    assert order.index("new.txt") < 2


def test_a_recipe_that_watches_nothing_has_no_backlog(room):
    """The refusal says how it is run."""
    room.recipe(
        "digest", "triggers: [{schedule: {every: 1h}}]\nactions:\n  - write: {dest: OUT/d.md, content: x}\n"
    )
    with pytest.raises(UsageError, match="watches no folder"):
        requests.backlog(room.journal, room.recipes["digest"])
    requests.request(room.journal, room.recipes["digest"], None)
    assert [RunState.DONE] == [run.state for run, _ in room.work()]
