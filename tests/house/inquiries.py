"""What the tests of why share: a recipe, a note, and the verdict on it."""

from pathlib import Path

from homebody.house.inquiry import House, inquire
from homebody.house.watched import wishes
from homebody.house.why import Verdict, Why

SUMMARY = """
filters:
  - extension: [md, txt]
  - not name: "*.summary.md"
ask: {prompt: Summarise., output: {summary: {type: text, max: 100}}}
actions:
  - write: {dest: "{{ file.folder }}/{{ file.stem }}.summary.md", content: "{{ ask.summary }}"}
"""


def house(room, *, serving: bool = True, **facts) -> House:
    """Return what the inquiry may ask: the room, as a daemon would have it."""
    intake = room.intake
    return House(
        recipes=list(room.recipes.values()),
        watched=wishes(room.recipes.values(), 5.0),
        journal=room.journal,
        now=room.clock.now(),
        serving=serving,
        settling=intake.settling,
        rescan=300,
        **facts,
    )


def why(room, path: Path, **facts) -> Verdict:
    """Return the only recipe's verdict on *path*."""
    (found,) = inquire(path, house(room, **facts)).verdicts
    return found


def says(room, path: Path, words: str) -> Why | None:
    """Return the only recipe's verdict on *path* if it is said in *words*."""
    found = why(room, path)
    return found.verdict if words in found.words else None


def note(room, name: str = "a.md", text: str = "The roof leaks.") -> Path:
    """Put a note in place."""
    path = room.notes / name
    path.write_text(text)
    return path
