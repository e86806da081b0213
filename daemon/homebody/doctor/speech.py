"""Are recordings heard, and by which model?"""

from collections.abc import Iterator, Mapping
from typing import Any

from homebody.doctor.finding import Finding, note, right
from homebody.documents.lacking import Lacking
from homebody.documents.speech.whisper import Whisper, find
from homebody.errors import SettingsError
from homebody.paths import Home
from homebody.settings import load_settings


def speech(home: Home, status: Mapping[str, Any] | None) -> Iterator[Finding]:
    """Yield whether there is a whisper.cpp that hears as the settings say; broken settings are another's to tell.

    *status* is the running daemon's, which may have begun before it was installed.
    """
    try:
        settings = load_settings(home)
    except SettingsError:
        return
    found = find(settings)
    yield from heard(found)
    here = (str(found.model), found.language) if isinstance(found, Whisper) else (None, None)
    if status is not None and here != (status["speech"]["model"], status["speech"]["language"]):
        yield note(
            "speech-new",
            "the running homebody began before that, and does as it was then",
            "Let it begin anew: homebody restart",
        )


def heard(found: Whisper | Lacking) -> Iterator[Finding]:
    """Yield what it comes to that this was *found*."""
    if isinstance(found, Whisper):
        yield right("speech", f"recordings are heard by whisper.cpp with {found.model.name}{but(found)}")
        return
    words = "recordings are not heard: " + (
        found.reason or "whisper.cpp, which could, is not on this computer"
    )
    if found.wanted:
        yield note("speech", words, f"If you want it, {found.cure}.")
    else:
        yield right("speech", words)


def but(found: Whisper) -> str:
    """Return which kinds of recordings are not heard for want of a library, in words."""
    kinds = {"MP3, FLAC, Ogg and Opus (libsndfile": found.sound, "M4A and AAC (libfaad2": found.aac}
    words = [f"{kind} is not on this computer)" for kind, library in kinds.items() if library is None]
    return f", but not {' nor '.join(words)}" if words else ""
