"""Is a copy made as the recipe says, whole, followed by what comes after it, and taken back?"""

import os
from pathlib import Path

import pytest

from homebody.actions.tags import stored_tags
from homebody.errors import UndoRefusedError
from homebody.house.undo import undo
from homebody.journal.run import RunState
from homebody.testing import FakeModel

LARGE = 60_000_000
OLD = 1_600_000_000_000_000_000


@pytest.fixture
def bill(room) -> Path:
    """Return the file that comes, with tags, a mode and a date of its own."""
    path = room.notes / "bill.txt"
    path.write_text("a bill\n")
    path.chmod(0o640)
    os.setxattr(path, "user.xdg.tags", b"mine")
    os.utime(path, ns=(0, OLD))
    return path


def copied(room, actions: str, *more: str):
    """Let a recipe with these actions do everything that lies there, and return its one run."""
    room.recipe("copy", f"actions:\n  - {actions}\n" + "".join(f"  - {one}\n" for one in more))
    room.settle()
    ((run, _),) = room.work()
    return run


def look(path: Path) -> tuple[str, int, int, bytes | None]:
    """Return content, mode, date and tags of a file."""
    found = path.stat()
    return path.read_text(), found.st_mode & 0o777, found.st_mtime_ns, stored_tags(path)


def test_a_copy_is_like_the_file_and_goes_with_an_undo(room, bill):
    """Content, mode, date and tags; the file itself stays, and the folders that were made go, too."""
    before = look(bill)
    run = copied(room, "copy: 'OUT/{{ file.stem | slug }}/'")
    assert (RunState.DONE, None) == (run.state, run.reason)
    path = room.folder / "out" / "bill" / "bill.txt"
    assert before == look(path) == look(bill)
    assert path.stat().st_ino != bill.stat().st_ino
    undone = undo(room.journal, room.vault, run.id)
    assert (path,) == undone.files
    assert {"Notes/bill.txt": "a bill\n"} == room.tree()
    assert not (room.folder / "out").exists()
    assert before == look(bill)


@pytest.mark.parametrize(
    ("word", "tree"),
    [
        ("rename_new", {"out/bill.txt": "old", "out/bill 2.txt": "a bill\n"}),
        ("skip", {"out/bill.txt": "old"}),
        ("overwrite", {"out/bill.txt": "a bill\n"}),
    ],
)
def test_a_name_that_is_taken_is_dealt_with_as_the_recipe_says(room, bill, word, tree):
    """And an undo brings the other file back, with mode, date and tags."""
    there = room.folder / "out" / "bill.txt"
    there.parent.mkdir()
    there.write_text("old")
    there.chmod(0o604)
    os.setxattr(there, "user.xdg.tags", b"theirs")
    os.utime(there, ns=(0, OLD - 1))
    before = look(there)
    run = copied(room, f"copy: {{dest: OUT/, on_conflict: {word}}}")
    assert {**tree, "Notes/bill.txt": "a bill\n"} == room.tree()
    if word != "skip":
        undo(room.journal, room.vault, run.id)
    assert {"out/bill.txt": "old", "Notes/bill.txt": "a bill\n"} == room.tree()
    assert before == look(there)


def test_what_is_there_already_is_not_copied_again(room, bill):
    """The same content under the name, or under the next one, is such a copy."""
    (room.folder / "out").mkdir()
    (room.folder / "out" / "bill.txt").write_text("another")
    (room.folder / "out" / "bill 2.txt").write_text("a bill\n")
    run = copied(room, "copy: OUT/")
    assert "nothing to change" in run.reason
    assert 3 == len(room.tree())


def test_the_actions_around_it_count_in_their_order(room, bill):
    """What was changed before is copied with the change; what comes later changes the file, not its copy."""
    bill.rename(bill.with_suffix(".md"))
    front, out = "front_matter: {set: {seen: %s}}", room.folder / "out"
    run = copied(
        room, "copy: OUT/first.md", front % 1, "tag: done", "copy: OUT/second.md", front % 2, "rename: new.md",
        "copy: OUT/", "append: {dest: OUT/first.md, content: more}", "append: {dest: OUT/new.md, content: more}",
    )  # fmt: skip
    assert (RunState.DONE, None) == (run.state, run.reason)
    top = "---\nseen: %d\n---\na bill\n"
    assert {
        "Notes/new.md": top % 2, "out/new.md": top % 2 + "more\n", "out/first.md": "a bill\nmore\n",
        "out/second.md": top % 1,
    } == room.tree()  # fmt: skip
    assert [b"mine", b"mine,done", b"mine,done"] == [
        stored_tags(out / f"{name}.md") for name in ("first", "second", "new")
    ]
    undo(room.journal, room.vault, run.id)
    assert {"Notes/bill.md": "a bill\n"} == room.tree()
    assert b"mine" == stored_tags(room.notes / "bill.md")


def test_a_copy_wakes_nobody_and_the_file_is_nobodys_copy(room, bill):
    """Where the copy lies another recipe watches; once it is gone, the person's file of that content is news there."""
    out = room.folder / "out"
    out.mkdir()
    log = "append: {dest: NOTES/log.md, content: '{{ file.name }}'}"
    room.recipe("log", f"triggers: [{{watch: {out}, existing: process}}]\nactions:\n  - {log}\n")
    copied(room, "copy: OUT/")
    room.settle()
    assert [] == room.work()
    (out / "bill.txt").unlink()
    (out / "mine.txt").write_text("a bill\n")
    room.settle()
    ((run, _),) = room.work()
    assert ("log", RunState.DONE) == (run.recipe, run.state)


def test_a_file_of_any_size_is_copied(room):
    """It is not read into memory."""
    with (room.notes / "film.bin").open("wb") as file:
        file.truncate(LARGE)
    run = copied(room, "copy: OUT/")
    assert RunState.DONE == run.state
    assert LARGE == (room.folder / "out" / "film.bin").stat().st_size
    undo(room.journal, room.vault, run.id)
    assert not (room.folder / "out").exists()


def test_an_undo_is_refused_when_the_copy_was_changed_and_forced_when_asked(room, bill):
    """What a person made of it stays beside."""
    run = copied(room, "copy: OUT/")
    path = room.folder / "out" / "bill.txt"
    path.write_text("newer")
    with pytest.raises(UndoRefusedError, match=r"bill\.txt was changed since"):
        undo(room.journal, room.vault, run.id)
    undo(room.journal, room.vault, run.id, force=True)
    assert {"Notes/bill.txt": "a bill\n", "out/bill (newer).txt": "newer"} == room.tree()


def test_a_link_or_a_folder_of_the_name_is_left_alone(room, bill):
    """The copy gets another name beside them."""
    out = room.folder / "out"
    (out / "bill.txt").mkdir(parents=True)
    (out / "bill 2.txt").symlink_to(bill)
    assert RunState.DONE == copied(room, "copy: OUT/").state
    assert "a bill\n" == (out / "bill 3.txt").read_text()
    assert (out / "bill 2.txt").is_symlink()


def test_a_redacted_copy_and_a_redacted_file_are_taken_back(room):
    """Words that a model found, in a copy first and then in the file itself."""
    room.model = FakeModel(answers=['{"names":["Anna Schmidt"]}'])
    rules = "replace: [{find: '{{ ask.names }}', by: '[name]'}, {regex: '[0-9]{4,}', by: '[number]'}]"
    room.recipe(
        "redact",
        "ask: {prompt: Who?, output: {names: {type: list, max: 5, must_appear: true}}}\nactions:\n"
        f"  - replace_text: {{dest: OUT/, {rules}}}\n  - copy: OUT/copies/\n  - replace_text: {{{rules}}}\n",
    )
    path = room.notes / "letter.txt"
    path.write_text("Dear Anna\nSchmidt, call 12345.\n")
    os.utime(path, ns=(0, OLD))
    room.settle()
    ((run, _),) = room.work()
    assert (RunState.DONE, None) == (run.state, run.reason)
    clean, whole = "Dear [name], call [number].\n", "Dear Anna\nSchmidt, call 12345.\n"
    assert {"Notes/letter.txt": clean, "out/letter.txt": clean, "out/copies/letter.txt": whole} == room.tree()
    undo(room.journal, room.vault, run.id)
    assert {"Notes/letter.txt": whole} == room.tree()
    assert OLD == path.stat().st_mtime_ns
