"""What did the demo see to hold, and how is it told at the end?"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from homebody.cli.demo_screen import Screen
from homebody.cli.demo_stage import Stage

PROCESSES = ("daemon", "model", "reader")


@dataclass(slots=True, kw_only=True)
class Facts:
    """What held, as the last line of ``--json`` has it."""

    dropped: int = 0
    done: int = 0
    skipped: int = 0
    failed: int = 0
    scheduled_fired: int = 0
    undone: int = 0
    killed_and_resumed: bool = False
    tried: int = 0
    reached: int = 0
    untestable: int = 0
    model: dict[str, Any] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def held(self) -> bool:
        """Return whether everything that the demo claims was seen to hold."""
        return (
            not self.wrong
            and (self.dropped, self.done, self.skipped, self.failed) == (6, 5, 1, 0)
            and self.scheduled_fired >= 1
            and self.undone == 1
            and self.killed_and_resumed
            and self.tried >= len(PROCESSES)
            and self.reached == 0
        )

    def to_dict(self, seconds: float, folder: Path) -> dict[str, Any]:
        """Return the object that ``--json`` prints."""
        return {
            "dropped": self.dropped,
            "done": self.done,
            "skipped": self.skipped,
            "failed": self.failed,
            "scheduled_fired": self.scheduled_fired,
            "undone": self.undone,
            "killed_and_resumed": self.killed_and_resumed,
            "probes": {"tried": self.tried, "reached": self.reached, "untestable": self.untestable},
            "model": self.model,
            "seconds": round(seconds, 1),
            "folder": str(folder),
            "wrong": self.wrong,
        }


def tags_of(note: bytes) -> str:
    """Return the tags in a note's front matter, as a person reads them."""
    front = note.split(b"---\n", 2)[1].decode("utf-8") if note.startswith(b"---\n") else ""
    values = yaml.safe_load(front) or {}
    return ", ".join(values.get("tags") or ["none of the list"])


def summary(stage: Stage, facts: Facts, shown: Screen, seconds: float) -> None:
    """Say in plain words what came out and where to look."""
    shown.say("")
    shown.say("What came out:")
    for document in stage.documents.values():
        path = stage.notes / document.name
        result = path.with_name(f"{path.stem}.summary.md")
        if result.is_file():
            text = result.read_text(encoding="utf-8").strip().splitlines()
            shown.say(f"  {document.name}: {text[-1] if text else ''}")
        if document.name in facts.tags:
            shown.say(f"    tags: {facts.tags[document.name]}")
    shown.say("")
    shown.say(
        f"{facts.dropped} dropped: {facts.done} done, {facts.skipped} skipped, {facts.failed} failed;"
        f" {facts.scheduled_fired} digests; {facts.undone} undone;"
        f" {facts.tried} probes, {facts.reached} got out; {seconds:.0f} s."
    )
    for wrong in facts.wrong:
        shown.say(f"Not as it should be: {wrong}.")
    shown.say(f"Look at it: {stage.folder}   Throw it away: rm -r {stage.folder}")
    shown.say("Next: `homebody setup` lets a recipe look after a folder of yours.")
