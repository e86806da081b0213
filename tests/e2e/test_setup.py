"""From an empty home to a summary, as a person types it at a terminal."""

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from homebody.paths import find_home
from homebody.service.control import request

PATIENCE_SECONDS = 60


class Person:
    """Somebody with an empty home folder, at a terminal."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = find_home({"HOME": str(folder)})
        self.environ = {"PATH": os.environ["PATH"], "HOME": str(folder), "TERM": "xterm"}

    def types(self, *answers: str, words: tuple[str, ...] = ("setup", "--no-login")) -> tuple[int, str]:
        """Type a command, and each answer when it is asked for; return the exit code and all that was shown."""
        outer, inner = pty.openpty()
        child = subprocess.Popen(
            [sys.executable, "-I", "-m", "homebody", *words],
            stdin=inner,
            stdout=inner,
            stderr=inner,
            env=self.environ,
        )
        os.close(inner)
        shown, left, deadline = "", list(answers), time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if not select.select([outer], [], [], 1)[0]:
                continue
            try:
                data = os.read(outer, 4096)
            except OSError:  # the terminal's other end was closed (pty(7))
                break
            if not data:
                break
            shown += data.decode("utf-8", "replace")
            if left and shown.rstrip(" ").endswith(("]:", "?:")):
                os.write(outer, f"{left.pop(0)}\n".encode())
        os.close(outer)
        return child.wait(PATIENCE_SECONDS), " ".join(shown.split())

    def until_there(self, path: Path) -> str:
        """Wait for a file, and return what is in it."""
        deadline, after = time.monotonic() + PATIENCE_SECONDS, 0
        while not path.exists():
            assert time.monotonic() < deadline
            news = request(self.home.socket, "GET", f"/v1/changes?after={after}&wait=0.5")
            after = max((step["seq"] for step in news["steps"]), default=after)
        return path.read_text(encoding="utf-8")


@pytest.fixture
def person(tmp_path: Path) -> Iterator[Person]:
    """Return a person; whatever runs for them at the end is stopped."""
    found = Person(tmp_path)
    yield found
    command = [sys.executable, "-I", "-m", "homebody", "stop"]
    subprocess.run(command, env=found.environ, capture_output=True, check=False)


def test_three_questions_lead_to_a_summary(person: Person):
    """The chore, the folder, and then it runs: a dropped note gets its summary. A second one comes beside it."""
    there = person.folder / "My notes"
    there.mkdir()
    (there / "old.md").write_text("An old note about the garden.\n")
    code, shown = person.types("1", "~/My notes")
    assert 0 == code, shown
    assert "1. Which chore? 1 summarize-notes" in shown
    assert "2. Which folder is it to look after? [~/Notes]: " in shown
    assert f"It reads {there}" in shown
    assert f"Drop a file into {there}: summarize-notes takes it up." in shown
    assert "1 file that is there already is left alone; `homebody backfill summarize-notes`" in shown
    first = request(person.home.socket, "GET", "/v1/status")["pid"]
    (there / "roof.md").write_text("The roof leaks in the north corner. It was mended on Friday.\n")
    assert person.until_there(there / "roof.summary.md").strip()
    assert not (there / "old.summary.md").exists()

    code, shown = person.types(
        words=("setup", "--no-login", "--recipe", "daily-digest", "--folder", str(there))
    )
    assert 0 == code, shown
    assert "daily-digest looks after" in shown
    status = request(person.home.socket, "GET", "/v1/status")
    assert ["daily-digest", "summarize-notes"] == sorted(recipe["name"] for recipe in status["recipes"])
    assert first != status["pid"]


def test_whoever_leaves_in_the_middle_has_changed_nothing(person: Person):
    """Ctrl+D at the second question."""
    code, shown = person.types("1", "\x04")
    assert 1 == code, shown
    assert [] == list(person.folder.iterdir())
