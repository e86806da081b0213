"""A daemon that gives its model's memory back when nobody needs it."""

import subprocess
import sys
from contextlib import suppress
from pathlib import Path


def test_unloaded_when_idle_and_loaded_by_the_next_file(house):
    """The model process ends after the time that the settings say, `status` tells so, and the next file has it back."""
    house.settings("settle: 0.1\nrescan: 2\nunload_after: 1s\n")
    house.shipped("summarize-notes")
    house.start(model=False)
    house.until(lambda: house.status()["model"]["state"] == "unloaded")
    command = [sys.executable, "-I", "-m", "homebody", "--home", str(house.home.config), "status"]
    words = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "model: unloaded: nobody needed it; the next request loads it again" in words

    house.drop("roof.md", "The roof leaks in the north corner. It was mended on Friday.\n")
    house.ended("roof.md")
    assert (house.notes / "roof.summary.md").exists()

    house.until(lambda: house.status()["model"]["state"] == "unloaded")
    assert house.status()["model"]["process"]["deaths"] == 0
    house.until(lambda: children(house.process.pid) <= {house.status()["reader"]["pid"]})


def children(pid: int) -> set[int]:
    """Return the processes that any thread of *pid* has started (proc(5))."""
    lists = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(FileNotFoundError):  # a thread that has just ended
            lists.append(path.read_text(encoding="ascii"))
    return {int(child) for text in lists for child in text.split()}
