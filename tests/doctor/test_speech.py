"""What doctor says of recordings: heard, not heard and how they could be, or not wanted."""

from pathlib import Path

import pytest
from findings import found

from homebody.doctor import speech
from homebody.documents.lacking import Lacking
from homebody.documents.speech.whisper import ABSENT, Whisper
from homebody.paths import Home

HERE = Whisper(
    library=Path("/l"), model=Path("/m/ggml-small.bin"), language=None, sound=Path("/s"), aac=Path("/a")
)
PLAIN = Whisper(library=Path("/l"), model=Path("/m/ggml-small.bin"), language=None, sound=None, aac=None)
UNWANTED = Lacking(reason="settings.yaml wishes no recordings", cure="take it out", wanted=False)


@pytest.mark.parametrize(
    ("seen", "verdict", "words", "cure"),
    [
        (HERE, "right", "recordings are heard by whisper.cpp with ggml-small.bin", ""),
        (
            PLAIN,
            "right",
            "but not MP3, FLAC, Ogg and Opus (libsndfile is not on this computer) nor M4A and",
            "",
        ),
        (ABSENT, "note", "is not on this computer", "If you want it, install whisper.cpp ("),
        (UNWANTED, "right", "are not heard: settings.yaml wishes no recordings", ""),
    ],
)
def test_what_was_found_is_told_with_the_cure(seen: Whisper | Lacking, verdict: str, words: str, cure: str):
    """A computer without whisper.cpp is no faulty one."""
    one = found(speech.heard(seen))["speech"]
    assert one.verdict == verdict
    assert one.cure.startswith(cure)
    assert bool(one.cure) == bool(cure)
    assert words in one.words


def test_a_daemon_that_began_before_is_asked_to_restart(home: Home):
    """It looked when it started; what is there now it does not know."""
    home.settings.write_text("speech: {enabled: false}\n", encoding="utf-8")
    assert set(found(speech.speech(home, {"speech": {"model": None, "language": None}}))) == {"speech"}
    other = found(speech.speech(home, {"speech": {"model": "/m/ggml-small.bin", "language": "de"}}))
    assert "homebody restart" in other["speech-new"].cure
    assert set(found(speech.speech(home, None))) == {"speech"}


def test_broken_settings_are_anothers_to_tell(home: Home):
    """One fault is one finding."""
    home.settings.write_text("speech: {language: German}\n", encoding="utf-8")
    assert list(speech.speech(home, None)) == []
