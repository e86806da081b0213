"""A full disk under journal, vault and log: the daemon says that it rests, and goes on by itself."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

GOOD = "The train to Lisbon leaves on 3 October at 07:42 from platform 9.\n"


@pytest.fixture
def small_home(house) -> Iterator[Path]:
    """The house's own folders on a file system of four megabytes, where this user may make one."""
    folder = house.home.config
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m,mode=700", "none", str(folder)],
        check=False,
        capture_output=True,
    )
    if made.returncode:
        pytest.skip("this user may not mount a tmpfs")
    house.home.recipes.mkdir(parents=True)
    house.settings("settle: 0.1\nrescan: 2\n")
    yield folder
    house.clean_up()
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(disk: Path) -> Path:
    """Leave not one byte free on *disk*, and return the file that takes the room."""
    filler = disk / "filler.bin"
    with contextlib.suppress(OSError), filler.open("ab", buffering=0) as file:
        while file.write(b"x" * 4096):
            pass
    return filler


def test_a_state_folder_that_is_full_pauses_everything_and_loses_nothing(house, small_home):
    """`status` says so with the time, nothing fails, files that came meanwhile are done, the log goes on."""
    house.shipped("summarize-notes")
    house.start()
    house.drop("before.txt", GOOD)
    house.ended("before.txt")
    filler = fill(small_home)
    house.drop("a.txt", GOOD)
    house.drop("b.txt", GOOD)
    house.until(lambda: house.status()["paused"] is not None)
    command = [sys.executable, "-I", "-m", "homebody", "--home", str(house.home.config), "status"]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    (line,) = [line for line in shown.splitlines() if line.startswith("paused:")]
    assert "the disk is full (0.0 MB free" in line
    assert line.endswith("goes on by itself when there is room")
    assert "failed" not in house.status()["counts"]
    assert "quarantined" not in house.status()["counts"]
    filler.unlink()
    for name in ("a.txt", "b.txt"):
        (run,) = house.ended(name)
        assert (run["state"], run["attempt"]) == ("done", 1), run
    house.until(lambda: house.status()["paused"] is None)
    assert {"before", "a", "b"} == {path.name.split(".")[0] for path in house.notes.glob("*.summary.md")}
    house.drop("after.txt", GOOD)
    house.ended("after.txt")
    assert house.stop() == 0
    log = [json.loads(line) for line in house.home.log.read_text(encoding="utf-8").splitlines()]
    assert log[-1]["event"] == "stopped"
