"""Are files moved, renamed and tagged as recipes say, followed by other recipes, and taken back?"""

import os
import tracemalloc

import pytest

from homebody.actions.tags import stored_tags
from homebody.errors import UndoRefusedError
from homebody.house.undo import undo
from homebody.journal.run import RunState

FILE = """
vars: {out: OUT}
actions:
  - rename: "2026 {{ file.stem }}{{ file.suffix }}"
  - front_matter: {set: {seen: 'yes'}}
  - move: "{{ vars.out }}/{{ file.stem | slug }}/"
  - tag: {add: [done, "{{ file.suffix }}"]}
  - append: {dest: "OUT/log.txt", content: "{{ file.name }}"}
"""


def test_the_actions_that_follow_meet_the_file_where_it_is(room):
    """It is renamed, written, moved and tagged; the log names it by its new name."""
    room.recipe("file", FILE)
    (room.notes / "Bill.md").write_text("A bill.\n")
    room.settle()
    ((run, _),) = room.work()
    assert (RunState.DONE, None) == (run.state, run.reason)
    assert {
        "out/2026-bill/2026 Bill.md": "---\nseen: yes\n---\nA bill.\n".replace("yes", "'yes'"),
        "out/log.txt": "2026 Bill.md\n",
    } == room.tree()
    assert b"done,.md" == stored_tags(room.folder / "out" / "2026-bill" / "2026 Bill.md")
    assert ["move", "put", "put", "tags"] == [effect.deed for effect in room.journal.effects(run.id)]


def test_a_moved_file_is_taken_back_to_where_it_was(room):
    """Name, content and tags are as before, and the folders that were made are gone."""
    room.recipe("file", FILE)
    path = room.notes / "Bill.md"
    path.write_text("A bill.\n")
    room.settle()
    ((run, _),) = room.work()
    undone = undo(room.journal, room.vault, run.id)
    assert {"Notes/Bill.md": "A bill.\n"} == room.tree()
    assert stored_tags(path) is None
    assert not (room.folder / "out").exists()
    assert path in undone.files


def test_a_file_that_a_recipe_moved_wakes_nothing(room):
    """Where it lies now another recipe watches, and the recipe that moved it, too."""
    out = room.folder / "out"
    out.mkdir()
    room.recipe(
        "there",
        f"triggers: [{{watch: [{room.notes}, {out}], existing: process}}]\nactions:\n  - move: OUT/\n",
    )
    room.recipe("back", f"triggers: [{{watch: {out}, existing: process}}]\nactions:\n  - move: NOTES/\n")
    (room.notes / "a.txt").write_text("a")
    room.settle()
    assert 1 == len(room.work())
    room.settle()
    assert [] == room.work()
    assert {"out/a.txt": "a"} == room.tree()


def test_two_recipes_on_one_file_both_get_to_it(room):
    """The one whose turn comes second finds it under its new name."""
    room.recipe("a-move", "actions:\n  - move: OUT/\n")
    room.recipe("b-log", "actions:\n  - append: {dest: OUT/log.txt, content: 'seen {{ file.name }}'}\n")
    (room.notes / "a.txt").write_text("a")
    room.settle()
    assert [RunState.DONE, RunState.DONE] == [run.state for run, _ in room.work()]
    assert {"out/a.txt": "a", "out/log.txt": "seen a.txt\n"} == room.tree()


@pytest.mark.parametrize(
    ("word", "tree"),
    [
        ("rename_new", {"out/a.txt": "old", "out/a 2.txt": "new"}),
        ("skip", {"out/a.txt": "old", "Notes/a.txt": "new"}),
        ("overwrite", {"out/a.txt": "new"}),
    ],
)
def test_a_name_that_is_taken_is_dealt_with_as_the_recipe_says(room, word: str, tree: dict[str, str]):
    """And an undo brings both files back."""
    (room.folder / "out").mkdir()
    (room.folder / "out" / "a.txt").write_text("old")
    room.recipe("file", f"actions:\n  - move: {{dest: OUT/, on_conflict: {word}}}\n")
    (room.notes / "a.txt").write_text("new")
    room.settle()
    ((run, _),) = room.work()
    assert tree == room.tree()
    if word != "skip":
        undo(room.journal, room.vault, run.id)
        assert {"out/a.txt": "old", "Notes/a.txt": "new"} == room.tree()


def test_an_undo_is_refused_when_a_file_was_changed_and_forced_when_asked(room):
    """The refusal names the file; by force the old content comes back and the newer one stays beside it."""
    room.recipe("file", "actions:\n  - write: {dest: OUT/a.txt, content: new, on_conflict: overwrite}\n")
    (room.folder / "out").mkdir()
    (room.folder / "out" / "a.txt").write_text("old")
    (room.notes / "n.txt").write_text("n")
    room.settle()
    ((run, _),) = room.work()
    (room.folder / "out" / "a.txt").write_text("newer")
    with pytest.raises(UndoRefusedError, match=r"a\.txt was changed since"):
        undo(room.journal, room.vault, run.id)
    undone = undo(room.journal, room.vault, run.id, force=True)
    assert {"out/a.txt": "old", "out/a (newer).txt": "newer", "Notes/n.txt": "n"} == room.tree()
    assert (room.folder / "out" / "a (newer).txt",) == undone.beside
    assert RunState.UNDONE == room.journal.run(run.id).state


def test_by_force_a_moved_file_goes_back_with_what_a_person_made_of_it(room):
    """Nothing of the person's is lost, whatever has its old name by now."""
    room.recipe("file", "actions:\n  - move: OUT/\n")
    (room.notes / "a.txt").write_text("a")
    room.settle()
    ((run, _),) = room.work()
    (room.folder / "out" / "a.txt").write_text("edited")
    (room.notes / "a.txt").write_text("another")
    with pytest.raises(UndoRefusedError, match="another file has the name"):
        undo(room.journal, room.vault, run.id)
    undo(room.journal, room.vault, run.id, force=True)
    assert {"Notes/a.txt": "edited", "Notes/a (newer).txt": "another"} == room.tree()


def test_tags_of_a_person_stay(room):
    """Ours come behind them, upper and lower case are the same, and the undo takes only ours away."""
    room.recipe("tag", "actions:\n  - tag: {add: [Roof, house], remove: inbox}\n")
    path = room.notes / "a.txt"
    path.write_text("a")
    os.setxattr(path, "user.xdg.tags", b"roof, inbox")
    before = path.stat().st_mtime_ns
    room.settle()
    ((run, _),) = room.work()
    assert (b"roof,house", before) == (stored_tags(path), path.stat().st_mtime_ns)
    undo(room.journal, room.vault, run.id)
    assert b"roof, inbox" == stored_tags(path)


def test_what_is_taken_back_is_as_old_as_it_was(room):
    """A folder sorted by date looks as before: rewritten, overwritten and replaced files have their times again."""
    (room.folder / "out").mkdir()
    room.recipe(
        "all",
        """
filters: [{extension: md}]
actions:
  - front_matter: {set: {seen: true}}
  - append: {dest: OUT/log.txt, content: seen}
  - write: {dest: OUT/over.txt, content: new, on_conflict: overwrite}
  - move: {dest: OUT/, on_conflict: overwrite}
""",
    )
    files = [room.notes / "a.md", *(room.folder / "out" / name for name in ("a.md", "log.txt", "over.txt"))]
    for age, path in enumerate(files, start=1):
        path.write_text(f"old {path.name}\n")
        os.utime(path, ns=(0, age * 10**15 + 123))
    before = {path: path.stat().st_mtime_ns for path in files}
    room.settle()
    ((run, _),) = room.work()
    assert RunState.DONE == run.state
    undo(room.journal, room.vault, run.id)
    assert before == {path: path.stat().st_mtime_ns for path in files}


@pytest.mark.parametrize(
    ("word", "name"), [("rename_new", "out/a 2.txt"), ("skip", "Notes/a.txt"), ("overwrite", "Notes/a.txt")]
)
@pytest.mark.parametrize("kind", ["folder", "link"])
def test_a_name_that_a_folder_or_a_link_has_is_taken(room, kind: str, word: str, name: str):
    """It is neither replaced nor followed, and the run says so when that was asked for."""
    (room.folder / "out").mkdir()
    odd = room.folder / "out" / "a.txt"
    odd.symlink_to(room.folder / "nowhere") if kind == "link" else odd.mkdir()
    room.recipe("file", f"actions:\n  - move: {{dest: OUT/, on_conflict: {word}}}\non_error: {{retry: 0}}\n")
    (room.notes / "a.txt").write_text("a")
    room.settle()
    ((run, _),) = room.work()
    assert {name: "a"} == room.tree()
    assert (RunState.QUARANTINED if word == "overwrite" else RunState.DONE) == run.state
    assert run.reason or word == "rename_new"
    assert odd.is_symlink() if kind == "link" else odd.is_dir()


def test_a_file_whose_old_name_was_given_to_another_is_followed(room):
    """The recipe whose turn comes second works on the file that it was queued for, wherever that lies by now."""
    room.recipe("a-move", "actions:\n  - move: OUT/\n")
    room.recipe("b-tag", "actions:\n  - tag: seen\n")
    path = room.notes / "a.txt"
    path.write_text("a")
    room.settle()
    first = room.journal.claim()
    assert RunState.DONE == room.runner().run(first).state
    room.journal.finish(first.id, RunState.DONE, None)
    path.write_text("another")
    ((second, _),) = room.work()
    assert ("b-tag", RunState.DONE, None) == (second.recipe, second.state, second.reason)
    assert (b"seen", None) == (stored_tags(room.folder / "out" / "a.txt"), stored_tags(path))


HUGE = 60_000_000


def test_a_file_of_any_size_is_moved_and_tagged_without_being_read_into_memory(room):
    """It is hashed block by block; its undo brings it back, and a recipe that must look into it passes it over."""
    room.recipe("file", "actions:\n  - rename: 'x {{ file.name }}'\n  - move: OUT/\n  - tag: film\n")
    room.recipe("look", "ask: {prompt: Summarise., output: {summary: {type: text, max: 90}}}\n"
                "actions:\n  - write: {dest: OUT/s.md, content: '{{ ask.summary }}'}\n")  # fmt: skip
    path = room.notes / "film.mp4"
    path.touch()
    os.truncate(path, HUGE)
    room.settle()
    tracemalloc.start()
    runs = {run.recipe: run for run, _ in room.work()}
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    moved = room.folder / "out" / "x film.mp4"
    assert (RunState.DONE, HUGE, b"film") == (runs["file"].state, moved.stat().st_size, stored_tags(moved))
    assert (RunState.SKIPPED, True) == (runs["look"].state, "60 MB" in (runs["look"].reason or ""))
    assert peak < HUGE / 4
    room.settle()
    assert [] == room.work()
    undo(room.journal, room.vault, runs["file"].id)
    assert (HUGE, None) == (path.stat().st_size, stored_tags(path))


def test_a_limit_that_a_recipe_names_holds_for_moves_too(room):
    """`read: {limit: 1 MB}` means it, whatever the recipe does with the file."""
    room.recipe("file", "read: {limit: 1 MB}\nactions:\n  - move: OUT/\n")
    (room.notes / "film.mp4").touch()
    os.truncate(room.notes / "film.mp4", 2_000_000)
    room.settle()
    ((run, _),) = room.work()
    assert (RunState.SKIPPED, True) == (run.state, (room.notes / "film.mp4").exists())


def test_a_huge_file_that_something_is_added_to_is_left_as_it_is(room):
    """The moved file itself as a destination: it is never taken for an empty one."""
    actions = "actions:\n  - move: OUT/\n  - append: {dest: 'OUT/{{ file.name }}', content: more}\n"
    room.recipe("file", actions + "on_error: {retry: 0}\n")
    path = room.notes / "film.mp4"
    path.touch()
    os.truncate(path, HUGE)
    room.settle()
    ((run, _),) = room.work()
    assert (RunState.QUARANTINED, HUGE) == (run.state, path.stat().st_size)


def test_a_huge_file_is_taken_up_by_a_recipe_that_comes_later(room):
    """Nobody wanted it, so it was never hashed; then somebody does."""
    path = room.notes / "film.mp4"
    path.touch()
    os.truncate(path, HUGE)
    room.recipe("text", "filters: [{extension: txt}]\nactions:\n  - tag: text\n")
    room.settle()
    assert [] == room.work()
    room.recipe("film", "filters: [{extension: mp4}]\nactions:\n  - move: OUT/\n")
    room.settle()
    assert [RunState.DONE] == [run.state for run, _ in room.work()]
