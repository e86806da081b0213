"""The plans that trouble is made for: every kind of deed, alone and together, on one and on two disks."""

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from trouble import Tree, tree

from homebody.actions.tags import ATTRIBUTE
from homebody.documents.file import identify
from homebody.events import FileSettled
from homebody.house.loop import Endings
from homebody.house.recover import recover
from homebody.journal.run import Run, RunState

PLANS = {
    "new": "write: {dest: 'OUT/new/a.txt', content: 'A new text.'}",
    "over": "write: {dest: 'OUT/a.md', content: 'A newer text.', on_conflict: overwrite}",
    "front": "front_matter: {set: {seen: often}}",
    "append": "append: {dest: 'OUT/a.md', content: 'One line more.'}",
    "move": "move: 'OUT/deep/er/'",
    "move-over": "move: {dest: 'OUT/', on_conflict: overwrite}",
    "away": "move: 'DISK/deep/'",
    "away-over": "move: {dest: 'DISK/', on_conflict: overwrite}",
    "tag": "tag: {add: [seen, again]}",
    "trash": "trash",
    "copy": "copy: 'OUT/deep/er/'",
    "copy-over": "copy: {dest: 'OUT/', on_conflict: overwrite}",
    "copy-away": "copy: 'DISK/deep/'",
    "all": "rename: 'b.md'\n  - front_matter: {set: {seen: often}}\n  - move: 'OUT/deep/'\n  - tag: seen\n"
    "  - append: {dest: 'OUT/a.md', content: 'One line more.'}",
    "move-trash": "move: {dest: 'OUT/', on_conflict: trash}",
    "away-aside": "move: {dest: 'DISK/', on_conflict: rename_existing}",
    "write-trash": "write: {dest: 'OUT/a.md', content: 'A newer text.', on_conflict: trash}",
    "copy-aside": "copy: {dest: 'OUT/', on_conflict: rename_existing}",
    "link": "hard_link: 'OUT/deep/er/'",
    "link-over": "hard_link: {dest: 'OUT/', on_conflict: overwrite}\n  - tag: seen\n"
    "  - front_matter: {set: {seen: often}}",
    "copies": "copy: {dest: 'OUT/', on_conflict: overwrite}\n  - front_matter: {set: {seen: often}}\n  - tag: seen\n"
    "  - copy: 'OUT/later/'\n  - rename: 'b.md'\n  - copy: 'DISK/'",
}
"""A recipe's actions by a word for them; the note is ``Notes/a.md``, and in both folders lies a file of its name."""

NOTE = b"---\ntitle: mine\n---\nThe note.\n"
THERE = b"What was there before.\n"


class Plan:
    """One run of one plan in a room of its own, ready to be carried out."""

    def __init__(self, room, disk: Path, name: str) -> None:
        self.room, self.out, self.disk = room, room.folder / "out", disk
        self.note, self.there = room.notes / "a.md", self.out / "a.md"
        os.environ["XDG_DATA_HOME"] = str(self.out)  # conftest.py gives back what it was
        self.out.mkdir()
        disk.mkdir()
        room.recipe(name, f"actions:\n  - {PLANS[name].replace('DISK', str(disk))}\non_error: {{retry: 1}}\n")
        for path, content in (
            (self.note, NOTE),
            (self.there, THERE),
            (disk / "a.md", THERE + b"And away.\n"),
        ):
            path.write_bytes(content)
            path.chmod(0o640)
            os.setxattr(path, ATTRIBUTE, b"mine")
        self.before = self.tree()
        content = identify(self.note)
        self.number = room.journal.enqueue(
            recipe=name, recipe_hash="h", event=FileSettled(path=self.note, content=content), key="k",
            path=self.note, content=content, origin=content, due=None,
        )  # fmt: skip

    def tree(self) -> Tree:
        """Return every file of the three folders; of the trash's notes neither the moment nor the room's place."""
        found = tree(notes=self.room.notes, out=self.out, disk=self.disk)
        here = bytes(self.room.folder)
        return {
            name: (content.split(b"DeletionDate")[0].replace(here, b""), *rest)
            for name, (content, *rest) in found.items()
        }

    def path_of(self, name: str) -> Path:
        """Return the path of a file that ``tree`` calls *name*."""
        top, rest = name.split("/", 1)
        return {"notes": self.room.notes, "out": self.out, "disk": self.disk}[top] / rest

    def carry_out(self) -> Run:
        """Carry the run out once, write down how it ended, and return it."""
        run = self.room.journal.claim()
        assert run is not None
        Endings(self.room.journal, self.room.clock, self.room.recipes).record(
            run, self.room.runner().run(run)
        )
        return self.room.journal.run(run.id)

    def start_again(self) -> Run:
        """Be homebody's next start, and a person who tries again what did not work; return the run then."""
        recover(self.room.journal, self.room.vault)
        run = self.room.journal.run(self.number)
        if run.state in (RunState.FAILED, RunState.QUARANTINED, RunState.SKIPPED):
            self.room.journal.queue_again(run.id)
        self.room.clock.advance(4000)
        while self.room.journal.run(self.number).state == RunState.QUEUED:
            self.carry_out()
        return self.room.journal.run(self.number)

    def kept(self) -> set[bytes]:
        """Return what the vault holds for an undo of the run."""
        effects = self.room.journal.effects(self.number)
        return {self.room.vault.get(one.before_image) for one in effects if one.before_image is not None}


def half_files(found: Tree, *trees: Tree) -> dict[str, bytes]:
    """Return the files of *found* whose content is in none of *trees*: nobody ever wanted it there."""
    whole = {content for one in trees for content, _, _ in one.values()}
    return {name: content for name, (content, _, _) in found.items() if content not in whole}


MOST_CALLS = 500


def again_and_again(
    rooms: Callable[[Path], Any], folder: Path, disk: Path, name: str
) -> Iterator[tuple[int, Plan]]:
    """Yield the same plan in a new room each time, with its number, from 1 on."""
    for number in itertools.count(1):
        assert number < MOST_CALLS
        plan = Plan(rooms(folder / f"{number}"), disk / f"{number}", name)
        yield number, plan
        plan.room.journal.close()
