"""Is there a whisper.cpp with a model, which one is taken, and what is said where there is none?"""

import struct
from pathlib import Path
from typing import Any

import pytest

from homebody.documents.file import Unreadable
from homebody.documents.lacking import Lacking
from homebody.documents.pictures.tesseract import ABSENT as NO_PICTURES
from homebody.documents.readers import PACKED, SOUNDS, Readers, readers
from homebody.documents.speech.whisper import Whisper, find, multilingual
from homebody.settings import Settings
from homebody.testing import FakeClock

MANY, ENGLISH = 51_865, 51_864


def lay(folder: Path, name: str, megabytes: int = 1, words: int = MANY) -> Path:
    """Lay a file down that begins as a model does and takes no room."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / name).open("wb") as file:
        file.write(struct.pack("<12i", 0x67676D6C, words, 1500, 512, 8, 6, 448, 512, 8, 6, 80, 1))
        file.truncate(megabytes * 1_000_000)
    return folder / name


class Place:
    """Where to look, with a library that a package has put there."""

    def __init__(self, folder: Path, library: str = "lib/libwhisper.so.1") -> None:
        self.folder = folder
        self.models = folder / "models"
        self.put(library)

    def put(self, name: str) -> Path:
        """Put an empty file there."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        return path

    def find(self, **speech: Any) -> Whisper | Lacking:
        """Look for it with these settings."""
        lib, packages = self.folder / "lib", self.folder / "packages"
        nowhere = self.folder / "nowhere"
        return find(
            Settings(speech=speech), packages=packages, folders=[nowhere, lib], models=[nowhere, self.models]
        )

    def model(self, **speech: Any) -> str:
        """Return the name of the model that is taken."""
        found = self.find(**speech)
        assert isinstance(found, Whisper)
        return found.model.name


def test_library_and_model_are_found(tmp_path: Path):
    """And libsndfile and libfaad2, where they are."""
    place = Place(tmp_path)
    model = lay(place.models, "ggml-base.bin")
    library = tmp_path / "lib/libwhisper.so.1"
    assert place.find() == Whisper(library=library, model=model, language=None, sound=None, aac=None)
    sound, aac = place.put("lib/libsndfile.so.1"), place.put("lib/libfaad.so.2")
    found = place.find(language="de")
    assert found == Whisper(library=library, model=model, language="de", sound=sound, aac=aac)
    assert found.reads == (model, tmp_path / "lib")


@pytest.mark.parametrize(
    "name",
    [
        "packages/pywhispercpp.libs/libwhisper-1ab89ae8.so.1.8.5",
        "packages/pywhispercpp/.dylibs/libwhisper.1.8.5.dylib",
        "lib/libwhisper.1.dylib",
    ],
)
def test_other_places_of_the_library_are_known(tmp_path: Path, name: str):
    """Those of pip on Linux and on a Mac, and Homebrew's."""
    place = Place(tmp_path, name)
    lay(place.models, "ggml-base.bin")
    found = place.find()
    assert isinstance(found, Whisper)
    assert found.library == tmp_path / name


def test_the_largest_model_that_is_quick_enough_is_taken(tmp_path: Path):
    """One of several languages before one of English alone; what is no model is none."""
    place = Place(tmp_path)
    lay(place.models, "ggml-large-v3.bin", 3095)
    lay(place.models, "ggml-medium.bin", 1533)
    assert place.model() == "ggml-medium.bin", "both are slow"
    lay(place.models, "ggml-small.en.bin", 488, ENGLISH)
    assert place.model() == "ggml-small.en.bin"
    lay(place.models, "ggml-tiny.bin", 78)
    lay(place.models, "ggml-base.bin", 148)
    (place.models / "ggml-silero-v6.2.0.bin").write_bytes(b"lmgg" + bytes(400_000))
    (place.models / "for-tests-ggml-base.bin").write_bytes(b"lmgg")
    assert place.model() == "ggml-base.bin"
    assert place.model(model=place.models / "ggml-large-v3.bin") == "ggml-large-v3.bin"
    assert multilingual(place.models / "ggml-base.bin") is True
    assert multilingual(place.models / "ggml-small.en.bin") is False
    assert multilingual(place.models / "ggml-silero-v6.2.0.bin") is None


def test_folders_of_ones_own_models_are_looked_at(tmp_path: Path):
    """Those that settings.yaml names for `homebody model list`."""
    place = Place(tmp_path)
    lay(tmp_path / "mine", "ggml-base.bin")
    found = find(
        Settings(model_folders=(tmp_path / "mine",)), packages=tmp_path, folders=[tmp_path / "lib"], models=[]
    )
    assert isinstance(found, Whisper), place.find()


@pytest.mark.parametrize(
    ("library", "model", "speech", "words"),
    [
        (False, False, {}, "install whisper.cpp (Homebrew has it as `whisper-cpp`"),
        (False, True, {}, "there is a model of whisper.cpp here and no library; install whisper.cpp ("),
        (
            True,
            False,
            {},
            "whisper.cpp is here without a model; lay one, such as ggml-small.bin, into ~/.cache/whisper",
        ),
        (
            True,
            True,
            {"enabled": False},
            "settings.yaml wishes no recordings (`speech`); take `enabled: false` out",
        ),
        (
            True,
            True,
            {"model": "/nowhere/ggml.bin"},
            "under `speech` a model that is not there or is none; let `model`",
        ),
        (
            True,
            True,
            {"library": "/nowhere/lib.so"},
            "under `speech` a library that is not there or is none; let `lib",
        ),
    ],
)
def test_what_lacks_is_said_with_the_cure(
    tmp_path: Path, library: bool, model: bool, speech: Any, words: str
):
    """Each in words that a person can follow."""
    place = Place(tmp_path, "lib/libwhisper.so.1" if library else "lib/other.so")
    if model:
        lay(place.models, "ggml-base.bin")
    found = place.find(**speech)
    assert isinstance(found, Lacking)
    assert words in str(found)
    assert found.wanted == (speech != {"enabled": False})


@pytest.fixture(scope="module")
def deaf():
    """Readers where there is no whisper.cpp."""
    made = readers(FakeClock(), NO_PICTURES)
    yield made
    made.stop()


def test_without_whisper_a_recording_says_what_to_install(deaf: Readers):
    """It is sent to no process at all."""
    for suffix in (*SOUNDS, ".WAV"):
        with pytest.raises(Unreadable, match=r"no text: this is a recording; install whisper\.cpp") as caught:
            deaf.read(b"RIFF", suffix)
        assert caught.value.lasting


def test_what_is_packed_otherwise_says_how_to_save_it(deaf: Readers):
    """No library that we call opens them."""
    for suffix in PACKED:
        with pytest.raises(
            Unreadable, match=f"no text: {suffix[1:]} is a kind of recording that is not read; save"
        ):
            deaf.read(b"", suffix)
