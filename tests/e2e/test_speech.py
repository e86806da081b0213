"""Recordings in a watched folder: heard by the real daemon where there is a whisper.cpp, else said what to install."""

import sys
from pathlib import Path

import pytest

from homebody.documents.speech.whisper import PACKAGES

sys.path.append(str(Path(__file__).parents[1] / "documents"))
from make_sound import make_model, tone, wav

RECIPE = """
name: note-memos
triggers:
  - watch: {notes}
    settle: 100ms
filters:
  - extension: [wav, amr]
  - contains: Anna
actions:
  - extract_text: "{folder}/list/{{{{ file.stem }}}}.txt"
"""


@pytest.mark.skipif(
    not list(PACKAGES.glob("pywhispercpp*")),
    reason="pywhispercpp, which brings a whisper.cpp, is not installed",
)
def test_recordings_are_heard_by_the_sealed_daemon(house):
    """Which reads the model and nothing else for it; the run tells how long it was heard, and filters know the text."""
    model = make_model(house.folder / "ggml-made.bin")
    house.settings(f"settle: 0.1\nrescan: 2\nspeech: {{model: {model}}}\n")
    house.recipe("note-memos", RECIPE.format(notes=house.notes, folder=house.folder))
    house.start(model=False)
    assert house.status()["speech"]["model"] == str(model)
    house.drop("memo.wav", wav(tone(3)))
    [run] = house.ended("memo.wav")
    assert run["state"] == "done", run
    [step] = [step for step in house.steps() if step["name"] == "read" and step["run"] == run["id"]]
    assert step["detail"]["heard_seconds"] == 3
    assert (house.folder / "list" / "memo.txt").read_text(
        encoding="utf-8"
    ) == "The roof was mended by Anna.\n"
    assert house.status()["speech"]["pid"] is None, "its process ends with the recording"
    house.drop("memo.amr", b"#!AMR")
    [run] = house.ended("memo.amr")
    assert run["state"] == "skipped"
    assert run["reason"].startswith(
        "no text: amr is a kind of recording that is not read; save the recording as WAV"
    )


def test_where_recordings_are_not_heard_the_run_says_why(house):
    """The file stays where it is."""
    house.settings("settle: 0.1\nrescan: 2\nspeech: {enabled: false}\n")
    house.recipe("note-memos", RECIPE.format(notes=house.notes, folder=house.folder))
    house.start(model=False)
    house.drop("memo.wav", wav(tone(1)))
    [run] = house.ended("memo.wav")
    assert run["state"] == "skipped"
    assert run["reason"].startswith("no text: this is a recording; settings.yaml wishes no recordings")
