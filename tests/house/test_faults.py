"""Is anything lost when one system call of a deed fails, whichever it is? And is all well once the fault is gone?"""

import errno
import os

import pytest
from plans import PLANS, again_and_again, half_files
from trouble import says_why

from homebody.errors import HomebodyError
from homebody.house.recover import recover
from homebody.house.undo import undo
from homebody.journal.run import RunState

ERRORS = (errno.EIO, errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EXDEV)


def failing(number: int):
    """Return what fails as a system call does."""

    def fail() -> None:
        raise OSError(number, os.strerror(number))

    return fail


EVERYDAY = ("new", "move", "move-over", "away-over", "all")
"""Between them these have every kind of deed; the long run has the other plans, too."""

each_plan = pytest.mark.parametrize(
    "name", [pytest.param(one, marks=() if one in EVERYDAY else pytest.mark.long) for one in PLANS]
)
each_error = pytest.mark.parametrize(
    "first", [0, *(pytest.param(one, marks=pytest.mark.long) for one in range(1, len(ERRORS)))]
)
"""At each position one error, another one at the next; the long run tries all of them everywhere."""


@each_error
@each_plan
def test_a_run_loses_nothing_and_is_done_when_the_fault_is_gone(two_disks, rooms, trouble, name, first):
    """Each call of its deeds fails in turn: no half file, a state with a reason, and then as if nothing had been."""
    plans = again_and_again(rooms, *two_disks, name)
    _, clean = next(plans)
    clean.carry_out()
    wanted = clean.tree()
    for number, plan in plans:
        trouble.wait_for(number, failing(ERRORS[(number + first) % len(ERRORS)]))
        run = plan.carry_out()
        if not trouble.over():
            break
        where = f"call {number}, {trouble.struck}: {run.state}, {run.reason}"
        found = plan.tree()
        assert says_why(run), where
        assert {} == half_files(found, plan.before, wanted), where
        there = {content for content, _, _ in found.values()} | plan.kept()
        assert {content for content, _, _ in plan.before.values()} <= there, where
        assert RunState.DONE == plan.start_again().state, where
        assert wanted == plan.tree(), where
        undo(plan.room.journal, plan.room.vault, plan.number)
        assert plan.before == plan.tree(), where
    assert number > 5


@each_error
@each_plan
def test_an_undo_is_whole_or_not_at_all_and_works_when_the_fault_is_gone(
    two_disks, rooms, trouble, name, first
):
    """Each call fails in turn: after it all is as the run left it, or as it was before; a second undo ends it."""
    for number, plan in again_and_again(rooms, *two_disks, name):
        assert RunState.DONE == plan.carry_out().state
        after = plan.tree()
        trouble.wait_for(number, failing(ERRORS[(number + first) % len(ERRORS)]))
        journal, vault = plan.room.journal, plan.room.vault
        error: HomebodyError | None = None
        try:
            undo(journal, vault, plan.number)
        except HomebodyError as met:
            error = met
        if not trouble.over():
            break
        state = journal.run(plan.number).state
        where = f"call {number}, {trouble.struck}: {state}, {error}"
        if error is not None:
            assert (RunState.DONE, after) == (state, plan.tree()), where
            recover(journal, vault)
            undo(journal, vault, plan.number)
        assert (RunState.UNDONE, plan.before) == (journal.run(plan.number).state, plan.tree()), where
    assert number > 3
