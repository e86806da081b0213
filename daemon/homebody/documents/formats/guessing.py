"""Which encoding are bytes in that do not say? Guessed from the letters that they would be, and told as a guess.

The library knows how often letters follow one another in many languages. It is asked about those encodings alone that
people's files are in, and where a handful of bytes decides, the world's most usual one is taken.
"""

import codecs
import re

from homebody.documents.formats import charsets

LATIN = ("cp1252", "cp1250", "iso8859-2", "cp1254", "iso8859-15", "cp1257", "mac-roman", "cp850", "cp437")
OTHER_SCRIPTS = (
    "cp1251", "koi8-r", "koi8-u", "iso8859-5", "cp866", "cp1253", "iso8859-7", "cp1255", "cp1256", "cp874",
)  # fmt: skip
EAST_ASIAN = ("cp932", "euc-jp", "gb18030", "big5", "cp949")

USUAL = "cp1252"
"""What WHATWG's standard falls back to as well, and what most old files of the West are in."""

WORD = re.compile(rb"[\x80-\xff]{3}")
"""A word in another script has letters beyond ASCII side by side; in a Latin one they stand alone, or in twos."""

BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
FEW, UNSURE = 3, 0.05

LEAST_ASCII = 0.01
"""The share of blanks, ends of lines and the like that any text has."""

MOST_BYTES = 65_536
"""So much of a file is looked at: more changes no guess."""

SHIFTS = (b"\x1b$B", b"\x1b$@", b"\x1b(J", b"\x1b(I")
"""How ISO-2022-JP goes over to Japanese; all of its bytes are ASCII's."""

SEEN = frozenset((*b"\t\n\r\f\x1b", *range(32, 127), *range(160, 256)))
"""The first 256 characters of Unicode, without those that control machines."""

WIDE = ("utf_32_le", "utf_32_be", "utf_16_le", "utf_16_be")
"""Unicode in units of two or four bytes, without a mark."""

NAMES = {"cp932": "shift-jis", "cp949": "euc-kr", "cp874": "tis-620"}
"""How codecs are called by people, where that is not Python's way."""


def preload() -> None:
    """Load library and codecs now: inside the seal no file can be opened."""
    charsets.preload()
    for name in WIDE:
        codecs.lookup(name)
    for words, name in (("Größe und Länge", "cp1252"), ("Привет, мир", "cp1251"), ("日本語のメモ", "cp932")):
        guess(words.encode(name))


def guess(data: bytes) -> str:
    """Return the codec that *data*, which is no UTF-8, is most likely in."""
    sample = data[:MOST_BYTES]
    first = BEYOND_ASCII.search(data)
    if first is None:
        return USUAL
    if (at := first.start()) >= len(sample):  # a long English text before the first name, say
        sample = data[max(0, at - MOST_BYTES // 2) : at + MOST_BYTES // 2]
    name, sure = _likeliest(sample, (*LATIN, *OTHER_SCRIPTS, *EAST_ASIAN))
    if name in _codecs(OTHER_SCRIPTS) and not WORD.search(sample):
        name, sure = _likeliest(sample, LATIN)
    found = set(BEYOND_ASCII.findall(sample))
    few = len(BEYOND_ASCII.findall(sample)) < FEW
    if name in _codecs(("cp1250", "iso8859-2", "cp1254", "cp1257")) and (few or sure < UNSURE):
        return USUAL
    if few and name in _codecs(LATIN) and min(found) >= b"\xa0":
        return USUAL
    return name


def wide(data: bytes) -> str | None:
    """Return the codec of Unicode in wide units that *data*, which has zero bytes and no mark, is in; None for none.

    In any script blanks, ends of lines and digits are ASCII, so zeros stand at the same place of some units at least.
    """
    sample = data[: MOST_BYTES - MOST_BYTES % 4]
    if len(sample) % 2:
        return None
    zeros = [sample[at::4].count(0) for at in range(4)]
    units = max(1, len(sample) // 4)
    if len(sample) % 4 == 0:
        if zeros[3] == units and zeros[2] > units * 0.9:
            return "utf_32_le"
        if zeros[0] == units and zeros[1] > units * 0.9:
            return "utf_32_be"
    big, little = zeros[0] + zeros[2], zeros[1] + zeros[3]
    if max(big, little) < len(sample) / 2 * LEAST_ASCII or min(big, little) * 2 > max(big, little):
        return None
    high, low, name = (0, 1, "utf_16_be") if big > little else (1, 0, "utf_16_le")
    pairs = zip(sample[high::2], sample[low::2], strict=True)
    ascii_ones = [letter for above, letter in pairs if above == 0]
    return name if all(letter in SEEN for letter in ascii_ones) else None


def told(name: str) -> str:
    """Return the name of a codec as people know it, and that it was assumed."""
    called = NAMES.get(name) or name.replace("cp125", "windows-125").replace("iso8859", "iso-8859")
    return f"{called.replace('_', '-')} (assumed)"


def is_shifted(data: bytes) -> bool:
    """Return whether *data* goes over to Japanese by escape sequences, as mail from Japan did."""
    return any(shift in data for shift in SHIFTS)


def _likeliest(sample: bytes, names: tuple[str, ...]) -> tuple[str, float]:
    import chardet

    found = chardet.detect(sample, include_encodings=names)
    name = codecs.lookup(found["encoding"] or USUAL).name
    return name, float(found["confidence"] or 0)


def _codecs(names: tuple[str, ...]) -> set[str]:
    return {codecs.lookup(name).name for name in names}
