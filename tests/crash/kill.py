"""Kill homebody again and again, at every kind of statement and at any moment: is anything lost, or done twice?

    python tests/crash/kill.py [--kills N] [--files N] [--seed N] [--json]

The files of ``scene.py`` are worked on by the real intake, runner, journal, vault and undo, in a child process that
is killed with SIGKILL: mostly when it reaches a statement drawn by lot (the child kills itself there, before the
statement runs), else from outside, after a time drawn by lot. The next child goes on with what it finds. When all
runs are done, all of them are undone, newest first, under the same kills; in every other round a person edits files
first, and the undo is by force. What must be there in the end comes from a run that nobody killed: content, mode,
desktop tags, and the age of files that were only moved or tagged, or hold again what they held first. The last
line is JSON: ``kills``, ``files``, ``lost``, ``repeated``, ``partial``,
``not_undoable``, ``points`` (statements at which a kill struck), ``seconds``.
"""

import argparse
import itertools
import json
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from lives import Refused, Tally, live, take_back, take_back_by_force, work
from scene import TELLING, Look, Scene

from homebody.clock import SystemClock
from homebody.journal.run import RunState
from homebody.journal.store import Journal
from homebody.logs import configure

Tree = Mapping[str, Look]


def half_done(scene: Scene, before: Tree, after: Tree, tally: Tally) -> None:
    """Look for a name or a content that is in neither tree; logs hold whole lines, each once."""
    trees = (*before.items(), *after.items())
    whole = {one.content for _, one in trees}
    logged = {
        line for name, one in trees if "/log/" in name for line in one.content.splitlines(keepends=True)
    }
    for name, found in scene.tree().items():
        if ".homebody-" in name:
            continue
        if "/log/" in name:
            lines = found.content.splitlines(keepends=True)
            if len(set(lines)) < len(lines):
                tally.wrong("repeated", name)
            if not set(lines) <= logged:
                tally.wrong("partial", name)
        elif name not in before and name not in after:
            tally.wrong("repeated", name)
        elif found.content not in whole:
            tally.wrong("partial", name)


def in_the_end(found: Tree, wanted: Tree, kind: str, tally: Tally) -> None:
    """Compare two trees; the order of a log's lines does not count, as recipes take turns."""

    def comparable(tree: Tree) -> dict[str, Any]:
        return {
            name: (sorted(one.content.splitlines()), one.mode, one.tags) if "/log/" in name else one
            for name, one in tree.items()
        }

    there, due = comparable(found), comparable(wanted)
    for name in sorted(there.keys() | due.keys()):
        if there.get(name) != due.get(name):
            told = "repeated" if name not in due and kind == "lost" else kind
            tally.wrong(told, f"{name}: {there.get(name)} instead of {due.get(name)}")


def round_of_kills(
    scenes: tuple[Scene, Scene], kills: int, lot: random.Random, tally: Tally, *, force: bool
) -> None:
    """Work a scene to its end and take it all back, with at most *kills* kills in all."""
    clean, scene = scenes
    for made in scenes:
        made.build()
    before = scene.tree()
    assert live(clean, work, Never(), tally)
    after = clean.tree()
    if not under_kills(scene, work, (before, after), kills, lot, tally):
        return
    undoing, left, wanted = take_back, after, before
    if force:
        for made in scenes:
            made.edit()
        undoing, left = take_back_by_force, clean.tree()
        assert live(clean, undoing, Never(), tally)
        wanted = clean.tree()
        nothing_of_the_persons_is_lost(left, wanted, tally)
    if under_kills(scene, undoing, (left, wanted), kills, lot, tally):
        tally.files += scene.files


def under_kills(
    scene: Scene,
    deed: Callable[[Scene], None],
    trees: tuple[Tree, Tree],
    kills: int,
    lot: random.Random,
    tally: Tally,
) -> bool:
    """Let *deed* be done under kills, compare what comes out with the second tree, and return whether it ended."""
    kind = "lost" if deed is work else "not_undoable"
    try:
        while not live(scene, deed, lot if tally.kills < kills else Never(), tally):
            half_done(scene, *trees, tally)
    except Refused as fault:
        tally.wrong(kind, str(fault))
        return False
    faults = len(tally.faults)
    told_once(scene, kind, tally)
    in_the_end(scene.tree(), trees[1], kind, tally)
    if len(tally.faults) > faults:
        tally.faults += endings(scene)
    return True


def told_once(scene: Scene, kind: str, tally: Tally) -> None:
    """Look whether each run that has a notice told it once, and one that was taken back took it back."""
    journal = Journal.open(scene.state / "journal.db", SystemClock(), read_only=True)
    told = Counter(one.run for one in journal.notices(limit=100_000) if one.image is not None)
    for run in journal.runs(limit=100_000):
        wanted = int(run.recipe in TELLING and run.state is RunState.DONE)
        if told[run.id] > wanted:
            tally.wrong(
                "repeated", f"notice {told[run.id]} times of {run.recipe}, which is {run.state.value}"
            )
        elif told[run.id] < wanted:
            tally.wrong(kind, f"the notice of {run.recipe}")
    journal.close()


def endings(scene: Scene) -> list[str]:
    """Return how the runs ended that neither were done nor taken back, to help whoever looks for the fault."""
    journal = Journal.open(scene.state / "journal.db", SystemClock(), read_only=True)
    runs = [run for run in journal.runs(limit=100_000) if run.state not in (RunState.DONE, RunState.UNDONE)]
    told = [f"{run.recipe} on {run.path} is {run.state.value}: {run.reason}" for run in runs]
    told += [f"  {one.deed} {one.path.name} {one.state}" for run in runs for one in journal.effects(run.id)]
    journal.close()
    return told


def nothing_of_the_persons_is_lost(edited: Tree, undone: Tree, tally: Tally) -> None:
    """Every content that a person wrote before a forced undo is there after it, under some name."""
    there = {one.content for one in undone.values()}
    for name, one in edited.items():
        if one.content.startswith(b"A person's") and one.content not in there:
            tally.wrong("lost", name)


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
    for number in itertools.count():
        if tally.kills >= asked.kills:
            break
        folder = Path(tempfile.mkdtemp(prefix="homebody-kill-"))
        scenes = Scene(folder / "clean", asked.files), Scene(folder / "killed", asked.files)
        try:
            force = number % 2 == 1
            most = (
                asked.kills if force else (tally.kills + asked.kills + 1) // 2
            )  # half of them for the other kind
            round_of_kills(scenes, most, lot, tally, force=force)
        finally:
            for scene in scenes:
                scene.remove()
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
