"""What text would a person call right in an RTF file?"""

import pytest

from homebody.documents.extract import FormatError
from homebody.documents.formats import rtf


def shown(body: bytes) -> str:
    """Return the text of a document with that body."""
    return rtf.extract(b"{\\rtf1\\ansi\\ansicpg1252 " + body + b"}").text


def test_a_document_reads_as_wordpad_shows_it():
    """Letters in their encoding, lines, tabs, quotes, tables; its own tables of fonts and colours left out."""
    found = rtf.extract(
        b"{\\rtf1\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0\\fswiss SECRET;}{\\f1\\fcharset204 SECRET;}}"
        b"{\\colortbl;\\red0;}{\\*\\generator SECRET;}{\\info{\\title SECRET}{\\author SECRET}}"
        b"\\pard\\f0\\b Gr\\'f6\\'dfe\\b0  & \\ldblquote co\\rdblquote\\par\r\nsecond\\tab col\\line third\\par"
        b"\\par \\trowd a\\cell b\\cell\\row c\\cell\\cell\\row\\pard {\\f1\\'ea\\'f0\\'fb\\'f8\\'e0}\\par"
        b"\\u8364?\\u-10179?\\u-8704? \\{x\\}\\~y}"
    )
    assert found.text == ("Größe & “co”\nsecond\tcol\nthird\n\na | b\nc\nкрыша\n€😀 {x} y")


@pytest.mark.parametrize(
    "secret",
    [
        b"{\\v SECRET}",
        b"\\v SECRET\\v0 ",
        b"\\deleted SECRET\\deleted0 ",
        b"{\\*\\unknown SECRET}",
        b"{\\pict\\pngblip 53454352}",
        b"{\\*\\annotation SECRET}",
        b'{\\field{\\*\\fldinst HYPERLINK "SECRET"}{\\fldrslt }}',
        b"{\\object{\\*\\objdata SECRET}}",
        b"{\\bin6 SECRET}",
        b"{\\*\\bkmkstart SECRET}",
    ],
)
def test_what_is_not_shown_is_not_in_the_text(secret: bytes):
    """Hidden and deleted text, codes, pictures and comments."""
    assert shown(b"before " + secret + b"after").split() == ["before", "after"]


def test_a_letter_of_two_bytes_is_one():
    """In the encodings of East Asia."""
    data = (
        b"{\\rtf1\\ansi\\ansicpg932 " + b"".join(b"\\'%02x" % byte for byte in "屋根".encode("cp932")) + b"}"
    )
    assert rtf.extract(data).text == "屋根"


def test_pictures_and_hidden_text_are_counted():
    """What is not in the text is said."""
    found = rtf.extract(b"{\\rtf1 a{\\pict 00}{\\v b}{\\*\\annotation c}}")
    assert found.left_out_words() == "1 image, 1 comment, 1 hidden part"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"text", "named RTF and is none"),
        (b"{\\rtf1 {\\pict 00}}", "no text in it"),
        (b"{\\rtf1 " + b"{" * 3_000 + b"a", "nested too deeply"),
    ],
)
def test_what_is_no_rtf_for_us_says_why(data: bytes, reason: str):
    """In words."""
    with pytest.raises(FormatError, match=reason):
        rtf.extract(data)


@pytest.mark.parametrize(
    "data", [b"{\\rtf1 a", b"{\\rtf1 a}}}}}b", b"{\\rtf1 a\\bin99999999999 b", b"{\\rtf1 a\\'"]
)
def test_a_document_cut_short_is_read_as_far_as_it_goes(data: bytes):
    """And one with too many ends, too."""
    assert rtf.extract(data).text.startswith("a")
