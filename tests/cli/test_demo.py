"""The demo: everything that the README promises, with the real daemon and the real model."""

import json
import subprocess
import sys
from pathlib import Path

from homebody.cli.demo_documents import INVOICE, documents, pdf
from homebody.cli.demo_facts import Facts
from homebody.cli.demo_stage import quickened
from homebody.documents.formats.pdf import extract
from homebody.paths import shipped


def test_the_demo_holds_everything_that_it_claims(tmp_path: Path):
    """`homebody demo FOLDER --json` ends with 0 and with one object that has every figure."""
    done = subprocess.run(
        [sys.executable, "-I", "-m", "homebody", "demo", str(tmp_path / "demo"), "--json"],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    counts = [
        found[name] for name in ("dropped", "done", "skipped", "failed", "undone", "killed_and_resumed")
    ]
    assert [6, 5, 1, 0, 1, True] == counts
    assert found["scheduled_fired"] >= 1
    assert (18, 0) == (found["probes"]["tried"], found["probes"]["reached"])
    assert {"name", "sha256", "quantization", "tokens_per_second"} <= set(found["model"])
    assert str(tmp_path / "demo") == found["folder"]
    assert list((tmp_path / "demo" / "Notes").glob("*.summary.md"))


def test_a_folder_with_a_demo_in_it_is_refused(tmp_path: Path):
    """A second demo does not run over the first one's files."""
    (tmp_path / "Notes").mkdir()
    done = subprocess.run(
        [sys.executable, "-I", "-m", "homebody", "demo", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "already has a demo in it" in done.stdout


def test_the_demo_fails_when_anything_does_not_hold():
    """A probe that got out, a run that failed, or anything not as it should be, is no success."""
    good = {
        "dropped": 6,
        "done": 5,
        "skipped": 1,
        "scheduled_fired": 1,
        "undone": 1,
        "killed_and_resumed": True,
        "tried": 18,
    }
    assert Facts(**good).held()
    for wrong in ({"reached": 1}, {"failed": 1}, {"done": 4}, {"undone": 0}, {"wrong": ["x"]}, {"tried": 0},
                  {"killed_and_resumed": False}, {"scheduled_fired": 0}):  # fmt: skip
        assert not Facts(**{**good, **wrong}).held()


def test_the_demos_pdf_is_a_pdf():
    """Its text can be read again, every line of it."""
    text = extract(pdf(INVOICE)).text
    for line in INVOICE:
        assert line in text


def test_the_six_documents_are_of_six_kinds():
    """Markdown with front matter, text, a long text, one not English, a PDF, and an empty file."""
    found = documents()
    assert len(found) == 6
    assert found["nothing.md"] == b""
    assert len(found["garden.txt"]) > 6000
    assert "Ö".encode() in found["elternabend.md"]


def test_only_folder_and_schedule_of_a_shipped_recipe_are_changed():
    """The demo's digest is the shipped recipe, but for its folder and its clock."""
    text = (shipped("recipes") / "daily-digest.yaml").read_text(encoding="utf-8")
    quick = quickened(text, Path("/tmp/x"))
    changed = [(a, b) for a, b in zip(text.splitlines(), quick.splitlines(), strict=True) if a != b]
    assert 2 == len(changed)
