"""Is anything of a person's lost who acts between any two steps of a deed, and does the run say what happened?"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from plans import PLANS, Plan, again_and_again
from trouble import Tree, Trouble, says_why

from homebody.errors import EffectError, UndoRefusedError
from homebody.house.recover import recover
from homebody.house.undo import CAN_BE_UNDONE, undo
from homebody.journal.run import RunState

NEWER = b"What the person saved just now.\n"


def save(path: Path) -> None:
    """Write a newer version in place, as simple editors do."""
    path.write_bytes(NEWER)


def save_and_rename(path: Path) -> None:
    """Write a newer version beside it and rename it, as careful editors do."""
    beside = path.with_name("careful.tmp")
    beside.write_bytes(NEWER)
    beside.replace(path)


def remove(path: Path) -> None:
    """Delete the file."""
    path.unlink(missing_ok=True)


def make_a_folder(path: Path) -> None:
    """Put a folder in the file's place, with something in it."""
    path.unlink(missing_ok=True)
    path.mkdir()
    (path / "inside.txt").write_bytes(NEWER)


def make_a_link(path: Path) -> None:
    """Put a link to a file elsewhere in the file's place."""
    elsewhere = path.with_name("elsewhere.txt")
    elsewhere.write_bytes(NEWER)
    path.unlink(missing_ok=True)
    path.symlink_to(elsewhere)


ACTS = (save, save_and_rename, remove, make_a_folder, make_a_link)


def targets(plan: Plan, name: str) -> dict[str, Path]:
    """Return the files that a plan reads, changes or makes, by a word for them."""
    found = {"note": plan.note}
    if name in ("over", "append", "move-over", "copy-over", "copies", "all"):
        found["there"] = plan.there
    if name in ("link-over", "move-trash", "write-trash", "copy-aside"):
        found["there"] = plan.there
    if name in ("away-over", "away-aside"):
        found["there"] = plan.disk / "a.md"
    made = {"new": plan.out / "new" / "a.txt", "move": plan.out / "deep" / "er" / "a.md"}
    made |= {"away": plan.disk / "deep" / "a.md", "all": plan.out / "deep" / "b.md"}
    made |= {
        "trash": plan.out / "Trash" / "files" / "a.md",
        "copy": made["move"],
        "link": made["move"],
        "copy-away": made["away"],
    }
    made |= {"copies": plan.out / "later" / "a.md"}
    if name in made:
        found["made"] = made[name]
    return found


@dataclass(frozen=True)
class Scenario:
    """What a person does to which file of which plan."""

    plan: str
    target: str
    act: Callable[[Path], None]

    def played(
        self, plans: Iterator[tuple[int, Plan]], trouble: Trouble, deed: Callable[[Plan], object]
    ) -> Iterator[tuple[Plan, set[bytes], str]]:
        """Yield each plan after *deed*, before whose n-th call the person acted.

        With it comes the content that the person overwrote or deleted, which is theirs to lose, and words for
        where that was.
        """
        for number, plan in plans:
            path = targets(plan, self.plan)[self.target]
            gone: list[bytes] = []

            def person(path: Path = path, gone: list[bytes] = gone) -> None:
                if path.parent.is_dir():
                    gone.append(path.read_bytes() if path.is_file() else b"")
                    self.act(path)

            trouble.wait_for(number, person)
            deed(plan)
            if not trouble.over():
                return
            if gone:
                run = plan.room.journal.run(plan.number)
                where = f"call {number}, {trouble.struck}, {self.act.__name__}: {run.state}, {run.reason}"
                yield plan, set(gone), where


def contents(tree: Tree) -> set[bytes]:
    """Return every content in *tree*."""
    return {content for content, _, _ in tree.values()}


def leavings(plan: Plan) -> list[str]:
    """Return the temporary files that are left."""
    return [name for name in plan.tree() if ".homebody-" in name]


TARGETS = {
    "new": ("made",),
    "over": ("there",),
    "front": ("note",),
    "append": ("there",),
    "move": ("note", "made"),
    "move-over": ("note", "there"),
    "away": ("note", "made"),
    "away-over": ("note", "there"),
    "tag": ("note",),
    "all": ("note", "there", "made"),
    "trash": ("note", "made"),
    "copy": ("note", "made"),
    "copy-over": ("note", "there"),
    "copy-away": ("note", "made"),
    "move-trash": ("note", "there"),
    "away-aside": ("note", "there"),
    "write-trash": ("there",),
    "copy-aside": ("note", "there"),
    "link": ("note", "made"),
    "link-over": ("note", "there"),
    "copies": ("note", "there", "made"),
}
EVERYDAY = ("over", "move", "move-over", "away-over")
"""With two of the acts; the long run has all plans and acts."""
SCENARIOS = [
    pytest.param(
        Scenario(plan, target, act),
        id=f"{plan}-{target}-{act.__name__}",
        marks=() if plan in EVERYDAY and act in (save, make_a_folder) else pytest.mark.long,
    )
    for plan in PLANS
    for target in TARGETS[plan]
    for act in ACTS
]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_what_a_person_does_during_a_run_stands(two_disks, rooms, trouble, scenario):
    """The newer version, the folder or the link is there in the end; all else is there, or in the vault for an undo."""
    plans = again_and_again(rooms, *two_disks, scenario.plan)
    tried = 0
    for plan, gone, where in scenario.played(plans, trouble, Plan.carry_out):
        tried += 1
        run = plan.room.journal.run(plan.number)
        assert says_why(run), where
        recover(plan.room.journal, plan.room.vault)
        there = contents(plan.tree())
        in_reach = plan.kept() if run.state in CAN_BE_UNDONE else set()
        assert contents(plan.before) - gone <= there | in_reach, where
        # What was saved before the file was read has a line more, or is in the middle of it.
        assert scenario.act is remove or any(NEWER in content for content in there), where
        links = [
            one
            for top in (plan.room.notes, plan.out, plan.disk)
            for one in top.rglob("*")
            if one.is_symlink()
        ]
        assert scenario.act is not make_a_link or links, where
        assert [] == leavings(plan), where
    assert tried > 3


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_what_a_person_does_during_an_undo_stands(two_disks, rooms, trouble, scenario):
    """It is refused or leaves the newer version alone; by force the old one comes back beside it."""

    def taken_back(plan: Plan) -> None:
        with contextlib.suppress(UndoRefusedError, EffectError):
            undo(plan.room.journal, plan.room.vault, plan.number)

    def done() -> Iterator[tuple[int, Plan]]:
        for number, plan in again_and_again(rooms, *two_disks, scenario.plan):
            assert RunState.DONE == plan.carry_out().state
            yield number, plan

    for plan, gone, where in scenario.played(done(), trouble, taken_back):
        journal, vault = plan.room.journal, plan.room.vault
        recover(journal, vault)
        assert scenario.act is remove or NEWER in contents(plan.tree()), where
        assert contents(plan.before) - gone <= contents(plan.tree()) | plan.kept(), where
        if journal.run(plan.number).state == RunState.DONE and scenario.act in (save, save_and_rename):
            undo(journal, vault, plan.number, force=True)
            assert contents(plan.before) - gone | {NEWER} <= contents(plan.tree()), where
        assert [] == leavings(plan), where
