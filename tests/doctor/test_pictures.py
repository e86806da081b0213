"""What doctor says of text in pictures: read, not read and how it could be, or not wanted."""

from pathlib import Path

import pytest
from findings import found

from homebody.doctor import pictures
from homebody.documents.lacking import Lacking
from homebody.documents.pictures.tesseract import ABSENT, Tesseract, find
from homebody.paths import Home

HERE = Tesseract(library=Path("/l"), data=Path("/d"), languages=("deu", "eng"))
UNWANTED = Lacking(reason="settings.yaml names no language", cure="take it out", wanted=False)


@pytest.mark.parametrize(
    ("seen", "verdict", "words", "cure"),
    [
        (HERE, "right", "by Tesseract: deu, eng", ""),
        (
            ABSENT,
            "note",
            "is not on this computer",
            "If you want it, install `tesseract-ocr` and restart homebody.",
        ),
        (UNWANTED, "right", "is not read: settings.yaml names no language", ""),
    ],
)
def test_what_was_found_is_told_with_the_cure(seen: Tesseract | Lacking, verdict: str, words: str, cure: str):
    """A computer without Tesseract is no faulty one."""
    one = found(pictures.seen(seen))["pictures"]
    assert (one.verdict, one.cure) == (verdict, cure)
    assert words in one.words


def test_a_daemon_that_began_before_is_asked_to_restart(home: Home):
    """It looked when it started; what is there now it does not know."""
    home.settings.write_text("ocr: {languages: []}\n", encoding="utf-8")
    assert set(found(pictures.pictures(home, {"pictures": {"languages": []}}))) == {"pictures"}
    other = found(pictures.pictures(home, {"pictures": {"languages": ["eng"]}}))
    assert "homebody restart" in other["pictures-new"].cure
    assert set(found(pictures.pictures(home, None))) == {"pictures"}
    home.settings.write_text("", encoding="utf-8")
    here = find(None)
    assert found(pictures.pictures(home, None))["pictures"].verdict == (
        "right" if isinstance(here, Tesseract) else "note"
    )


def test_broken_settings_are_anothers_to_tell(home: Home):
    """One fault is one finding."""
    home.settings.write_text("ocr: {languages: [../eng]}\n", encoding="utf-8")
    assert list(pictures.pictures(home, None)) == []
