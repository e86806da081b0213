"""What happens when a name is taken: each word, for each action that wants a name, and the undo of it."""

import os
from pathlib import Path

import pytest

from homebody.actions.conflict import names
from homebody.actions.tags import stored_tags
from homebody.house.undo import undo
from homebody.journal.run import RunState
from homebody.recipe.lint import lint
from homebody.recipe.load import read_recipe

ACTIONS = {
    "write": ("write: {{dest: OUT/a.txt, content: new, {0}}}", "Notes/a.txt"),
    "move": ("move: {{dest: OUT/, {0}}}", None),
    "copy": ("copy: {{dest: OUT/, {0}}}", "Notes/a.txt"),
    "replace_text": ("replace_text: {{dest: OUT/, replace: [{{find: zzz, by: y}}], {0}}}", "Notes/a.txt"),
}
"""Each action on a file a.txt, and what stays of that file."""

WORDS = {
    "rename_new": {"out/a.txt": "old", "out/a 2.txt": "new\n"},
    "skip": {"out/a.txt": "old"},
    "overwrite": {"out/a.txt": "new\n"},
    "deduplicate": {"out/a.txt": "old", "out/a 2.txt": "new\n"},
    "rename_existing": {"out/a.txt": "new\n", "out/a 2.txt": "old"},
    "trash": {"out/a.txt": "new\n", "out/Trash/files/a.txt": "old"},
}
"""Each word, and what lies there afterwards."""

OLD = 1_600_000_000_000_000_000


@pytest.fixture
def there(room) -> Path:
    """Return the file that has the name, with a mode, tags and a date of its own; the other one has come."""
    path = room.folder / "out" / "a.txt"
    path.parent.mkdir()
    path.write_text("old")
    path.chmod(0o604)
    os.setxattr(path, "user.xdg.tags", b"theirs")
    os.utime(path, ns=(0, OLD))
    (room.notes / "a.txt").write_text("new\n")
    return path


def work(room, action: str) -> None:
    """Let a recipe with that action do what lies there; it must come to a good end."""
    room.recipe("r", f"actions:\n  - {action}\n")
    room.settle()
    ((run, outcome),) = room.work()
    assert RunState.DONE == run.state, outcome.reason


def tree(room) -> dict[str, str]:
    """Return every file but the trash's notes."""
    return {name: text for name, text in room.tree().items() if not name.endswith(".trashinfo")}


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("action", ACTIONS)
def test_each_word_means_the_same_for_each_action(room, there, action, word):
    """And an undo brings both files back: content, name, mode, date and tags."""
    template, stays = ACTIONS[action]
    work(room, template.format(f"on_conflict: {word}"))
    wanted = {**WORDS[word], **({stays: "new\n"} if stays or word == "skip" else {})}
    if action == "move" and word == "skip":
        wanted = {**WORDS[word], "Notes/a.txt": "new\n"}
    assert wanted == tree(room)
    if word == "trash":
        assert f"Path={there}\n" in room.tree()["out/Trash/info/a.txt.trashinfo"]
    (run,) = room.journal.in_state(RunState.DONE)
    kinds = {effect.kind for effect in room.journal.effects(run.id)}
    assert kinds <= ({action, "trash"} if word == "trash" else {action})
    if room.journal.effects(run.id):
        undo(room.journal, room.vault, run.id)
    assert {"out/a.txt": "old", "Notes/a.txt": "new\n"} == room.tree()
    found = there.stat()
    assert (0o604, OLD, b"theirs") == (found.st_mode & 0o777, found.st_mtime_ns, stored_tags(there))


@pytest.mark.parametrize("action", ACTIONS)
def test_deduplicate_goes_by_what_is_in_the_files(room, there, action):
    """Not by size or date: a file that holds the same has come already, and the other stays where it is."""
    there.write_text("new\n")
    os.utime(there, ns=(0, OLD))
    work(room, ACTIONS[action][0].format("on_conflict: deduplicate"))
    assert {"out/a.txt": "new\n", "Notes/a.txt": "new\n"} == tree(room)


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("{{ name }} ({{ counter }}){{ extension }}", "a (2).txt"),
        ("{{ counter }}-{{ name }}{{ extension }}", "2-a.txt"),
        ("{{ name }}_{{ '%03d' % counter if false else counter }}.desktop", "a_2-desktop"),
    ],
)
def test_the_other_name_is_made_as_the_recipe_says(room, there, template, name):
    """For the new file and for the one that is there; it never becomes one that acts."""
    work(room, f'move: {{dest: OUT/, rename_template: "{template}"}}')
    assert {"out/a.txt": "old", f"out/{name}": "new\n"} == tree(room)


def test_a_rename_makes_room_in_the_folder(room):
    """The file that has the name goes to the trash, with all that is its own."""
    (room.notes / "b.md").write_text("old")
    (room.notes / "a.txt").write_text("new\n")
    room.recipe("r", "filters: [{extension: txt}]\nactions:\n  - rename: {name: b.md, on_conflict: trash}\n")
    room.settle()
    room.work()
    assert {"Notes/b.md": "new\n", "out/Trash/files/b.md": "old"} == tree(room)


def test_room_is_made_before_it_is_taken(room, there):
    """Whatever the order in which a plan comes to it: first the other file goes, then ours comes."""
    (room.folder / "out" / "b.txt").write_text("other")
    room.recipe(
        "r",
        "actions:\n  - rename: b.txt\n  - move: {dest: OUT/, on_conflict: rename_existing}\n"
        "  - rename: {name: a.txt, on_conflict: trash}\n",
    )
    room.settle()
    ((run, outcome),) = room.work()
    assert RunState.DONE == run.state, outcome.reason
    assert {"out/a.txt": "new\n", "out/b 2.txt": "other", "out/Trash/files/a.txt": "old"} == tree(room)
    undo(room.journal, room.vault, run.id)
    assert {"out/a.txt": "old", "out/b.txt": "other", "Notes/a.txt": "new\n"} == tree(room)


def test_a_large_file_is_not_read_into_memory_to_make_room(room, there):
    """Its bytes are hashed, and it gets another name."""
    with there.open("wb") as file:
        file.truncate(60_000_000)
    work(room, "move: {dest: OUT/, on_conflict: trash}")
    assert 60_000_000 == (room.folder / "out" / "Trash" / "files" / "a.txt").stat().st_size
    assert "new\n" == there.read_text()


def test_a_folder_of_that_name_is_never_moved_or_thrown_away(room):
    """The run says so, and everything stays."""
    (room.folder / "out" / "a.txt").mkdir(parents=True)
    (room.notes / "a.txt").write_text("new\n")
    room.recipe("r", "actions:\n  - move: {dest: OUT/, on_conflict: trash}\non_error: {retry: 0}\n")
    room.settle()
    ((run, _),) = room.work()
    assert (RunState.QUARANTINED, True) == (run.state, "folder" in str(run.reason))
    assert {"Notes/a.txt": "new\n"} == tree(room)


def test_the_trash_is_a_folder_that_such_a_recipe_writes(tmp_path, monkeypatch):
    """As the kernel gets it; with the other words it is not."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    text = "name: r\ntriggers: [{{watch: ~/In}}]\nactions:\n  - move: {{dest: ~/Out/, on_conflict: {0}}}\n"
    assert tmp_path / "Trash" in read_recipe(text.format("trash")).permissions().writes
    assert tmp_path / "Trash" not in read_recipe(text.format("rename_existing")).permissions().writes


def test_another_name_can_close_a_circle(tmp_path):
    """By whatever template: a filter that lets only the first name through does not keep it out."""
    text = (
        f"name: r\ntriggers: [{{{{watch: {tmp_path}}}}}]\nfilters: [{{{{not name: a.md}}}}]\nactions:\n"
        f"  - write: {{{{dest: {tmp_path}/a.md, content: x, {{0}}}}}}\n"
    )
    assert not lint([read_recipe(text.format("on_conflict: overwrite"))], {})
    for fields in (
        "on_conflict: rename_existing",
        'rename_template: "{{ name }} - {{ counter }}{{ extension }}"',
    ):
        assert lint([read_recipe(text.format(fields))], {})
    named = text.replace("not name: a.md", "not name: 'a*'")
    assert not lint(
        [read_recipe(named.format('rename_template: "{{ name }} - {{ counter }}{{ extension }}"'))], {}
    )
    assert lint([read_recipe(named.format('rename_template: "{{ counter }} {{ name }}{{ extension }}"'))], {})


def test_names_go_on_until_one_is_free():
    """With two endings kept together."""
    made = names(Path("/n/a.summary.md"), "{{ name }}.{{ counter }}{{ extension }}")
    assert ["a.summary.md", "a.2.summary.md", "a.3.summary.md"] == [next(made).name for _ in range(3)]
