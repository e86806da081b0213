"""What text is in the bytes of each kind of document?"""

import codecs
import subprocess
import sys

import pytest
from hostile_pdf import locked, scan
from hypothesis import given
from hypothesis import strategies as st
from make_pdf import FONT, PAGE, assembled, make_pdf, stream

from homebody.documents.extract import MOST_CHARACTERS, FormatError
from homebody.documents.formats import ALL, markdown, pdf, suffixes, text

SENTENCE = "Fräulein Öztürk zahlt 5 € für Kürbis, œuf & “naïve” Æbleskiver."


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (SENTENCE.encode(), "utf-8"),
        (codecs.BOM_UTF8 + SENTENCE.encode(), "utf-8-sig"),
        (SENTENCE.encode("utf-16"), "utf-16"),
        (codecs.BOM_UTF16_BE + SENTENCE.encode("utf-16-be"), "utf-16"),
        (codecs.BOM_UTF32_LE + SENTENCE.encode("utf-32-le"), "utf-32"),
        (SENTENCE.encode("cp1252"), "windows-1252 (assumed)"),
    ],
)
def test_an_encoding_is_known_by_its_mark_or_by_its_bytes(data: bytes, encoding: str):
    """The text is the same, without the mark, and the encoding is named."""
    found = text.extract(data)
    assert (SENTENCE, encoding) == (found.text, found.encoding)


def test_all_line_ends_become_one():
    """Windows', old Macs' and everybody else's."""
    assert text.extract(b"one\r\ntwo\rthree\n").text == "one\ntwo\nthree\n"


def test_utf8_with_some_damage_stays_utf8():
    """One bad byte does not turn the rest into gibberish; the damage is marked."""
    found = text.extract("Ελληνικά και ένα λάθος: ".encode() + b"\xff" + " και συνέχεια".encode())
    assert found.text == "Ελληνικά και ένα λάθος: \ufffd και συνέχεια"
    assert found.encoding == "utf-8 (damaged)"


def test_text_cut_in_the_middle_of_a_letter_is_still_text():
    """A copy that stopped early, in either Unicode encoding."""
    assert text.extract("Größe Größe é".encode()[:-1]).text == "Größe Größe \ufffd"
    assert text.extract("Größe".encode("utf-16")[:-1]).text.startswith("Größ")


@pytest.mark.parametrize(
    "data",
    [
        b"\x7fELF\x02\x01\x01\x00" + bytes(64),
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4,
        b"PK\x03\x04" + bytes(range(1, 256)) * 40,
        bytes(range(1, 32)) * 100,
        b"#!/bin/sh\necho unpack\n" * 5_000 + b"\0\x01\x02",
    ],
    ids=["elf", "png", "zip", "controls", "script with a load"],
)
def test_bytes_that_are_no_text_are_refused(data: bytes):
    """By a zero byte anywhere, or by too many control characters."""
    with pytest.raises(FormatError, match="binary, not text"):
        text.extract(data)


def test_a_broken_text_with_a_mark_is_refused():
    """It claims to be UTF-16 and is not."""
    with pytest.raises(FormatError, match="UTF-16"):
        text.extract(codecs.BOM_UTF16_LE + b"\x00\xdc" * 20 + b"text")


def test_a_text_longer_than_any_book_is_refused_with_the_numbers():
    """It is not cut."""
    with pytest.raises(FormatError, match="5,000,001 characters"):
        text.extract(b"x" * (MOST_CHARACTERS + 1))
    with pytest.raises(FormatError, match="more than 5,000,000"):
        text.extract(b"x" * (5 * MOST_CHARACTERS))


@given(st.binary(max_size=2_000))
def test_any_bytes_are_text_or_refused(data: bytes):
    """Nothing else comes out, and no lone surrogate."""
    try:
        found = text.extract(data)
    except FormatError:
        return
    found.text.encode("utf-8")
    assert "\r" not in found.text


@given(st.text(st.characters(min_codepoint=32, exclude_categories=["Cs", "Cc"])))
def test_any_clean_text_survives_utf8(words: str):
    """Letter for letter."""
    if not words.startswith("\ufeff") and "\ufffd" not in words:
        assert text.extract(words.encode()).text == words


def test_front_matter_is_kept_apart_as_it_stands():
    """Comments and order included; the text begins below it."""
    found = markdown.extract(b"---\n# mine\ntitle: Roof\ntags: [a, b]\n---\n\n# Roof\nText.\n")
    assert found.front == "# mine\ntitle: Roof\ntags: [a, b]\n"
    assert found.text == "\n# Roof\nText.\n"


@pytest.mark.parametrize(
    "block", ["", "# only a comment\n", '"a key": 1\n', "{a: 1}\n", "tags:\n  - a\n", "key:\n", "my key: x\n"]
)
def test_whatever_yaml_keys_look_like_is_front_matter(block: str):
    """Also an empty block, and Windows' line ends."""
    for note in (
        f"---\n{block}---\nText",
        f"---\n{block}...\nText",
        f"---\n{block}---\nText".replace("\n", "\r\n"),
    ):
        found = markdown.extract(note.encode())
        assert (block, "Text") == (found.front, found.text)


@pytest.mark.parametrize(
    "note",
    [
        "---\n\nProse between two rules.\n\n---\nMore.",
        "---\n- a list\n- and more\n---\nMore.",
        "---\nkey: never closed\n",
        "Text first\n---\nkey: 1\n---\n",
        " ---\nkey: 1\n---\n",
        "----\nkey: 1\n----\n",
    ],
)
def test_what_is_no_front_matter_stays_text(note: str):
    """Nothing of a document is lost because it begins with a rule."""
    found = markdown.extract(note.encode())
    assert (None, note) == (found.front, found.text)


def test_the_pages_of_a_pdf_are_read_in_order():
    """A blank line between them, and their number."""
    found = pdf.extract(make_pdf([["First page", "with two lines"], [], ["Third: 5 € für Öl (neu)"]]))
    assert found.text == "First page\nwith two lines\n\nThird: 5 € für Öl (neu)"
    assert found.pages == 3
    assert found.left_out_words() == "1 page without text"


def test_what_a_pdf_says_of_itself_or_carries_is_not_in_its_text():
    """Its title, subject and keywords are in no page; what is attached is counted."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(SECRET.txt) 7 0 R] >> >> >>",
        b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
        FONT,
        PAGE % 5,
        stream(b"BT /F1 12 Tf 60 780 Td (Roof) Tj ET"),
        b"<< /Title (SECRET) /Subject (SECRET) /Keywords (SECRET) /Author (SECRET) >>",
        b"<< /Type /Filespec /F (SECRET.txt) /EF << /F 8 0 R >> >>",
        stream(b"SECRET", b"/Type /EmbeddedFile "),
    ]
    found = pdf.extract(assembled(objects, b"/Info 6 0 R "))
    assert (found.text, found.left_out_words()) == ("Roof", "1 attachment")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (locked(), "locked with a password"),
        (scan(), r"no text in it \(a scan\?\)"),
        (make_pdf([]), "damaged"),
        (make_pdf([["x"]] * 501), "501 pages, and at most 500"),
        (b"%PDF-1.7\nand then nothing", "damaged"),
        (make_pdf([["text"]])[:200], "damaged"),
        (b"<html>no PDF at all</html>", "named PDF and is none"),
        (b"", "named PDF and is none"),
    ],
    ids=["locked", "scan", "no pages", "too long", "damaged", "cut", "html", "empty"],
)
def test_a_pdf_without_text_for_us_says_why(data: bytes, reason: str):
    """Each in words that a person can use."""
    with pytest.raises(FormatError, match=reason):
        pdf.extract(data)


def test_a_pdf_may_begin_with_other_bytes():
    """Mail programs and scanners put some there."""
    assert pdf.extract(b"\r\n\r\n" + make_pdf([["text"]])).text == "text"


def test_every_format_has_its_parts_and_its_own_suffixes():
    """Adding one is adding a file and a line."""
    for room in ALL:
        assert room.SUFFIXES
        assert callable(room.preload)
        assert callable(room.extract)
    assert len(suffixes()) == sum(len(room.SUFFIXES) for room in ALL)


def test_the_house_around_the_reader_loads_no_format():
    """What meets strangers' bytes is in the reader's process only."""
    code = (
        "import sys, homebody.service.app\n"
        "print([name for name in sys.modules if name.startswith(('homebody.documents.formats', 'selectolax', 'chardet',"
        " 'pypdfium2', 'pyexpat'))])"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
