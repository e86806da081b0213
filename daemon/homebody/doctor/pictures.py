"""Is text in pictures and scans read, and in which languages?"""

from collections.abc import Iterator, Mapping
from typing import Any

from homebody.doctor.finding import Finding, note, right
from homebody.documents.lacking import Lacking
from homebody.documents.pictures.tesseract import Tesseract, find
from homebody.errors import SettingsError
from homebody.paths import Home
from homebody.settings import load_settings


def pictures(home: Home, status: Mapping[str, Any] | None) -> Iterator[Finding]:
    """Yield whether there is a Tesseract that reads as the settings say; broken settings are another's to tell.

    *status* is the running daemon's, which may have begun before it was installed.
    """
    try:
        settings = load_settings(home)
    except SettingsError:
        return
    found = find(settings.ocr.languages)
    yield from seen(found)
    here = list(found.languages) if isinstance(found, Tesseract) else []
    if status is not None and here != status["pictures"]["languages"]:
        yield note(
            "pictures-new",
            "the running homebody began before that, and does as it was then",
            "Let it begin anew: homebody restart",
        )


def seen(found: Tesseract | Lacking) -> Iterator[Finding]:
    """Yield what it comes to that this was *found*."""
    if isinstance(found, Tesseract):
        yield right(
            "pictures", f"text in pictures and scans is read by Tesseract: {', '.join(found.languages)}"
        )
        return
    words = "text in pictures and scans is not read: "
    words += found.reason or "Tesseract, which could, is not on this computer"
    if found.wanted:
        yield note("pictures", words, f"If you want it, {found.cure}.")
    else:
        yield right("pictures", words)
