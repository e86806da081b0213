"""What each shipped recipe makes of what it meets: files in, answers of the model, files out."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from homebody.house.due import enqueuer
from homebody.house.undo import undo
from homebody.journal.run import RunState
from homebody.paths import shipped
from homebody.recipe.load import load_recipe

A_DAY = 24 * 3600


@dataclass(frozen=True)
class Case:
    """One recipe: the files there are, what the model answers, and the files that come of it (None: gone)."""

    recipe: str
    files: dict[str, str]
    answer: dict[str, object] = field(default_factory=dict)
    after: dict[str, str | None] = field(default_factory=dict)
    state: RunState = RunState.DONE
    days: int = 0
    """How long the files lie there before it is looked at them again."""


CASES = [
    Case(
        "summarize-notes",
        {"Notes/roof.md": "The roof leaks over the stairs."},
        {"summary": "The roof leaks."},
        {"Notes/roof.summary.md": "# roof\n\nThe roof leaks.\n"},
    ),
    Case(
        "tag-files",
        {"Notes/roof.md": "The roof leaks over the stairs.\n"},
        {"tags": ["house"]},
        {"Notes/roof.md": "---\ntags: [house]\n---\nThe roof leaks over the stairs.\n"},
    ),
    Case(
        "daily-digest",
        {"Notes/roof.summary.md": "The roof leaks.\n"},
        {},
        {"Notes/digest/2026-03-02.md": "# What came in until 2026-03-02\n\nThe roof leaks.\n"},
    ),
    Case(
        "name-scans",
        {"Scans/scan0001.pdf": "PDF:Water bill of 3 February 2026"},
        {"title": "Water bill", "day": "2026-02-03"},
        {"Scans/scan0001.pdf": None, "Scans/2026-02-03 Water bill.pdf": "PDF:Water bill of 3 February 2026"},
    ),
    Case(
        "meeting-minutes",
        {"Notes/Meetings/Monday.md": "We paint the fence. Ann buys paint by 2026-03-09."},
        {
            "about": "The fence.",
            "decisions": ["The fence is painted."],
            "todo": [
                {"what": "Buy paint", "who": "Ann", "until": "2026-03-09"},
                {"what": "Call Bob", "who": None, "until": None},
            ],
        },
        {
            "Notes/Meetings/Monday.minutes.md": (
                "# Monday: minutes\n\nThe fence.\n\n## Decisions\n- The fence is painted.\n\n## To do\n"
                "- [ ] Buy paint (Ann), until 2026-03-09\n- [ ] Call Bob\n"
            )
        },
    ),
    Case(
        "weekly-review",
        {"Notes/roof.md": "The roof leaks."},
        {"week": "A week of rain.", "open": ["Mend the roof"]},
        {
            "Notes/Reviews/2026-03-02.md": (
                "# The week until 2026-03-02\n\nA week of rain.\n\n## Still open\n- [ ] Mend the roof\n\n"
                "## Notes of the week\n- [[roof]]\n"
            )
        },
    ),
    Case(
        "inbox-to-tasks",
        {"Inbox/letter.txt": "Please send the form by 2026-03-09.", "Notes/Tasks.md": "# Tasks\n"},
        {"tasks": [{"what": "Send the form", "until": "2026-03-09"}, {"what": "Answer", "until": None}]},
        {"Notes/Tasks.md": "# Tasks\n\n## letter\n\n- [ ] Send the form 📅 2026-03-09\n- [ ] Answer\n"},
    ),
    Case("inbox-to-tasks", {"Inbox/letter.txt": "All is well."}, {"tasks": None}, {}, RunState.SKIPPED),
    Case(
        "reading-list",
        {"Downloads/Pages/Bees.html": "<h1>Bees</h1><p>They dance.</p>"},
        {"summary": "Bees dance.", "tags": ["garden"]},
        {
            "Notes/Reading/Bees.md": (
                '---\ntags: ["garden"]\n---\n\n# Bees\n\nBees dance.\n\nSaved on 2026-03-02 as Bees.html\n'
            )
        },
    ),
    Case(
        "translate-copies",
        {"Documents/To translate/Brief.md": "Das Dach ist undicht."},
        {"translation": "The roof leaks."},
        {"Documents/To translate/Brief.en.md": "The roof leaks.\n"},
    ),
    Case(
        "changelog-from-commits",
        {"Commits/v1.3.txt": "a1 Add a button\nb2 Mend the door"},
        {"added": ["A button"], "changed": None, "fixed": ["The door closes"]},
        {
            "Commits/v1.3.changelog.md": (
                "## v1.3 (2026-03-02)\n\n### Added\n\n- A button\n\n### Fixed\n\n- The door closes\n"
            )
        },
    ),
    Case(
        "sort-downloads",
        {"Downloads/Roof.JPG": "a picture", "Downloads/Pictures/Roof.JPG": "another"},
        {},
        {"Downloads/Roof.JPG": None, "Downloads/Pictures/Roof 2.JPG": "a picture"},
        days=2,
    ),
    Case(
        "sort-downloads",
        {"Downloads/letter.txt": "Dear Ann"},
        {},
        {"Downloads/letter.txt": None, "Downloads/Documents/letter.txt": "Dear Ann"},
        days=2,
    ),
    Case(
        "clean-downloads",
        {"Downloads/tool.deb": "a program", "Downloads/letter.txt": "Dear Ann"},
        {},
        {"Downloads/tool.deb": None},
        days=31,
    ),
    Case(
        "clean-downloads",
        {
            "Downloads/letter.txt": "Dear Ann",
            "Downloads/old/letter (1).txt": "Dear Ann",
            "Downloads/b.deb": "new",
        },
        {},
        {"Downloads/old/letter (1).txt": None},
    ),
    Case(
        "file-invoices",
        {"Downloads/doc.pdf": "PDF:Miller Plumbing, 3 February 2026, total 120.00 EUR"},
        {
            "kind": "invoice",
            "vendor": "Miller Plumbing",
            "day": "2026-02-03",
            "total": {"amount": "120.00", "currency": "EUR"},
        },
        {
            "Downloads/doc.pdf": None,
            "Documents/Invoices/2026/2026-02-03 Miller Plumbing.pdf": (
                "PDF:Miller Plumbing, 3 February 2026, total 120.00 EUR"
            ),
            "Documents/Invoices/ledger.csv": (
                "date,vendor,amount,currency,kind,file\n"
                "2026-02-03,Miller Plumbing,120.00,EUR,invoice,2026-02-03 Miller Plumbing.pdf\n"
            ),
        },
    ),
    Case(
        "file-invoices",
        {"Downloads/story.pdf": "PDF:Once upon a time"},
        {"kind": "other", "vendor": None, "day": None, "total": None},
        {},
        RunState.SKIPPED,
    ),
    Case(
        "journal-mood",
        {"Journal/monday.md": "It was a fine day."},
        {"mood": "good", "line": "A fine day."},
        {"Journal/mood.csv": "date,mood,line\n2026-03-02,good,A fine day.\n"},
    ),
    Case("transcribe-memos", {"Voice Memos/Call.m4a": "no sound"}, None, {}, RunState.SKIPPED),
    Case(
        "redact-copies",
        {"Documents/To redact/letter.txt": "Ann Miller, 5 Mill Lane, called 555 1234. Ann Miller paid.\n"},
        {"names": ["Ann Miller"], "places": ["5 Mill Lane"]},
        {"Documents/To redact/Redacted/letter.txt": "[name], [address], called [number]. [name] paid.\n"},
    ),
]


@pytest.fixture
def at_home(room, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home folder for what stands as ~ in a recipe."""
    monkeypatch.setenv("HOME", str(room.folder))
    return room.folder


@pytest.fixture
def data(make_pdf: Callable) -> Callable[[str], bytes]:
    """What makes a file's bytes of a text; what begins with PDF: becomes one with that text."""
    return lambda text: make_pdf([[text.removeprefix("PDF:")]]) if text.startswith("PDF:") else text.encode()


def tree(folder: Path) -> dict[str, bytes]:
    """Return the person's files."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.relative_to(folder).parts[0] not in ("state", "out")
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.recipe}-{case.state.value}")
def test_what_a_shipped_recipe_does(room, at_home: Path, data: Callable[[str], bytes], case: Case) -> None:
    """It makes of the files just what it says, and `undo` makes that as if it had never been."""
    recipe = load_recipe(shipped("recipes") / f"{case.recipe}.yaml").model_copy(update={"approve": None})
    for folder in recipe.permissions().reads:
        folder.mkdir(parents=True, exist_ok=True)
    room.recipes[case.recipe] = recipe
    room.model.answers = [case.answer]
    if case.days:
        room.clock.set(datetime.now(UTC))
    room.intake.rescan()
    for name, text in case.files.items():
        (at_home / name).parent.mkdir(parents=True, exist_ok=True)
        (at_home / name).write_bytes(data(text))
        os.utime(at_home / name, (room.clock.now().timestamp(),) * 2)
    before = tree(at_home)
    if recipe.select is not None:
        enqueuer(room.journal, room.recipes, room.wake)(case.recipe, room.clock.now())
    else:
        room.intake.rescan()
        room.intake.tick()
        room.clock.advance(601)
        room.intake.tick()
        if case.days:
            assert {RunState.SKIPPED} >= {run.state for run, _ in room.work()}, "it is too early"
            room.clock.advance(case.days * A_DAY)
            room.intake.rescan()
            room.intake.tick()
    *others, run = sorted((run for run, _ in room.work()), key=lambda run: run.state is case.state)

    assert case.state is run.state, run.reason
    assert {RunState.SKIPPED} >= {other.state for other in others}, "the other files are left alone"
    wished = dict(before)
    for name, text in case.after.items():
        wished.pop(name, None)
        if text is not None:
            wished[name] = data(text)
    assert wished == tree(at_home)
    if case.state is RunState.DONE:
        undo(room.journal, room.vault, run.id)
        assert before == tree(at_home)


def test_every_shipped_recipe_has_a_case() -> None:
    """None is shipped that no test runs."""
    assert {path.stem for path in shipped("recipes").glob("*.yaml")} == {case.recipe for case in CASES}
