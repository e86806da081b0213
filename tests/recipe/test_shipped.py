"""The shipped recipes: a tree in, an answer, a tree out."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from homebody.actions.apply import put
from homebody.documents.file import take
from homebody.filters import FileFacts
from homebody.house.planner import file_values, merged, plan, wanted
from homebody.paths import shipped
from homebody.recipe.load import read_recipe
from homebody.recipe.schema import Recipe

NOW = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)

NOTE = "---\ntitle: Roof   # as the builder calls it\ntags: [house]\n---\n\nThe roof leaks.\n"


def run(recipe: Recipe, path: Path | None, **values: Any) -> None:
    """Plan *recipe* on the file *path* with an answer, and carry it out."""
    known: dict[str, Any] = {
        "vars": recipe.vars,
        "recipe": {"name": recipe.name},
        "run": {"date": date(2026, 3, 2)},
    }
    file = None
    if path is not None:
        file = take(path)
        known["file"] = file_values(path, file.size, NOW)
    known |= values
    assert wanted(recipe, known)
    for effect in merged(plan(recipe, known, file, NOTE, recipe.permissions().writes)):
        put(effect)


def tree(folder: Path) -> Mapping[str, str]:
    """Return every file below *folder*."""
    return {str(p.relative_to(folder)): p.read_text() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_summarize_notes(shipped_texts: dict[str, str], home: Path) -> None:
    """A summary stands beside the note; a newer one takes its place; the note is as it was."""
    recipe = read_recipe(shipped_texts["summarize-notes"])
    notes = home / "Notes"
    (notes / "Roof.md").write_text(NOTE)
    for summary in ("It leaks.", "It leaks. See https://evil.example/?d=1"):
        run(recipe, notes / "Roof.md", ask={"summary": summary})
    expected = "# Roof\n\nIt leaks. See hxxps://evil[.]example/?d=1\n"
    assert {"Roof.md": NOTE, "Roof.summary.md": expected} == tree(notes)


@pytest.mark.parametrize(
    ("name", "chosen"),
    [
        ("a.md", True),
        ("a.TXT", True),
        ("a.pdf", True),
        ("a.summary.md", False),
        ("a.docx", True),
        ("a.html", True),
        ("a.jpg", False),
        ("md", False),
    ],
)
def test_what_is_summarised(shipped_texts: dict[str, str], home: Path, name: str, chosen: bool) -> None:
    """Notes, letters, pages, mails and PDFs, and never a summary or a picture."""
    recipe = read_recipe(shipped_texts["summarize-notes"])
    facts = FileFacts(path=home / "Notes" / name, size=10, modified=NOW)
    assert chosen is all(one.matches(facts) for one in recipe.filters)


def test_tag_files(shipped_texts: dict[str, str], home: Path) -> None:
    """Two words more in the note's front matter, and not a byte else; once more changes nothing."""
    recipe = read_recipe(shipped_texts["tag-files"])
    note = home / "Notes" / "Roof.md"
    note.write_text(NOTE)
    for _ in range(2):
        run(recipe, note, ask={"tags": ["house", "invoice", "idea"]})
        assert {"Roof.md": NOTE.replace("[house]", "[house, invoice, idea]")} == tree(home / "Notes")


def test_daily_digest(shipped_texts: dict[str, str], home: Path) -> None:
    """The summaries follow each other in one file of the day."""
    recipe = read_recipe(shipped_texts["daily-digest"])
    documents = [
        {"name": f"{n}.summary.md", "stem": n, "text": f"# {n}\n\nAbout {n}."} for n in ("Roof", "Tax")
    ]
    for _ in range(2):
        run(recipe, None, documents=documents)
    expected = "# What came in until 2026-03-02\n\n# Roof\n\nAbout Roof.\n\n# Tax\n\nAbout Tax.\n"
    assert {"digest/2026-03-02.md": expected} == tree(home / "Notes")


EVERY = sorted(shipped("recipes").glob("*.yaml"))


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.stem)
def test_a_person_changes_only_the_folders_in_vars(path: Path, home: Path) -> None:
    """Every folder stands once, at the top; the remark beside it says that it is to be changed."""
    text = path.read_text(encoding="utf-8")
    (block,) = re.findall(r"^vars:\n((?:  .*\n)+)", text, flags=re.MULTILINE)
    lines = [line for line in block.splitlines() if ": ~/" in line]
    assert len(lines) == len(re.findall(r": ~/", text))
    assert ("This is the line to change" if len(lines) == 1 else "These are the lines to change") in block
    recipe = read_recipe(text.replace(": ~/", ": ~/Elsewhere/"))
    places = (*recipe.permissions().reads, *recipe.permissions().writes)
    trash = [home / ".local" / "share" / "Trash"]
    assert all(place.is_relative_to(home / "Elsewhere") or place in trash for place in places)


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.stem)
def test_the_comments_are_for_everybody(path: Path) -> None:
    """Every shipped recipe says what it does, what a remark is, what wakes it, and what becomes of a failure."""
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert "Lines that begin with # are remarks" in text
    assert "when it wakes" in text
    assert f"name: {path.stem} # a name that stays" in text
    assert "tried twice more" in text
