"""Is there a Tesseract on this computer that can read pictures, and in which languages?

It is looked for and never fetched: the system's own package, or Homebrew's, in the folders where these put it. Only
names are looked at here; the library is loaded by the process that is sealed right after.
"""

import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from homebody.documents.lacking import Lacking

LIBRARIES = ("libtesseract.so.5", "libtesseract.so.4", "libtesseract.5.dylib", "libtesseract.4.dylib")

FOLDERS = tuple(
    Path(folder)
    for folder in (
        f"/usr/lib/{sysconfig.get_config_var('MULTIARCH') or ''}", "/usr/lib64", "/usr/lib", "/usr/local/lib64",
        "/usr/local/lib", "/opt/homebrew/lib",
    )
)  # fmt: skip
"""Where packages put the library. All but Homebrew's are folders that a sealed daemon's children load from anyway."""

DATA = tuple(
    Path(folder)
    for folder in (
        "/usr/share/tesseract-ocr/5/tessdata", "/usr/share/tesseract-ocr/4.00/tessdata", "/usr/share/tessdata",
        "/usr/share/tesseract/tessdata", "/usr/local/share/tessdata", "/opt/homebrew/share/tessdata",
    )
)  # fmt: skip
"""Where Debian, Fedora, Arch and Homebrew put what it knows of each language."""

ENDING = ".traineddata"
NO_LANGUAGES = ("osd", "equ")
"""Data that tells where up is, and what is a formula."""

MOST_LANGUAGES = 8
"""Each costs memory and time; where more are installed, a person says which."""

INSTALL = "install `tesseract-ocr` and restart homebody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tesseract:
    """A library and the folder of its data, with the languages that pictures are read in."""

    library: Path
    data: Path
    languages: tuple[str, ...]


ABSENT = Lacking(reason="", cure=INSTALL)
"""There is none."""


def find(
    languages: Sequence[str] | None,
    *,
    folders: Sequence[Path] = FOLDERS,
    data: Sequence[Path] = DATA,
) -> Tesseract | Lacking:
    """Return the Tesseract that is here, set to *languages* (all that it has for None), or why there is none."""
    if languages is not None and not languages:
        return Lacking(
            reason="settings.yaml names no language for pictures (`ocr`)",
            cure="take that line out and restart homebody",
            wanted=False,
        )
    library = next(
        (path for name in LIBRARIES for folder in folders if (path := folder / name).is_file()), None
    )
    known = next((folder for folder in data if installed(folder)), None)
    if library is None:
        return ABSENT
    if known is None:
        return Lacking(
            reason="Tesseract is here without any language",
            cure="install one, such as `tesseract-ocr-eng`, and restart homebody",
        )
    there = installed(known)
    if languages is None and len(there) > MOST_LANGUAGES:
        return Lacking(
            reason=f"Tesseract has {len(there)} languages here, and all of them at once would take too long",
            cure="name those of your documents in settings.yaml (`ocr: {languages: [eng, deu]}`) and restart homebody",
        )
    lacking = [language for language in languages or () if language not in there]
    if lacking:
        return Lacking(
            reason=f"settings.yaml names {', '.join(lacking)}, and Tesseract has {', '.join(there)}",
            cure=f"install `tesseract-ocr-{lacking[0]}` and restart homebody",
        )
    return Tesseract(library=library, data=known, languages=tuple(languages or there))


def installed(folder: Path) -> tuple[str, ...]:
    """Return the languages whose data is in *folder*, in order; none for a folder that is not there."""
    names = sorted(path.name.removesuffix(ENDING) for path in folder.glob(f"*{ENDING}"))
    return tuple(name for name in names if name not in NO_LANGUAGES)
