"""How does a spreadsheet show a number? By the format of its cell (ECMA-376-1, 18.8.30 and 18.8.31)."""

import re
from datetime import datetime, timedelta

BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 14: "yyyy-mm-dd", 15: "d-mmm-yy",
    16: "d-mmm", 17: "mmm-yy", 18: "h:mm", 19: "h:mm:ss", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy-mm-dd h:mm",
    37: "#,##0", 38: "#,##0", 39: "#,##0.00", 40: "#,##0.00", 44: "#,##0.00", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss",
}  # fmt: skip
"""The formats that a file names by number only; they differ from country to country."""

QUOTED = re.compile(r'"[^"]*"?|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]')
"""What a format shows as it stands: quoted words, fill characters, colours and currencies."""

SECTION = re.compile(r'(?:"[^"]*"?|\\.|\[[^\]]*\]?|[^;"\\\[]|\\$)*')
"""The first part of a format, up to a semicolon that is not quoted."""

PARTS = re.compile(
    r'"([^"]*)"?|\\(.)|\[\$([^\]-]*)[^\]]*\]|\[[^\]]*\]?|[_*].'
    r"|([0#?][0#?.,]*(?:[eE][+-][0#?]+)?%?|\.[0#?]+)|([€$£¥₹ ])|.",
    re.DOTALL,
)
"""Of what a format is made: quoted words or characters, a currency, gaps, places of digits, signs without quotes."""

SCALED = re.compile(r"[0#?](,+)(?![0#?,])")
"""Commas behind the last place: each stands for a division by a thousand."""

DECIMALS = re.compile(r"[0#?]\.(0+)")
LAST_DAY = 2_958_466
"""The first serial number behind the year 9999."""


def shown(value: str, code: str, *, from_1904: bool) -> str:
    """Return the number *value* as a cell with the format *code* shows it; what is no number as it stands."""
    try:
        number = float(value)
    except ValueError:
        return value
    if number != number or abs(number) > 1e300:  # noqa: PLR0124 - not a number is not itself
        return value
    if hides(code, number):
        return ""
    section = SECTION.match(code).group()  # type: ignore[union-attr]  # it fits anything
    bare = QUOTED.sub("", section).lower()
    if is_moment(bare):
        return formatted(number, bare, from_1904=from_1904)
    scaled = SCALED.search(bare)
    text = formatted(number / 1000 ** len(scaled.group(1)) if scaled else number, bare, from_1904=from_1904)
    before, after = around(section)
    return f"-{before}{text[1:]}{after}" if text.startswith("-") else f"{before}{text}{after}"


def is_moment(bare: str) -> bool:
    """Return whether *bare*, a format without what it only quotes, is one of days or times."""
    return "general" not in bare and re.search("[ymdhs]", bare) is not None


def around(section: str) -> tuple[str, str]:
    """Return what a format shows before a number and behind it: a currency, a unit, words in quotes.

    Nothing where words stand among the digits, as in a telephone number: those are not laid out here.
    """
    sides, places = ["", ""], 0
    for found in PARTS.finditer(section):
        quoted, escaped, currency, digits, sign = found.groups()
        if digits:
            places += 1
        sides[min(places, 1)] += quoted or escaped or currency or sign or ""
    return (sides[0].lstrip(), sides[1].rstrip()) if places == 1 else ("", "")


def formatted(number: float, bare: str, *, from_1904: bool) -> str:
    """Return a number as *bare* has it: a format in small letters without what it only quotes."""
    if is_moment(bare):
        return moment(number, bare, from_1904=from_1904) or plain(number)
    places = len(found.group(1)) if (found := DECIMALS.search(bare)) else 0
    if "%" in bare:
        return f"{number * 100:.{places}f}%"
    if places and "e" not in bare:
        return f"{number:.{places}f}"
    return plain(number)


def hides(code: str, number: float | None) -> bool:
    """Return whether a format shows nothing of *number*, or of a text for None.

    A format has up to four parts: for what is above zero, below it, zero, and a text; an empty one shows nothing.
    """
    parts = QUOTED.sub("x", code).split(";")
    at = 3 if number is None else 0 if number > 0 else 1 if number < 0 else 2
    return len(parts) > max(at, 1) and not parts[at].strip()


def plain(number: float) -> str:
    """Return a number as a cell without a format shows it: eleven digits, no more."""
    return f"{number:.0f}" if number.is_integer() and abs(number) < 1e15 else f"{number:.11g}"


def moment(serial: float, bare: str, *, from_1904: bool) -> str | None:
    """Return the day, the time or both that a serial number means; None when it is none.

    The count of 1900 has a 29 February 1900, which never was.
    """
    if not 0 <= serial < LAST_DAY:
        return None
    has_time = bool(re.search("[hs]", bare))
    has_day = bool(re.search("[yd]", bare)) or ("m" in bare and not has_time)
    first = (1904, 1, 1) if from_1904 else (1899, 12, 31 if serial < 60 else 30)
    start = datetime(*first)  # noqa: DTZ001 - a cell knows no time zone
    seconds = round(serial * 86_400)
    if "[h" in bare:
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    try:
        found = start + timedelta(seconds=seconds)
    except OverflowError:
        return None
    clock = f"{found:%H:%M}" if not found.second else f"{found:%H:%M:%S}"
    day = f"{found:%Y-%m-%d}"
    return f"{day} {clock}" if has_day and has_time else day if has_day else clock


def column(reference: str) -> int | None:
    """Return the column of a reference such as BC12, counted from 0; None when there is none."""
    found = 0
    for letter in reference[:4]:
        if not "A" <= letter <= "Z":
            break
        found = found * 26 + ord(letter) - 64
    return found - 1 if 0 < found <= 16_384 else None
