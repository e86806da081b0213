"""What does a picture file say of itself: its sheets, and which way is up?"""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from make_pictures import Dots, jpeg_mark, tiff

from homebody.documents.extract import FormatError
from homebody.documents.pictures.marks import MOST_SHEETS, quarters, sheets

DOT = Dots(3, 2, bytes(6))


def test_the_sheets_of_a_tiff_are_found_in_order():
    """With the size that each claims to have."""
    found = sheets(tiff([DOT, Dots(5, 1, bytes(5))]))
    assert found is not None
    assert [(3, 2), (5, 1)] == [(width, height) for _, width, height in found]
    assert sheets(b"\x89PNG\r\n") is None


def test_a_tiff_with_its_large_end_first_is_read_as_well():
    """Old Macs and some scanners write it."""
    entries = struct.pack(">HHHIHHHHIHH", 2, 256, 3, 1, 7, 0, 257, 3, 1, 9, 0)
    assert sheets(b"MM\0*" + struct.pack(">I", 8) + entries + bytes(4)) == [(8, 7, 9)]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"II*\0\x08\0\0\0" + struct.pack("<HI", 0, 8), "round in a circle"),
        (b"II*\0\0\0\0\0", "no sheets"),
        (b"II*\0\xff\xff\xff\x7f", "damaged"),
        (tiff([DOT] * (MOST_SHEETS + 1)), "more than 500 sheets"),
    ],
    ids=["circle", "none", "beyond", "many"],
)
def test_a_tiff_that_nobody_can_read_says_why(data: bytes, reason: str):
    """And it is not read for ever."""
    with pytest.raises(FormatError, match=reason):
        sheets(data)


@pytest.mark.parametrize(("orientation", "turns"), [(1, 0), (3, 2), (6, 1), (8, 3), (2, 0), (77, 0)])
def test_a_telephone_notes_how_it_was_held(orientation: int, turns: int):
    """How often the picture is to be turned right, by the numbers of Exif."""
    assert quarters(jpeg_mark(orientation)) == turns
    assert quarters(b"\xff\xd8\xff\xe0\0\x04ab" + jpeg_mark(orientation)[2:]) == turns


@given(st.binary(max_size=300), st.sampled_from([b"", b"II*\0", b"MM\0*", b"\xff\xd8", jpeg_mark(6)[:24]]))
def test_any_bytes_are_an_answer_or_a_reason(data: bytes, beginning: bytes):
    """Nothing else comes out."""
    assert quarters(beginning + data) in (0, 1, 2, 3)
    try:
        sheets(beginning + data)
    except FormatError:
        return
