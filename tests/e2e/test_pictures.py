"""Scans in a watched folder: read by the real daemon where there is a Tesseract, else said what to install."""

import sys
from pathlib import Path

import pytest

from homebody.documents.pictures.tesseract import Tesseract, find

sys.path.append(str(Path(__file__).parents[1] / "documents"))
from make_pictures import drawn, png, scanned

HERE = find(None)

RECIPE = """
name: note-scans
triggers:
  - watch: {notes}
    settle: 100ms
filters:
  - extension: [png, pdf]
read: {{pages: 1-2}}
ask:
  prompt: Summarise this note in one or two sentences.
  output:
    summary: {{type: text, max: 100}}
actions:
  - append: {{dest: "{folder}/list/scans.md", content: "{{{{ file.name }}}}: {{{{ ask.summary }}}}"}}
"""


@pytest.mark.skipif(not isinstance(HERE, Tesseract), reason=f"pictures are not read here: {HERE}")
def test_scans_are_read_by_the_sealed_daemon(house):
    """Which sees Tesseract's data and nothing else of it; the run tells what was recognised and what left out."""
    house.recipe("note-scans", RECIPE.format(notes=house.notes, folder=house.folder))
    house.start()
    assert house.status()["pictures"]["languages"]
    sheet = drawn(["Important: the train to Lisbon leaves on Monday.", "Anna waits at platform nine."])
    house.drop("ticket.png", png(sheet))
    house.drop("letter.pdf", scanned([["The roof was mended by Anna."], sheet, sheet]))
    for name, recognised in (("ticket.png", 1), ("letter.pdf", 1)):
        [run] = house.ended(name)
        assert run["state"] == "done", run
        [step] = [step for step in house.steps() if step["name"] == "read" and step["run"] == run["id"]]
        assert step["detail"]["recognised"] == recognised
    assert step["detail"]["left_out"] == "1 page that was not asked for"
    written = (house.folder / "list" / "scans.md").read_text(encoding="utf-8")
    assert {line.split(":")[0] for line in written.splitlines()} == {"ticket.png", "letter.pdf"}
    assert all("Monday" in line for line in written.splitlines()), written
    assert house.status()["pictures"]["pid"] is None, "its process ends with the document"


def test_where_pictures_are_not_read_the_run_says_why(house):
    """The file stays where it is, and the next is done."""
    house.settings("settle: 0.1\nrescan: 2\nocr: {languages: []}\n")
    house.recipe("note-scans", RECIPE.format(notes=house.notes, folder=house.folder))
    house.start()
    house.drop("scan.pdf", scanned([drawn(["Not to be read"])]))
    [run] = house.ended("scan.pdf")
    assert run["state"] == "skipped"
    assert run["reason"].startswith("no text: this is a scan; settings.yaml names no language for pictures")
    house.drop("own.pdf", scanned([["The roof was mended by Anna."]]))
    assert house.ended("own.pdf")[0]["state"] == "done"
