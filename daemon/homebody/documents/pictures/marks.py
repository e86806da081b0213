"""What does a picture file say of itself: which way is up, and where does each of its sheets begin?

Two things that Leptonica does not tell: the orientation that a telephone notes in a JPEG (Exif 2.3, tag 274), and the
list of sheets in a TIFF (TIFF 6.0, section 2), of which a scanner makes one file. Pure.
"""

import struct

from homebody.documents.extract import FormatError

MOST_SHEETS = 500
"""Sheets that are read; a longer document is refused and not cut."""

QUARTERS = {3: 2, 6: 1, 8: 3}
"""How often a picture with this orientation is to be turned right by 90 degrees; mirrored ones no camera makes."""

ORIENTATION, WIDTH, HEIGHT = 274, 256, 257
SHORT, LONG = 3, 4
START_OF_SCAN, EXIF = 0xDA, 0xE1

Entries = dict[int, int]


def quarters(data: bytes) -> int:
    """Return how often the picture *data* is to be turned right by 90 degrees, 0 where it does not say."""
    if not data.startswith(b"\xff\xd8"):
        return 0
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != START_OF_SCAN:
        (length,) = struct.unpack_from(">H", data, at + 2)
        block = data[at + 4 : at + 2 + length]
        if data[at + 1] == EXIF and block.startswith(b"Exif\0\0"):
            try:
                entries, _ = directory(block[6:], first(block[6:]))
            except (FormatError, struct.error):
                return 0
            return QUARTERS.get(entries.get(ORIENTATION, 1), 0)
        at += 2 + length
    return 0


def sheets(data: bytes) -> list[tuple[int, int, int]] | None:
    """Return where each sheet of a TIFF begins, with its width and height; None for what is no TIFF.

    Raises FormatError for a damaged one, and for more sheets than are read.
    """
    if data[:4] not in (b"II*\0", b"MM\0*"):
        return None
    found: list[tuple[int, int, int]] = []
    seen: set[int] = set()
    try:
        at = first(data)
        while at:
            if at in seen:
                raise FormatError("the picture is damaged: its sheets go round in a circle")
            if len(found) == MOST_SHEETS:
                raise FormatError(f"the picture has more than {MOST_SHEETS} sheets, and no more are read")
            seen.add(at)
            entries, following = directory(data, at)
            found.append((at, entries.get(WIDTH, 0), entries.get(HEIGHT, 0)))
            at = following
    except struct.error as error:
        raise FormatError("the picture is damaged") from error
    if not found:
        raise FormatError("the picture is damaged: it has no sheets")
    return found


def first(data: bytes) -> int:
    """Return where the first directory begins in *data*. Raises FormatError where there is none, struct.error."""
    if data[:4] not in (b"II*\0", b"MM\0*"):
        raise FormatError("the picture is damaged")
    return int(struct.unpack_from(order(data) + "I", data, 4)[0])


def directory(data: bytes, at: int) -> tuple[Entries, int]:
    """Return the single numbers of the directory at *at*, by tag, and where the next begins. Raises struct.error."""
    sign = order(data)
    (number,) = struct.unpack_from(sign + "H", data, at)
    entries: Entries = {}
    for index in range(number):
        place = at + 2 + 12 * index
        tag, kind, count = struct.unpack_from(sign + "HHI", data, place)
        if count == 1 and kind in (SHORT, LONG):
            entries[tag] = struct.unpack_from(sign + ("H" if kind == SHORT else "I"), data, place + 8)[0]
    return entries, int(struct.unpack_from(sign + "I", data, at + 2 + 12 * number)[0])


def order(data: bytes) -> str:
    """Return the byte order of a TIFF for struct: it begins with II or MM."""
    return "<" if data[:1] == b"I" else ">"
