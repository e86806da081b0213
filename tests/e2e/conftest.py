"""A real daemon on a home of its own, asked over its control socket."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from homebody.errors import NotRunningError
from homebody.paths import find_home, shipped
from homebody.service.control import request

PATIENCE_SECONDS = 60


def ready(status: dict[str, Any], *, model: bool) -> bool:
    """Return whether a daemon has looked at every folder that it can look at, and loaded its *model* or failed to."""
    looked = status["looked"] or status["folders"]
    return bool(looked) and (not model or status["model"]["state"] != "loading")


class House:
    """A home under *folder*, its notes, and the daemon that serves it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = find_home({}, folder / "home")
        self.notes = folder / "Notes"
        self.notes.mkdir(parents=True)
        self.home.recipes.mkdir(parents=True)
        self.settings("settle: 0.1\nrescan: 2\n")
        self.process: subprocess.Popen[bytes] | None = None
        self.words = folder / "words.txt"

    def settings(self, text: str) -> None:
        """Write the settings."""
        self.home.settings.write_text(text, encoding="utf-8")

    def shipped(self, *names: str) -> None:
        """Put shipped recipes in place, pointed at the notes; none leaves existing files alone or waits long."""
        for name in names:
            text = (shipped("recipes") / f"{name}.yaml").read_text(encoding="utf-8")
            text = text.replace("~/Notes", str(self.notes)).replace("settle: 5s", "settle: 100ms")
            self.recipe(name, text)

    def recipe(self, name: str, text: str) -> None:
        """Write a recipe."""
        (self.home.recipes / f"{name}.yaml").write_text(text, encoding="utf-8")

    def command(self) -> list[str]:
        """Return the command line of the daemon."""
        return [sys.executable, "-I", "-m", "homebody", "--home", str(self.home.config), "serve"]

    def start(self, *, launcher: list[str] | None = None, model: bool = True) -> "House":
        """Start the daemon and wait until it answers and has looked at its folders, and until the model has loaded.

        What is put into a folder before that look was there before homebody, and is left alone.
        """
        with self.words.open("ab") as out:
            command = [*(launcher or []), *self.command()]
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        self.until(lambda: self.answering() and ready(self.status(), model=model))
        return self

    def answering(self) -> bool:
        """Return whether the daemon answers."""
        assert self.process is not None
        assert self.process.poll() is None, self.words.read_text(encoding="utf-8", errors="replace")
        try:
            self.status()
        except NotRunningError:
            return False
        return True

    def ask(self, method: str, route: str, body: dict[str, Any] | None = None) -> Any:
        """Return the daemon's answer."""
        return request(self.home.socket, method, route, body)

    def status(self) -> dict[str, Any]:
        """Return the daemon's status."""
        answer: dict[str, Any] = self.ask("GET", "/v1/status")
        return answer

    def runs(self, name: str | None = None) -> list[dict[str, Any]]:
        """Return the runs, those of one file if named, oldest first."""
        runs = self.ask("GET", "/v1/runs?limit=1000")["runs"]
        return [run for run in reversed(runs) if name is None or Path(run["path"] or "").name == name]

    def steps(self) -> list[dict[str, Any]]:
        """Return everything that happened so far."""
        return list(self.ask("GET", "/v1/changes?after=0")["steps"])

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait until *holds*; a minute without it is a failure."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            assert time.monotonic() < deadline, self.words.read_text(encoding="utf-8", errors="replace")
            self._pause()

    def _pause(self) -> None:
        """Let the daemon answer when something has happened, instead of sleeping."""
        try:
            newest = max((step["seq"] for step in self.steps()), default=0)
            self.ask("GET", f"/v1/changes?after={newest}&wait=0.2")
        except NotRunningError:
            assert self.process is not None
            try:
                self.process.wait(timeout=0.05)
            except subprocess.TimeoutExpired:
                return

    def drop(self, name: str, data: bytes | str) -> Path:
        """Put a file into the notes."""
        path = self.notes / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return path

    def ended(self, name: str, number: int = 1) -> list[dict[str, Any]]:
        """Wait until *number* runs of a file have come to an end, and return them."""
        over = {"done", "skipped", "failed", "quarantined", "undone"}
        self.until(lambda: sum(run["state"] in over for run in self.runs(name)) >= number)
        return self.runs(name)

    def kill(self) -> None:
        """Kill the daemon as nothing can hear it coming."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """Ask the daemon to stop, and return its exit code."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(timeout=20)

    def clean_up(self) -> None:
        """End whatever still runs."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Return a house with nothing in it yet."""
    made = House(tmp_path)
    yield made
    made.clean_up()


@pytest.fixture
def child_of() -> Callable[[int], list[int]]:
    """Return a function that lists the children of a process (proc(5))."""

    def children(pid: int) -> list[int]:
        threads = Path(f"/proc/{pid}/task").iterdir()
        found = []
        for thread in threads:
            with contextlib.suppress(FileNotFoundError):  # it has ended meanwhile
                found += [int(number) for number in (thread / "children").read_text().split()]
        return found

    return children


def alive(pid: int) -> bool:
    """Return whether a process is there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
