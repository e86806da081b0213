"""Kill homebody again and again, at every kind of statement and at any moment: is anything lost, or done twice?

    python tests/crash/kill.py [--kills N] [--files N] [--seed N] [--json]

A folder of notes is worked on by the real intake, runner, journal, vault and undo, in a child process that is
killed with SIGKILL: mostly when it reaches a statement drawn by lot (the child kills itself there, before the
statement runs), else from outside, after a time drawn by lot. The next child goes on
with what it finds. When all runs are done, all of them are undone, newest first, under the same kills. What
must be there in the end comes from a run that nobody killed. The last line is JSON: ``kills``, ``files``,
``lost``, ``repeated``, ``partial``, ``not_undoable``, ``points`` (statements at which a kill struck), ``seconds``.
"""

import argparse
import json
import os
import random
import select
import shutil
import signal
import stat
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import homebody
from homebody.clock import SystemClock
from homebody.documents.reader import Reader
from homebody.errors import UndoRefusedError
from homebody.house.intake import Intake
from homebody.house.loop import Endings
from homebody.house.recover import recover
from homebody.house.runner import Runner
from homebody.house.undo import undo
from homebody.house.watched import wishes
from homebody.journal.run import RunState
from homebody.journal.store import Journal
from homebody.journal.vault import Vault
from homebody.logs import configure
from homebody.recipe.load import load_folder
from homebody.recipe.schema import Recipe
from homebody.testing import FakeModel
from homebody.triggers.rescan import look

RECIPES = {
    "stamp": "front_matter: {set: {stamp: '{{ file.stem }}'}, add: {tags: [seen]}}",
    "beside": "write: {dest: '{{ file.folder }}/{{ file.stem }}.beside.txt', content: 'Beside {{ file.name }}.'}",
    "over": "write: {dest: 'OUT/{{ file.stem }}.txt', content: 'Over {{ file.name }}.', on_conflict: overwrite}",
    "log": "append: {dest: 'OUT/log/{{ file.suffix | slug }}.txt', content: '{{ file.name }} was seen'}",
}
RECIPE = """version: 1
name: NAME
description: One kind of change
triggers:
  - {watch: NOTES, existing: process, settle: 50ms}
filters:
  - extension: KINDS
actions:
  - ACTION
"""
PACKAGE = f"{Path(homebody.__file__).parent}/"
ROOMS = tuple(PACKAGE + room for room in ("journal/", "actions/", "house/"))
DEEDS = tuple(
    PACKAGE + file
    for file in (
        "actions/apply.py",
        "actions/temporary.py",
        "house/recover.py",
        "house/undo.py",
        "journal/vault.py",
    )
)
"""Where files are changed: half of the statements at which a kill strikes are drawn from these rooms alone."""

LIVES = {ROOMS: 4000, DEEDS: 400}
"""Statements that a child lives at most, by where they are counted."""

LIVES_OF_SECONDS = 0.5
HEAP = b"\x00\xff no text, but a note's own bytes\r\n"


@dataclass
class Tally:
    """What the kills did, and what they did wrong."""

    kills: int = 0
    files: int = 0
    lost: int = 0
    repeated: int = 0
    partial: int = 0
    not_undoable: int = 0
    points: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def wrong(self, kind: str, what: str) -> None:
        """Count a fault."""
        setattr(self, kind, getattr(self, kind) + 1)
        self.faults.append(f"{kind}: {what}")


class Refused(Exception):
    """What a child said that neither ended well nor was killed."""


class Scene:
    """A folder of notes, a folder for what comes out, recipes, and homebody's state."""

    def __init__(self, folder: Path, files: int) -> None:
        self.folder, self.files = folder, files
        self.notes, self.out, self.state = folder / "notes", folder / "out", folder / "state"

    def build(self) -> None:
        """Make everything as it is before homebody comes: some notes have front matter, some files are there."""
        for made in (self.notes, self.out, self.state, self.folder / "recipes"):
            made.mkdir(parents=True)
        for name, action in RECIPES.items():
            text = RECIPE.replace("NAME", name).replace("ACTION", action)
            text = (
                text.replace("KINDS", "md" if name == "stamp" else "[md, txt]")
                .replace("NOTES", str(self.notes))
                .replace("OUT", str(self.out))
            )
            (self.folder / "recipes" / f"{name}.yaml").write_text(text)
        for number in range(self.files):
            top = b"---\r\ntags: [a]\r\n---\r\n" if number % 3 == 0 else b""
            path = self.notes / f"note-{number}{'.txt' if number % 4 == 3 else '.md'}"
            path.write_bytes(top + b"Note %d.\r\n" % number)
            path.chmod(0o600 if number % 2 else 0o644)
            if number % 2:
                (self.out / f"note-{number}.txt").write_bytes(HEAP)

    def recipes(self) -> dict[str, Recipe]:
        """Return the recipes."""
        loaded = load_folder(self.folder / "recipes")
        assert not loaded.problems, loaded.problems
        return {recipe.name: recipe for recipe in loaded.recipes}

    def tree(self) -> dict[str, tuple[bytes, int]]:
        """Return every file in the notes and in what came out, with its content and its mode."""
        return {
            str(path.relative_to(self.folder)): (path.read_bytes(), stat.S_IMODE(path.stat().st_mode))
            for top in (self.notes, self.out)
            for path in top.rglob("*")
            if path.is_file()
        }


def work(scene: Scene) -> None:
    """Be homebody on *scene* until there is nothing left to do."""
    clock, recipes = SystemClock(), scene.recipes()
    journal, vault = Journal.open(scene.state / "journal.db", clock), Vault(scene.state / "vault", bytes(32))
    assert journal.damaged is None, "the journal was damaged"
    recover(journal, vault)
    runner = Runner(
        journal=journal,
        vault=vault,
        model=FakeModel,
        reader=Reader(clock=clock),
        clock=clock,
        recipes=recipes,
    )
    intake = Intake(
        journal=journal, clock=clock, watched=wishes(recipes.values(), 0.0), wake=lambda: None, rescan_seconds=1,
        stat=look, mend=lambda: None,
    )  # fmt: skip
    endings = Endings(journal, clock, recipes)
    for round_ in range(3):
        while (run := journal.claim()) is not None:
            endings.record(run, runner.run(run))
        if round_ < 2:
            intake.enrol()
            intake.rescan()
            while intake.pending():
                select.select([], [], [], 0.01)
                intake.tick()
    journal.close()


def take_back(scene: Scene) -> None:
    """Undo every run that is done; the one whose changes were planned last goes first."""
    journal, vault = (
        Journal.open(scene.state / "journal.db", SystemClock()),
        Vault(scene.state / "vault", bytes(32)),
    )
    assert journal.damaged is None, "the journal was damaged"
    recover(journal, vault)
    done = {run.id: journal.effects(run.id) for run in journal.runs(limit=100_000, state=RunState.DONE)}
    for number, _effects in sorted(
        done.items(), key=lambda item: [effect.id for effect in item[1]], reverse=True
    ):
        try:
            undo(journal, vault, number)
        except UndoRefusedError as error:
            if "changed nothing" not in str(error):
                raise
    journal.close()


def kill_at(statement: int, where: tuple[str, ...], report: int) -> None:
    """Let this process kill itself before its *statement*-th statement in these rooms, telling at which."""
    left = statement

    def in_line(frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal left
        if event == "line":
            left -= 1
            if left == 0:
                os.write(report, f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}".encode())
                os.kill(os.getpid(), signal.SIGKILL)
        return in_line

    def in_call(frame: FrameType, _event: str, _argument: Any) -> Any:
        return in_line if frame.f_code.co_filename.startswith(where) else None

    sys.settrace(in_call)


def live(scene: Scene, deed: Callable[[Scene], None], lot: random.Random, tally: Tally) -> bool:
    """Let one child do *deed* until it is done or killed, and return whether it came to its end."""
    by_statement, where = lot.random() < 0.7, DEEDS if lot.random() < 0.7 else ROOMS
    statement, seconds = lot.randint(1, LIVES[where]), lot.uniform(0, LIVES_OF_SECONDS)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            if by_statement:
                kill_at(statement, where, writing)
            deed(scene)
            os._exit(0)
        except BaseException as fault:  # noqa: BLE001 - told by the parent
            os.write(writing, f"fault {type(fault).__name__}: {fault}".encode()[:4000])
            os._exit(1)
    os.close(writing)
    if not by_statement and not select.select([reading], [], [], seconds)[0]:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    told = b""
    while block := os.read(reading, 4096):
        told += block
    os.close(reading)
    if os.WIFSIGNALED(status):
        tally.kills += 1
        tally.points |= {told.decode()} - {""}
        return False
    if os.WEXITSTATUS(status):
        raise Refused(told.decode())
    return True


def half_done(scene: Scene, before: dict[str, Any], after: dict[str, Any], tally: Tally) -> None:
    """Look for anything that is neither as it was nor as it is to be; logs hold whole lines, each once."""
    for name, (content, _mode) in scene.tree().items():
        if ".homebody-" in name:
            continue
        if "/log/" in name:
            lines = content.splitlines(keepends=True)
            if len(set(lines)) < len(lines):
                tally.wrong("repeated", name)
            if not set(lines) <= set(after[name][0].splitlines(keepends=True)):
                tally.wrong("partial", name)
        elif name not in before and name not in after:
            tally.wrong("repeated", name)
        elif content not in {tree[name][0] for tree in (before, after) if name in tree}:
            tally.wrong("partial", name)


def in_the_end(found: dict[str, Any], wanted: dict[str, Any], kind: str, tally: Tally) -> None:
    """Compare two trees; the order of a log's lines does not count, as recipes take turns."""

    def comparable(tree: dict[str, Any]) -> dict[str, Any]:
        return {
            name: (sorted(content.splitlines()) if "/log/" in name else content, mode)
            for name, (content, mode) in tree.items()
        }

    found, wanted = comparable(found), comparable(wanted)
    for name in sorted(found.keys() | wanted.keys()):
        if found.get(name) != wanted.get(name):
            tally.wrong("repeated" if name not in wanted and kind == "lost" else kind, name)


def round_of_kills(folder: Path, files: int, kills: int, lot: random.Random, tally: Tally) -> None:
    """Work a scene to its end and take it all back, with at most *kills* kills in all."""
    clean, scene = Scene(folder / "clean", files), Scene(folder / "killed", files)
    for made in (clean, scene):
        made.build()
    before = scene.tree()
    assert live(clean, work, Never(), tally)
    after = clean.tree()
    for deed, wanted, kind in ((work, after, "lost"), (take_back, before, "not_undoable")):
        try:
            while not live(scene, deed, lot if tally.kills < kills else Never(), tally):
                half_done(scene, before, after, tally)
        except Refused as fault:
            tally.wrong(kind, str(fault))
            return
        in_the_end(scene.tree(), wanted, kind, tally)
    tally.files += files


class Never(random.Random):
    """A lot that never falls: the child lives as long as it has something to do."""

    def random(self) -> float:
        """Return what stands for a kill from outside."""
        return 1.0

    def uniform(self, a: float, b: float) -> float:
        """Return a time that no child lives."""
        return 3600.0

    def randint(self, a: int, b: int) -> int:
        """Return a statement that is never reached."""
        return sys.maxsize


def main() -> int:
    """Kill as often as asked, print what was found, and return 0 only if nothing was wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--json", action="store_true", help="print nothing but the last line")
    asked = parser.parse_args()
    configure(None)
    tally, lot, began = Tally(), random.Random(asked.seed), time.monotonic()
    while tally.kills < asked.kills:
        folder = Path(tempfile.mkdtemp(prefix="homebody-kill-"))
        try:
            round_of_kills(folder, asked.files, asked.kills, lot, tally)
        finally:
            shutil.rmtree(folder)
        if not asked.json:
            print(
                f"{tally.kills} kills, seed {asked.seed}: {tally.faults[:10] or 'nothing wrong'}", flush=True
            )
    found = {
        "kills": tally.kills, "files": tally.files, "lost": tally.lost, "repeated": tally.repeated,
        "partial": tally.partial, "not_undoable": tally.not_undoable, "points": len(tally.points),
        "seed": asked.seed, "faults": tally.faults[:20], "seconds": round(time.monotonic() - began, 1),
    }  # fmt: skip
    print(json.dumps(found))
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
