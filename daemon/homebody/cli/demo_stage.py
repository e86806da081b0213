"""The demo's stage: a throw-away home, the real daemon in it, and what the daemon says of itself."""

import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from homebody.errors import HomebodyError, NotRunningError
from homebody.paths import Home, find_home, shipped
from homebody.service.control import request

RECIPES = ("summarize-notes", "tag-files", "daily-digest")

DIGEST_EVERY = "3s"
"""How often the demo's digest is due; the shipped recipe says once a day."""

POLL_SECONDS = 0.1


@dataclass(slots=True, kw_only=True)
class Document:
    """One dropped document and how far each of its runs has come, by run number."""

    name: str
    dropped: bytes
    runs: dict[int, dict[str, Any]] = field(default_factory=dict)
    step: str = "settling"
    tokens_per_second: float = 0.0
    tokens_total: int = 0
    tokens_read: int = 0
    calls: int = 0

    ENDED = frozenset({"done", "skipped", "failed", "quarantined", "undone"})

    def ended(self, expected: int) -> bool:
        """Return whether all of the *expected* runs have come to an end."""
        return len(self.runs) >= expected and all(run["state"] in self.ENDED for run in self.runs.values())

    def note_answer(self, detail: dict[str, Any]) -> None:
        """Remember how much of the document was read, and in how many calls."""
        self.tokens_total, self.tokens_read = detail["tokens_total"], detail["tokens_read"]
        self.calls = max(self.calls, detail["calls"])

    @property
    def state(self) -> str:
        """Return ``done``, ``skipped`` or ``failed`` over all runs, or ``working``."""
        states = {run["state"] for run in self.runs.values()}
        if not states or not states <= self.ENDED:
            return "working"
        if states & {"failed", "quarantined"}:
            return "failed"
        return "done" if "done" in states or "undone" in states else "skipped"


class Stage:
    """A home, a folder of notes and a daemon process."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder or Path(tempfile.mkdtemp(prefix="homebody-demo-"))
        self.notes = self.folder / "Notes"
        self.home: Home = find_home(root=self.folder / "home")
        self.documents: dict[str, Document] = {}
        self.scheduled: dict[int, dict[str, Any]] = {}
        self.asked: list[dict[str, Any]] = []
        self.seen = 0
        self._process: subprocess.Popen[bytes] | None = None

    def prepare(self) -> None:
        """Make the folders and the three shipped recipes, pointed at them and made quick for the demo."""
        if self.notes.exists() or self.home.config.exists():
            raise HomebodyError(
                f"{self.folder} already has a demo in it.",
                hint="Give an empty folder, or none: then one is made.",
            )
        self.notes.mkdir(parents=True)
        self.home.recipes.mkdir(parents=True)
        for name in RECIPES:
            text = (shipped("recipes") / f"{name}.yaml").read_text(encoding="utf-8")
            self.home.recipes.joinpath(f"{name}.yaml").write_text(
                quickened(text, self.notes), encoding="utf-8"
            )
        self.home.settings.write_text("settle: 0.3\nrescan: 5\n", encoding="utf-8")

    def start(self) -> None:
        """Start the daemon as a process of its own; its words go to a file beside its log."""
        out = (self.folder / "daemon.txt").open("ab")
        command = [sys.executable, "-I", "-m", "homebody", "--home", str(self.home.config), "serve"]
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        out.close()

    def until(self, ready: Callable[[], bool], seconds: float, what: str) -> None:
        """Wait until *ready*, or raise HomebodyError saying *what* did not happen and what the daemon said."""
        deadline = time.monotonic() + seconds
        while not ready():
            if self._process is not None and self._process.poll() is not None:
                raise HomebodyError(
                    f"The daemon ended by itself (exit code {self._process.poll()}).\n{self.words()}"
                )
            if time.monotonic() > deadline:
                raise HomebodyError(f"Waited {seconds:.0f} s for {what}.\n{self.words()}")
            time.sleep(POLL_SECONDS)

    def words(self) -> str:
        """Return the last lines that the daemon printed."""
        try:
            lines = (self.folder / "daemon.txt").read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return ""
        return "\n".join(lines[-8:])

    def ask(self, method: str, route: str, body: dict[str, Any] | None = None) -> Any:
        """Return the daemon's answer."""
        return request(self.home.socket, method, route, body)

    def status(self) -> dict[str, Any] | None:
        """Return the daemon's status, or None while it does not answer."""
        try:
            answer: dict[str, Any] = self.ask("GET", "/v1/status")
        except NotRunningError:
            return None
        return answer

    def model_settled(self) -> bool:
        """Return whether the model has loaded or failed to."""
        status = self.status()
        return status is not None and status["model"]["state"] != "loading"

    def drop(self, name: str, data: bytes) -> Document:
        """Copy a document into the watched folder, as a person would."""
        document = self.documents[name] = Document(name=name, dropped=data)
        (self.notes / name).write_bytes(data)
        return document

    def news(self) -> Iterator[dict[str, Any]]:
        """Yield the daemon's steps since the last call, runs and documents kept up to date."""
        try:
            answer = self.ask("GET", f"/v1/changes?after={self.seen}&wait=0.2")
        except NotRunningError:
            return
        for run in answer["runs"]:
            self._note_run(run)
        for step in answer["steps"]:
            self.seen = max(self.seen, step["seq"])
            document = self._document_of(step["run"])
            if document is not None:
                document.step = step["name"]
                document.tokens_per_second = step["detail"].get(
                    "tokens_per_second", document.tokens_per_second
                )
                if step["name"] == "answered":
                    document.note_answer(step["detail"])
            if "tokens_per_second" in step["detail"]:
                self.asked.append(step["detail"])
            yield step

    def _note_run(self, run: dict[str, Any]) -> None:
        if run["event"] == "schedule":
            self.scheduled[run["id"]] = run
        elif run["path"] and (document := self.documents.get(Path(run["path"]).name)):
            document.runs[run["id"]] = run

    def _document_of(self, run: int) -> Document | None:
        return next((document for document in self.documents.values() if run in document.runs), None)

    def kill(self) -> None:
        """Kill the daemon with SIGKILL, which no program can hear coming."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """Ask the daemon to stop, and wait until it has."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def quickened(text: str, notes: Path) -> str:
    """Return a shipped recipe that watches *notes* and whose schedule comes every few seconds."""
    lines = []
    for line in text.replace("~/Notes", str(notes)).splitlines():
        stripped = line.strip()
        if stripped.startswith("- schedule:"):
            indent = line[: line.index("-")]
            lines.append(f"{indent}- schedule: {{every: {DIGEST_EVERY}}}")
        else:
            lines.append(line)
    return "\n".join(lines) + "\n"
