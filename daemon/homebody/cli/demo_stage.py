"""The demo's stage: a throw-away home, the real daemon in it, and what the daemon says of itself."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from homebody.cli.throwaway import Throwaway
from homebody.errors import HomebodyError, NotRunningError
from homebody.paths import shipped

RECIPES = ("summarize-notes", "tag-files", "daily-digest")

DIGEST_EVERY = "3s"
"""How often the demo's digest is due; the shipped recipe says once a day."""


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


class Stage(Throwaway):
    """A throw-away home with a folder of notes, and what its daemon makes of them."""

    def __init__(self, folder: Path | None) -> None:
        super().__init__(folder or Path(tempfile.mkdtemp(prefix="homebody-demo-")))
        self.notes = self.folder / "Notes"
        self.documents: dict[str, Document] = {}
        self.scheduled: dict[int, dict[str, Any]] = {}
        self.asked: list[dict[str, Any]] = []
        self.seen = 0

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
