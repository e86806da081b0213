"""Every shipped recipe at once, in one real daemon with the real starter model: each takes up what it is for."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from homebody.paths import shipped

TEXT = (
    "The boiler was serviced on 3 February 2026 by Miller Plumbing. Ann will pay the bill of 120.00 EUR by 9 March "
    "2026. It works well now.\n"
)
ARRIVES = {
    "changelog-from-commits": "Commits/v1.txt",
    "clean-downloads": "Downloads/boiler (1).txt",
    "file-invoices": "Downloads/bill.pdf",
    "inbox-to-tasks": "Inbox/letter.txt",
    "journal-mood": "Journal/Monday.md",
    "meeting-minutes": "Notes/Meetings/Monday.md",
    "name-scans": "Scans/scan0001.pdf",
    "reading-list": "Downloads/Pages/Boilers.html",
    "redact-copies": "Documents/To redact/letter.txt",
    "summarize-notes": "Notes/boiler.md",
    "tag-files": "Notes/boiler.md",
    "transcribe-memos": "Voice Memos/memo.m4a",
    "translate-copies": "Documents/To translate/Brief.md",
}
"""What arrives, and which recipe takes it up; the others wake by the clock, or after a day."""

BY_THE_CLOCK = {"daily-digest", "weekly-review", "sort-downloads"}
ENDS = {"done", "skipped", "waiting", "quarantined"}


@pytest.fixture
def everything(house, monkeypatch: pytest.MonkeyPatch):
    """A home with every shipped recipe as it comes, but for the seconds that a file is left alone."""
    monkeypatch.setenv("HOME", str(house.folder))
    monkeypatch.setenv("XDG_DATA_HOME", str(house.folder / "data"))
    for path in shipped("recipes").glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        house.recipe(path.stem, re.sub(r"settle: \S+", "settle: 100ms", text))
    for name in {str(Path(file).parent) for file in ARRIVES.values()}:
        (house.folder / name).mkdir(parents=True, exist_ok=True)
    (house.folder / "Downloads" / "boiler.txt").write_text(TEXT)
    return house


def test_all_of_them_live_together(everything, make_pdf: Callable) -> None:
    """None is refused, none wakes another in a circle; what arrives is taken up by the one that it is for, and only the
    files that were to be changed are."""
    everything.start()
    status = everything.status()
    assert [] == status["problems"]
    assert ARRIVES.keys() | BY_THE_CLOCK == {recipe["name"] for recipe in status["recipes"]}
    for file in dict.fromkeys(ARRIVES.values()):
        data = make_pdf([[TEXT]]) if file.endswith(".pdf") else TEXT.encode()
        (everything.folder / file).write_bytes(data)

    def ended() -> dict[str, str]:
        return {
            run["recipe"]: run["state"]
            for run in everything.runs()
            if ARRIVES.get(run["recipe"], "").endswith(f"/{Path(run['path'] or '').name}")
            and run["state"] in ENDS
        }

    everything.until(lambda: ended().keys() == ARRIVES.keys())
    found = ended()
    assert "waiting" == found["clean-downloads"], "a person is asked before anything is thrown away"
    assert {"done"} == {
        found[name] for name in ("summarize-notes", "tag-files", "journal-mood", "redact-copies")
    }
    assert all(run["reason"] for run in everything.runs() if run["state"] in ("skipped", "quarantined"))
    assert TEXT == (everything.folder / "Notes" / "Meetings" / "Monday.md").read_text()
    assert TEXT == (everything.folder / "Documents" / "To redact" / "letter.txt").read_text()
    redacted = (everything.folder / "Documents" / "To redact" / "Redacted" / "letter.txt").read_text()
    assert "120.00" in redacted, "an amount is no number of anybody"
    assert 0 == everything.stop()
