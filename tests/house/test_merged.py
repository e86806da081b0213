"""Does a merged plan end as its actions would one by one, in whatever order a recipe names them?"""

import itertools
import os
import shutil
import tempfile
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st
from trouble import Tree, tree

from homebody.actions.effect import Copy, Effect, Move, Put, Tags
from homebody.actions.tags import ATTRIBUTE
from homebody.documents.file import take
from homebody.errors import EffectError
from homebody.house.deeds import carry_out
from homebody.house.planner import file_values, merged, plan
from homebody.recipe.load import load_recipe

NAMES = ("a.md", "b.md", "c.md", "in/a.md", "in/b.md")
"""Few, so that actions meet each other's files."""

names = st.sampled_from(NAMES)
words = st.sampled_from(("rename_new", "skip", "deduplicate", "trash", "rename_existing"))
any_word = st.one_of(words, st.just("overwrite"))
ACTIONS = {
    "rename": st.builds("rename: {{name: {0}, on_conflict: {1}}}".format, st.sampled_from(NAMES[:3]), words),
    "move": st.builds("move: {{dest: ROOT/{0}, on_conflict: {1}}}".format, names, words),
    "write": st.builds(
        "write: {{dest: ROOT/{0}, content: text {1}, on_conflict: {2}}}".format,
        names, st.integers(0, 3), any_word,
    ),
    "copy": st.builds(
        "copy: {{dest: ROOT/{0}, on_conflict: {1}}}".format,
        names, any_word,
    ),
    "append": st.builds("append: {{dest: ROOT/{0}, content: line {1}}}".format, names, st.integers(0, 3)),
    "front": st.builds("front_matter: {{set: {{key: {0}}}}}".format, st.integers(0, 3)),
    "tag": st.builds("tag: {{add: [t{0}], remove: t{1}}}".format, st.integers(0, 2), st.integers(0, 2)),
}  # fmt: skip
over = st.builds("move: {{dest: ROOT/{0}, on_conflict: overwrite}}".format, names)
sequences = st.tuples(
    st.lists(st.one_of(*ACTIONS.values()), max_size=5),
    st.one_of(st.just([]), over.map(lambda one: [one])),
    st.lists(st.one_of(ACTIONS["front"], ACTIONS["tag"], ACTIONS["write"], ACTIONS["append"]), max_size=3),
).map(lambda parts: list(itertools.chain(*parts)))
"""A move over another file is the last one: what it replaces on the way to somewhere else is not replaced at all."""


def make(folder: Path, there: list[str]) -> None:
    """Make the note and the files *there*."""
    (folder / "in").mkdir(parents=True)
    for number, name in enumerate({"a.md", *there}):
        (folder / name).write_bytes(f"---\nkey: none\n---\nText {name}.\n".encode())
        if number % 2 or name == "a.md":
            os.setxattr(folder / name, ATTRIBUTE, f"t0,{name}".encode())


def effects_of(folder: Path, actions: list[str]) -> list[Effect]:
    """Return what the actions plan for the note a.md, one after the other."""
    os.environ["XDG_DATA_HOME"] = str(folder)  # conftest.py gives back what it was
    path = folder.parent / "r.yaml"
    listed = "".join(f"  - {action}\n" for action in actions).replace("ROOT", str(folder))
    path.write_text(f"name: r\ntriggers: [{{watch: {folder}, recursive: true}}]\nactions:\n{listed}")
    recipe = load_recipe(path)
    note = take(folder / "a.md")
    run = {"date": "2026-03-02", "time": "18:00"}
    values = {"file": file_values(note.path, note.size, None), "vars": {}, "run": run, "recipe": {}}
    return plan(recipe, values, note, "", recipe.permissions().writes)


def after(folder: Path, effects: list[Effect]) -> Tree:
    """Make the changes one after the other and return the tree."""
    for effect in effects:
        carry_out(effect)
    return tree(notes=folder)


TRASH, OVER = "{{dest: ROOT/b.md, {0}on_conflict: trash}}", "{dest: ROOT/b.md, on_conflict: overwrite}"


@settings(max_examples=150)
@example([f"copy: {TRASH.format('')}", "rename: {name: b.md, on_conflict: trash}"], ["b.md"])
@example([f"copy: {OVER}", f"move: {OVER}"], ["b.md"])
@example([f"move: {OVER}", f"write: {TRASH.format('content: x, ')}"], ["b.md"])
@given(sequences.filter(bool), st.lists(names, max_size=4))
def test_a_merged_plan_ends_as_its_actions_one_by_one(actions: list[str], there: list[str]) -> None:
    """Same names, same contents, same tags; and each file is moved, written and tagged at most once."""
    memory = Path("/dev/shm")
    top = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None))
    try:
        found = []
        for way in (list, merged):
            folder = top / "notes"
            make(folder, there)
            try:
                effects = way(effects_of(folder, actions))
            except EffectError as error:  # a file that this very plan puts over another gives way in its turn
                if "Two actions want one place" not in str(error):
                    raise
                return
            found.append(after(folder, effects))
            shutil.rmtree(folder)
        one_by_one, at_once = found
        assert one_by_one == at_once
        for kind in (Move, Put, Copy):
            paths = [effect.path for effect in effects if isinstance(effect, kind)]
            assert len(paths) == len(set(paths))
        moved = [effect.source for effect in effects if isinstance(effect, Move)]
        assert len(moved) == len(set(moved))
        tagged = [effect.path for effect in effects if isinstance(effect, Tags)]
        assert all(
            tagged.count(path) <= 2 for path in tagged
        )  # those of a file that is replaced, and then ours
    finally:
        shutil.rmtree(top)


def test_a_file_that_comes_back_is_not_moved() -> None:
    """There and back again is nowhere."""
    here, there = Path("/notes/a.md"), Path("/notes/b.md")
    assert [] == merged([Move(path=there, source=here, after="x"), Move(path=here, source=there, after="x")])


def test_what_a_file_replaced_on_its_way_stays() -> None:
    """A recipe that moves a file over another and then further on leaves the other as it is, tags and all."""
    start, over, end = Path("/a"), Path("/b"), Path("/c")
    plan_ = [
        Tags(path=over, stored=None, stored_before=b"theirs"),
        Move(path=over, source=start, after="x", before="y"),
        Move(path=end, source=over, after="x"),
    ]
    assert [Move(path=end, source=start, after="x")] == merged(plan_)
