"""Does a start after a kill at any system call of a deed bring all to the end that it would have had?

``tests/crash/kill.py`` kills real processes at moments drawn by lot; here each call has its turn, and what was
left open is closed, as the kernel does it.
"""

import contextlib
from collections.abc import Iterator

import pytest
from plans import PLANS, Plan, again_and_again
from trouble import Killed

from homebody.house.recover import recover
from homebody.house.undo import undo
from homebody.journal.run import RunState

NEWER = b"What a person made of it.\n"
EVERYDAY = ("new", "over", "move-over", "away-over", "all")

each_plan = pytest.mark.parametrize(
    "name", [pytest.param(one, marks=() if one in EVERYDAY else pytest.mark.long) for one in PLANS]
)


def done(plans: Iterator[tuple[int, Plan]], *, edited: bool = False) -> Iterator[tuple[int, Plan]]:
    """Yield plans whose run is done; *edited*: a person has changed everything that came out of it since."""
    for number, plan in plans:
        assert RunState.DONE == plan.carry_out().state
        if edited:
            for name, found in plan.tree().items():
                if plan.before.get(name) != found:
                    plan.path_of(name).write_bytes(NEWER + name.encode())
        yield number, plan


@each_plan
def test_a_killed_run_is_finished(two_disks, rooms, trouble, name):
    """And can be taken back."""
    plans = again_and_again(rooms, *two_disks, name)
    _, clean = next(plans)
    clean.carry_out()
    wanted = clean.tree()
    for number, plan in plans:
        trouble.kill_at(number)
        with contextlib.suppress(Killed):
            plan.carry_out()
        if not trouble.over():
            break
        run = plan.start_again()
        where = f"call {number}, {trouble.struck}: {run.state}, {run.reason}"
        assert wanted == plan.tree(), where
        undo(plan.room.journal, plan.room.vault, plan.number)
        assert plan.before == plan.tree(), where
    assert number > 5


@each_plan
def test_a_killed_undo_is_finished(two_disks, rooms, trouble, name):
    """Or had not begun, and is done by the next."""
    plans = done(again_and_again(rooms, *two_disks, name))
    for number, plan in plans:
        trouble.kill_at(number)
        with contextlib.suppress(Killed):
            undo(plan.room.journal, plan.room.vault, plan.number)
        if not trouble.over():
            break
        recover(plan.room.journal, plan.room.vault)
        if plan.room.journal.run(plan.number).state == RunState.DONE:
            undo(plan.room.journal, plan.room.vault, plan.number)
        assert plan.before == plan.tree(), f"call {number}, {trouble.struck}"
    assert number > 3


@each_plan
def test_a_killed_undo_by_force_is_finished(two_disks, rooms, trouble, name):
    """What a person made of the files is there, and everything else as an undo that nobody killed leaves it."""

    def forced(plan: Plan) -> None:
        undo(plan.room.journal, plan.room.vault, plan.number, force=True)

    plans = done(again_and_again(rooms, *two_disks, name), edited=True)
    _, clean = next(plans)
    edited = {content for content, _, _ in clean.tree().values() if content.startswith(NEWER)}
    forced(clean)
    wanted = clean.tree()
    assert edited <= {content for content, _, _ in wanted.values()}
    assert edited
    for number, plan in plans:
        trouble.kill_at(number)
        with contextlib.suppress(Killed):
            forced(plan)
        if not trouble.over():
            break
        recover(plan.room.journal, plan.room.vault)
        if plan.room.journal.run(plan.number).state == RunState.DONE:
            forced(plan)
        assert wanted == plan.tree(), f"call {number}, {trouble.struck}"
    assert number > 3
