"""Is there a Tesseract, and what is said where there is none, or none that fits?"""

from pathlib import Path

import pytest

from homebody.documents.file import Unreadable
from homebody.documents.lacking import Lacking
from homebody.documents.pictures.tesseract import ABSENT, Tesseract, find
from homebody.documents.readers import Readers, readers
from homebody.testing import FakeClock


def place(folder: Path, *languages: str, library: str | None = "libtesseract.so.5") -> dict[str, list[Path]]:
    """Return where to look, after laying there what a package would."""
    data = folder / "tessdata"
    data.mkdir()
    for language in languages:
        (data / f"{language}.traineddata").touch()
    if library is not None:
        (folder / library).touch()
    return {"folders": [folder / "nowhere", folder], "data": [folder / "nowhere", data]}


def test_all_languages_that_are_installed_are_used(tmp_path: Path):
    """What tells which way is up is no language."""
    found = find(None, **place(tmp_path, "eng", "deu", "osd"))
    expected = Tesseract(
        library=tmp_path / "libtesseract.so.5", data=tmp_path / "tessdata", languages=("deu", "eng")
    )
    assert expected == found


def test_those_that_are_named_are_used_in_their_order(tmp_path: Path):
    """The first is the one that Tesseract tries first."""
    found = find(["eng", "deu"], **place(tmp_path, "deu", "eng", "fra"))
    assert isinstance(found, Tesseract)
    assert found.languages == ("eng", "deu")


@pytest.mark.parametrize("library", ["libtesseract.so.4", "libtesseract.5.dylib"])
def test_other_names_of_the_library_are_known(tmp_path: Path, library: str):
    """Debian before 12, and Homebrew."""
    assert isinstance(find(None, **place(tmp_path, "eng", library=library)), Tesseract)


@pytest.mark.parametrize(
    ("languages", "installed", "library", "words"),
    [
        (None, ["eng"], None, "install `tesseract-ocr` and restart homebody"),
        (None, [], "libtesseract.so.5", "Tesseract is here without any language; install one"),
        (None, [f"l{n}" for n in range(9)], "libtesseract.so.5", "9 languages here, and all of them at once"),
        (
            ["fra"],
            ["deu", "eng"],
            "libtesseract.so.5",
            "names fra, and Tesseract has deu, eng; install `tess",
        ),
        ([], ["eng"], "libtesseract.so.5", "names no language for pictures (`ocr`); take that line out"),
    ],
)
def test_what_lacks_is_said_with_the_cure(tmp_path: Path, languages, installed, library, words: str):
    """Each in words that a person can follow."""
    found = find(languages, **place(tmp_path, *installed, library=library))
    assert isinstance(found, Lacking)
    assert words in str(found)
    assert found.wanted == (languages != [])


@pytest.fixture(scope="module")
def blind():
    """Readers where there is no Tesseract."""
    made = readers(FakeClock(), ABSENT)
    yield made
    made.stop()


def test_without_tesseract_a_scan_says_what_to_install(blind: Readers):
    """And so does a picture, which is sent to no process at all."""
    from hostile_pdf import scan

    for data, suffix, kind in ((scan(), ".pdf", "scan"), (b"\x89PNG", ".PNG", "picture")):
        with pytest.raises(Unreadable) as caught:
            blind.read(data, suffix)
        assert str(caught.value) == f"no text: this is a {kind}; install `tesseract-ocr` and restart homebody"
        assert caught.value.lasting


def test_without_tesseract_a_page_without_text_is_counted(blind: Readers):
    """The rest of the document is read."""
    from make_pdf import make_pdf

    found = blind.read(make_pdf([["one"], []]), ".pdf")
    assert (found.text, found.left_out_words()) == ("one", "1 page without text")
