"""Is the text in pictures and scans read, by the Tesseract that is here, in a process as sealed as the other?"""

import io
import os
import signal
import threading
import time

import pytest
from make_pdf import make_pdf
from make_pictures import Dots, bmp, drawn, jpeg_mark, png, scanned, tiff, turned
from PIL import Image

from homebody import seal
from homebody.clock import SystemClock
from homebody.documents.file import Unreadable
from homebody.documents.pictures.reader import MOST_SHEETS, PictureReader
from homebody.documents.pictures.tesseract import Tesseract, find
from homebody.documents.readers import Readers, readers
from homebody.errors import CancelledError

HERE = find(None)

pytestmark = pytest.mark.skipif(not isinstance(HERE, Tesseract), reason=f"pictures are not read here: {HERE}")

LETTER = ("Invoice 2026-117", "Meier & Sons, Roofing", "Please pay 312.40 EUR within 14 days.")
WORDS = "\n".join(LETTER)
SHEET = drawn(LETTER)


@pytest.fixture(scope="module")
def both():
    """The readers as the daemon has them."""
    made = readers(SystemClock(), HERE)
    yield made
    made.stop()


def read(both: Readers, data: bytes, suffix: str, **how) -> str:
    """Return the text without empty lines: how far apart two lines must be for a paragraph is Tesseract's to say."""
    return "\n".join(line for line in both.read(data, suffix, **how).text.split("\n") if line)


def refused(both: Readers, data: bytes, suffix: str, **how) -> Unreadable:
    """Return why there is no text."""
    with pytest.raises(Unreadable) as caught:
        both.read(data, suffix, **how)
    return caught.value


def saved(kind: str, dots: Dots = SHEET) -> bytes:
    """Return a picture file of a *kind* that Pillow writes."""
    out = io.BytesIO()
    Image.frombytes("L", (dots.width, dots.height), dots.grey).save(out, kind, dpi=(200, 200))
    return out.getvalue()


@pytest.mark.parametrize(
    ("suffix", "data"),
    [
        (".png", png(SHEET)),
        (".TIFF", tiff([SHEET])),
        (".bmp", bmp(SHEET)),
        (".gif", saved("GIF")),
        (".webp", saved("WEBP")),
        (".jpg", saved("JPEG")),
        (".jpg", png(SHEET)),
    ],
    ids=["png", "tiff", "bmp", "gif", "webp", "jpeg", "a png by a wrong name"],
)
def test_each_kind_of_picture_is_read(both: Readers, suffix: str, data: bytes):
    """By its bytes, whatever its name says, and told to be recognised."""
    assert read(both, data, suffix) == WORDS
    assert both.read(data, suffix).recognised == 1


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_picture_that_lies_on_its_side_or_head_is_read(both: Readers, quarters: int):
    """Nobody turns every scan by hand."""
    lying = SHEET
    for _ in range(quarters):
        lying = turned(lying)
    assert read(both, png(lying), ".png") == WORDS


def test_a_photograph_is_turned_as_the_telephone_notes(both: Readers):
    """Orientation 8: the camera was held so that the picture is to be turned left."""
    assert read(both, saved("JPEG"), ".jpeg") == WORDS
    data = jpeg_mark(8) + saved("JPEG", turned(SHEET))[2:]
    assert read(both, data, ".jpeg") == WORDS


def test_a_picture_of_a_screen_is_read(both: Readers):
    """Its letters are ten dots high, white on black."""
    screen = drawn(LETTER, 96)
    dark = Dots(screen.width, screen.height, bytes(255 - dot for dot in screen.grey))
    assert read(both, png(dark, 96), ".png") == WORDS


def test_a_scan_with_several_sheets_is_one_document(both: Readers):
    """In order, a blank sheet counted."""
    found = both.read(tiff([SHEET, drawn(()), drawn(("Second sheet",))]), ".tif")
    assert found.text.endswith("within 14 days.\n\nSecond sheet")
    assert (found.pages, found.recognised, found.left_out_words()) == (3, 2, "1 page without text")


def test_a_scanned_pdf_is_read(both: Readers):
    """Each page is drawn and looked at."""
    assert read(both, scanned([SHEET]), ".pdf") == WORDS


def test_pages_with_a_text_of_their_own_keep_it(both: Readers):
    """Only the others are recognised, and the order is kept."""
    found = both.read(scanned([["Own words: Größe"], SHEET, ["The end"]]), ".pdf")
    lines = [line for line in found.text.split("\n") if line]
    assert lines == ["Own words: Größe", *LETTER, "The end"]
    assert (found.pages, found.recognised, found.left_out_words()) == (3, 1, "")


def test_only_the_wanted_pages_are_recognised(both: Readers):
    """The others are counted."""
    found = both.read(
        scanned([drawn(("First",)), drawn(("Second",)), drawn(("Third",))]), ".pdf", pages=(2, 2)
    )
    assert (found.text, found.left_out_words()) == ("Second", "2 pages that were not asked for")
    assert "has 1 page, and it is read from page 2 on" in str(
        refused(both, png(SHEET), ".png", pages=(2, None))
    )


def test_what_has_no_text_says_so(both: Readers):
    """Neither a blank sheet nor a pattern becomes gibberish."""
    noise = Dots(600, 400, bytes((x * 2654435761 >> 7) % 256 for x in range(240_000)))
    for data in (png(drawn(())), png(noise)):
        assert str(refused(both, data, ".png")).startswith("no text: nothing that could be read")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"no picture at all", "no picture"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "no picture"),
        (png(SHEET)[:2_000], "damaged"),
        (tiff([SHEET])[:200], "no picture"),
        (
            png(Dots(9, 9, bytes(81))).replace(b"\0\0\0\x09\0\0\0\x09", b"\0\0\x90\0\0\0\x90\0"),
            "1,359 million dots",
        ),
    ],
    ids=["empty", "text", "header", "cut", "cut tiff", "bomb"],
)
def test_what_is_no_picture_says_so(both: Readers, data: bytes, reason: str):
    """And another try does not help."""
    found = refused(both, data, ".png")
    assert reason in str(found)
    assert found.lasting


def test_more_scans_than_can_be_recognised_are_refused_with_the_cure(both: Readers):
    """Before the first minute is spent on them."""
    many = str(refused(both, make_pdf([[]] * (MOST_SHEETS + 1)), ".pdf"))
    assert "101 pages are scans" in many
    assert "`pages`" in many
    assert both.read(make_pdf([[]] * MOST_SHEETS + [["text"]]), ".pdf").text == "text"


def test_no_probe_gets_out_of_the_reader_of_pictures(both: Readers):
    """Aimed at things that an unsealed process reaches; and it reads after that."""
    assert isinstance(both.pictures, PictureReader)
    with seal.Targets() as targets:
        results = both.pictures.probe(None, targets.targets)
        assert targets.arrived == 0
    assert len(results) == len(seal.PROBES)
    assert [result.name for result in results if result.reached and result.name not in seal.LIMITS] == []
    assert both.pictures.pid is not None
    assert all(thread.sealed for thread in seal.seal_status(both.pictures.pid))
    assert not any(one.foreign for one in both.pictures.descriptors())
    assert read(both, png(SHEET), ".png") == WORDS


def test_its_process_ends_with_the_document(both: Readers):
    """What a stranger's picture may have left in it meets no other, and no memory is held."""
    assert isinstance(both.pictures, PictureReader)
    both.read(png(SHEET), ".png")
    assert both.pictures.pid is None


def test_a_run_that_is_given_up_waits_for_no_other_sheet(both: Readers):
    """It is asked before each; the next document is read as ever."""
    asked: list[int] = []

    def heed() -> None:
        asked.append(1)
        if len(asked) == 3:
            raise CancelledError

    with pytest.raises(CancelledError):
        both.read(tiff([SHEET] * 4), ".tif", heed=heed)
    assert len(asked) == 3
    assert read(both, png(SHEET), ".png") == WORDS


def test_a_long_scan_holds_up_no_text(both: Readers):
    """Each reader has a queue of its own."""
    begun, go_on = threading.Event(), threading.Event()
    found: list[str] = []

    def heed() -> None:
        begun.set()
        assert go_on.wait(60)

    thread = threading.Thread(target=lambda: found.append(read(both, png(SHEET), ".png", heed=heed)))
    thread.start()
    assert begun.wait(60)
    assert both.read(b"a note", ".md").text == "a note"
    go_on.set()
    thread.join(60)
    assert found == [WORDS]


def test_a_process_that_is_killed_between_two_sheets_costs_a_try(both: Readers):
    """The document may be tried again, and is."""
    pictures = both.pictures
    assert isinstance(pictures, PictureReader)

    def kill() -> None:
        if pictures.pid is not None:
            os.kill(pictures.pid, signal.SIGKILL)
            os.waitid(os.P_PID, pictures.pid, os.WEXITED | os.WNOWAIT)

    found = refused(both, tiff([SHEET, SHEET]), ".tif", heed=kill)
    assert not found.lasting
    assert read(both, png(SHEET), ".png") == WORDS


def test_a_sheet_that_takes_too_long_is_given_up():
    """The process is ended at the deadline."""
    assert isinstance(HERE, Tesseract)
    reader = PictureReader(HERE, clock=SystemClock(), sheet_seconds=0.05)
    began = time.monotonic()
    dots = drawn([f"{n} words in a line of many words" for n in range(48)], 300)
    with pytest.raises(Unreadable, match="took longer than"):
        reader.recognise(tiff([dots, dots]), ".tif")
    assert reader.pid is None
    assert time.monotonic() - began < 30


def test_a_picture_that_takes_too_much_memory_is_given_up():
    """By the kernel's limit; the next process reads on."""
    assert isinstance(HERE, Tesseract)
    reader = PictureReader(HERE, clock=SystemClock(), memory_bytes=400 << 20)
    with pytest.raises(Unreadable):
        reader.recognise(png(Dots(9_000, 9_000, bytes(81_000_000))), ".png")
    assert reader.recognise(png(SHEET), ".png").recognised == 1
    reader.stop()


def test_stopping_ends_it_in_the_middle_of_a_document(both: Readers):
    """A daemon that stops waits for no scan."""
    pictures = both.pictures
    assert isinstance(pictures, PictureReader)
    begun, asked = threading.Event(), []
    reasons: list[str] = []
    dots = drawn([f"{n} words in a line of many words" for n in range(48)], 300)
    document = tiff([dots] * 20)

    def heed() -> None:
        asked.append(1)
        if len(asked) == 3:  # its turn, the first sheet, the second
            begun.set()

    thread = threading.Thread(target=lambda: reasons.append(str(refused(both, document, ".tif", heed=heed))))
    thread.start()
    assert begun.wait(60)
    began = time.monotonic()
    both.stop()
    thread.join(20)
    between = "the reader process ended in the middle of the document"  # met before the sheet was asked for
    assert reasons[0] in ("the reader process was stopped", between)
    assert time.monotonic() - began < 20
    assert pictures.pid is None
