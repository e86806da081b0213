"""A damaged journal is rebuilt by the real daemon: old notes are left alone, new ones are done."""

import random
import subprocess
import sys

import pytest

from homebody.clock import SystemClock
from homebody.journal.merge import REBUILT
from homebody.journal.store import Journal

GOOD = "# Lisbon\n\nThe train to Lisbon leaves on 3 October at 07:42 from platform 9.\n"


def homebody(house, *words: str) -> str:
    """Return what a command on the house's home prints."""
    command = [sys.executable, "-I", "-m", "homebody", "--home", str(house.home.config), *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False).stdout


def inodes(house) -> dict[str, tuple[int, int]]:
    """Return which file lies under each name, and when it was last written."""
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in house.notes.iterdir()}


def over(house) -> bool:
    """Return whether the careful first look is over."""
    journal = Journal.open(house.home.journal, SystemClock(), read_only=True)
    try:
        return journal.meta(REBUILT) is None
    finally:
        journal.close()


@pytest.mark.parametrize("copy", [pytest.param(True, marks=pytest.mark.long), False])
def test_a_garbled_journal_costs_no_note_a_second_summary(house, copy: bool):
    """`status` and `doctor` say what happened; nothing is written again; the look ends; the next start is as usual."""
    house.shipped("summarize-notes", "tag-files")
    house.start()
    for name in ("a.md", "b.md"):
        house.drop(name, GOOD)
        house.ended(name, 2)
    assert house.stop() == 0
    assert "its copy is from 0 minutes ago" in homebody(house, "doctor")
    before = inodes(house)
    journal = house.home.journal
    if not copy:
        journal.with_name("journal.db.copy").unlink()
    noise = random.Random(7)
    with journal.open("r+b") as file:
        for page in range(0, journal.stat().st_size // 4096, 2):
            file.seek(page * 4096)
            file.write(noise.randbytes(4096))
    assert "the journal is damaged" in homebody(house, "doctor")
    house.start()
    (problem,) = house.status()["problems"]
    assert "was damaged and lies at" in problem
    house.until(lambda: over(house))
    assert before == inodes(house)
    house.drop("new.md", GOOD)
    assert ["done", "done"] == [run["state"] for run in house.ended("new.md", 2)]
    after = inodes(house)
    assert {"new.md", "new.summary.md"} == set(after) - set(before)
    assert before.items() <= after.items()
    assert house.stop() == 0
    house.start()
    assert [] == house.status()["problems"]
    shown = homebody(house, "doctor")
    assert "whole (checked just now)" in shown
    assert "a damaged journal was set aside" in shown
    assert after == inodes(house)
