"""Is there a whisper.cpp on this computer that can hear recordings, with a model?

Both are looked for and never fetched: the library where Homebrew, a system's package or pip put it, the model where
whisper.cpp itself and programs like it keep theirs. Only names and headers are looked at here; the library is loaded by
the process that is sealed right after.
"""

import struct
import sysconfig
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from homebody.documents.lacking import Lacking
from homebody.documents.pictures.tesseract import FOLDERS
from homebody.settings import Settings

PACKAGES = Path(sysconfig.get_path("platlib"))
"""Where pip puts libraries that come with Python's packages; those of pywhispercpp and soundfile are looked at."""

IN_PACKAGES = (
    "pywhispercpp.libs/libwhisper-*.so*", "pywhispercpp/.dylibs/libwhisper.*dylib", "libwhisper.so.1",
    "libwhisper.1.dylib",
)  # fmt: skip
LIBRARIES = ("libwhisper.so.1", "libwhisper.1.dylib", "libwhisper.so", "libwhisper.dylib")

SOUND_IN_PACKAGES = ("_soundfile_data/libsndfile*",)
SOUND_LIBRARIES = ("libsndfile.so.1", "libsndfile.1.dylib", "libsndfile.dylib")

AAC_LIBRARIES = ("libfaad.so.2", "libfaad.2.dylib", "libfaad.dylib")

MODELS = (
    "~/.cache/whisper.cpp", "~/.local/share/whisper.cpp/models", "~/whisper.cpp/models", "~/src/whisper.cpp/models",
    "~/.local/share/pywhispercpp/models", "~/Library/Application Support/pywhispercpp/models",
    "~/Library/Application Support/MacWhisper/models", "~/.cache/Buzz/models", "~/.cache/Buzz/models/whisper.cpp",
    "~/Library/Caches/Buzz/models", "~/Library/Caches/Buzz/models/whisper.cpp", "/usr/share/whisper.cpp/models",
    "/usr/local/share/whisper.cpp/models", "/usr/share/whisper.cpp-model-base", "/opt/homebrew/share/whisper-cpp",
    "/usr/local/share/whisper-cpp",
)  # fmt: skip
"""Where whisper.cpp's own script, its packages, Python's pywhispercpp, MacWhisper and Buzz keep models."""

NAMES = "ggml-*.bin"

QUICK_BYTES = 500_000_000
"""A model that is larger takes longer to hear a recording than it lasts: one core works on it. `small` has 488 MB."""

HEADER = struct.Struct("<12i")
MAGIC = 0x67676D6C
MULTILINGUAL = 51_865
"""So many words or more has the vocabulary of a model of several languages, and one less that of English alone."""

GET_LIBRARY = (
    "Homebrew has it as `whisper-cpp`, pip as `pywhispercpp`, which goes into the Python of homebody"
)
GET_MODEL = "lay one, such as ggml-small.bin, into ~/.cache/whisper.cpp"

ABSENT = Lacking(
    reason="", cure=f"install whisper.cpp ({GET_LIBRARY}) and a model ({GET_MODEL}), and restart homebody"
)
"""There is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whisper:
    """A library and its model; ``language`` is None where each recording tells.

    ``sound`` is libsndfile and ``aac`` libfaad2, where they are here.
    """

    library: Path
    model: Path
    language: str | None
    sound: Path | None
    aac: Path | None

    @property
    def reads(self) -> tuple[Path, ...]:
        """What is read before the seal; the libraries that they need lie beside them."""
        libraries = [one for one in (self.library, self.sound, self.aac) if one is not None]
        return (self.model.resolve(), *dict.fromkeys(library.resolve().parent for library in libraries))


def find(
    settings: Settings,
    *,
    packages: Path = PACKAGES,
    folders: Sequence[Path] = FOLDERS,
    models: Iterable[str | Path] = MODELS,
) -> Whisper | Lacking:
    """Return the whisper.cpp that is here, set up as *settings* say, or why there is none."""
    wish = settings.speech
    if not wish.enabled:
        return Lacking(
            reason="settings.yaml wishes no recordings (`speech`)",
            cure="take `enabled: false` out and restart homebody",
            wanted=False,
        )
    library = wish.library.expanduser() if wish.library else first(packages, IN_PACKAGES, folders, LIBRARIES)
    if wish.library is not None and (library is None or not library.is_file()):
        return named("library", "whisper.cpp's library, such as libwhisper.so.1")
    if wish.model is not None:
        model: Path | None = wish.model.expanduser()
        if model is None or not model.is_file() or multilingual(model) is None:
            return named("model", "a model of whisper.cpp, such as ggml-small.bin")
    else:
        model = best(found_in([*models, *settings.model_folders]))
    if library is None:
        return ABSENT if model is None else Lacking(
            reason="there is a model of whisper.cpp here and no library",
            cure=f"install whisper.cpp ({GET_LIBRARY}) and restart homebody",
        )  # fmt: skip
    if model is None:
        return Lacking(
            reason="whisper.cpp is here without a model",
            cure=f"{GET_MODEL} or name it in settings.yaml (`speech: {{model: PATH}}`), and restart homebody",
        )
    return Whisper(
        library=library,
        model=model,
        language=None if wish.language == "auto" else wish.language,
        sound=first(packages, SOUND_IN_PACKAGES, folders, SOUND_LIBRARIES),
        aac=first(packages, (), folders, AAC_LIBRARIES),
    )


def named(what: str, kind: str) -> Lacking:
    """Return that the settings name as *what* something that is no *kind*."""
    return Lacking(
        reason=f"settings.yaml names under `speech` a {what} that is not there or is none",
        cure=f"let `{what}` name {kind}, or take the line out, and restart homebody",
    )


def first(
    packages: Path, patterns: Iterable[str], folders: Iterable[Path], names: Iterable[str]
) -> Path | None:
    """Return the first library that is there: of Python's *packages*, else by its *names* in the *folders*."""
    inside = (path for pattern in patterns for path in sorted(packages.glob(pattern)))
    outside = (folder / name for name in names for folder in folders)
    return next((path for some in (inside, outside) for path in some if path.is_file()), None)


def found_in(folders: Iterable[str | Path]) -> list[Path]:
    """Return all that may be models in *folders*; what cannot be looked at is not there."""
    found: list[Path] = []
    for folder in folders:
        try:
            found += sorted(Path(folder).expanduser().glob(NAMES))
        except (OSError, RuntimeError):
            continue
    return found


def best(models: Iterable[Path]) -> Path | None:
    """Return the model to take of those that are there, None without any.

    One of several languages before one of English alone; of these the largest that is quick enough, else the smallest.
    """
    known = [(path, size, many) for path in models if (many := multilingual(path)) is not None
             for size in [path.stat().st_size]]  # fmt: skip
    quick = [one for one in known if one[1] <= QUICK_BYTES]
    if quick:
        return max(quick, key=lambda one: (one[2], one[1]))[0]
    return min(known, key=lambda one: (not one[2], one[1]))[0] if known else None


def multilingual(path: Path) -> bool | None:
    """Return whether a model knows more than English, by its header; None for what is no model of whisper.cpp."""
    try:
        with path.open("rb") as file:
            head = file.read(HEADER.size)
    except OSError:
        return None
    if len(head) < HEADER.size:
        return None
    magic, words, *sizes, _kind = HEADER.unpack(head)
    if magic != MAGIC or words < MULTILINGUAL - 1 or not all(0 < size <= 1 << 16 for size in sizes):
        return None
    return bool(words >= MULTILINGUAL)
