"""Is the write-ahead log that was left behind damaged in its middle? SQLite itself would drop the rest in silence.

A kill leaves a log that ends in its middle of a frame, at worst; a frame of the same generation after one whose
sum is wrong means that something was overwritten. The format: sqlite.org/fileformat2.html#walformat.
"""

import struct
from pathlib import Path

HEADER = 32
FRAME = 24
BIG_ENDIAN_SUMS = 0x377F0683
MAGICS = (0x377F0682, BIG_ENDIAN_SUMS)

Sum = tuple[int, int]


def torn(log: Path) -> bool:
    """Return whether commits may be missing from the write-ahead *log*; one that is not there is not torn."""
    try:
        data = log.read_bytes()
    except FileNotFoundError:
        return False
    if len(data) < HEADER or not any(data[:HEADER]):
        return False
    magic, _, page, _, *salts = struct.unpack(">6I", data[:24])
    order = ">" if magic == BIG_ENDIAN_SUMS else "<"
    total = summed(data[:24], (0, 0), order)
    if magic not in MAGICS or struct.pack(">2I", *total) != data[24:HEADER] or page < 512:
        return True
    broken = False
    for place in range(HEADER, len(data) - FRAME - page + 1, FRAME + page):
        head = data[place : place + FRAME]
        if list(struct.unpack(">2I", head[8:16])) != salts:
            broken = True  # the rest is of an older generation, or something was overwritten
        elif broken:
            return True
        else:
            total = summed(head[:8] + data[place + FRAME : place + FRAME + page], total, order)
            broken = struct.pack(">2I", *total) != head[16:]
    return False


def summed(data: bytes, begin: Sum, order: str) -> Sum:
    """Return the log's checksum of *data*, going on from *begin*."""
    one, two = begin
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for first, second in zip(words[::2], words[1::2], strict=True):
        one = (one + first + two) & 0xFFFFFFFF
        two = (two + second + one) & 0xFFFFFFFF
    return one, two
