"""In which ways can a date be written, and where does one of them stand in a text?"""

import re
import unicodedata
from datetime import date
from functools import lru_cache

from homebody.slots.span import Span

_MONTHS = (
    "january jan januar jänner janvier janv enero ene gennaio gen janeiro januari stycznia sty ledna",
    "february feb februar febr feber février fevr févr febrero febbraio fevereiro fev februari lutego lut února",
    "march mar märz maerz mrz mär mars marzo março marco maart mrt marts marca března",
    "april apr avril avr abril abr aprile kwietnia kwi dubna",
    "may mai mayo maggio mag maio mei maj maja května",
    "june jun juni juin junio giugno giu junho czerwca cze června",
    "july jul juli juillet juil julio luglio lug julho lipca lip července",
    "august aug août aout agosto ago augustus augusti sierpnia sie srpna",
    "september sep sept septembre septiembre settembre set setembro września wrz září",
    "october oct oktober okt octobre octubre ottobre ott outubro out października paź října",
    "november nov novembre noviembre novembro listopada lis listopadu",
    "december dec dezember dez décembre déc diciembre dic dicembre dezembro grudnia gru prosince",
)
"""Months in English, German, French, Spanish, Italian, Portuguese, Dutch, the Scandinavian languages, Polish, Czech."""

_ORDINAL = r"(?:\.|st|nd|rd|th|er|[eèºª°])?"
_OF = r"(?:de|del|of|d['’])"
_GAP = r"\s{0,3}"


def find_date(value: date, source: str) -> Span | None:
    """Return where *value* first stands in *source*, in whatever notation, None when it does not.

    The year must stand there, of 1950 to 2049 its last two digits are enough. A date that can be read in two ways
    (3/4/2026) stands for both.
    """
    found = _pattern(value).search(source)
    return None if found is None else Span(found.start(), found.end())


@lru_cache(maxsize=64)
def _pattern(value: date) -> re.Pattern[str]:
    """Return a pattern of every notation of *value*."""
    day, month, year4 = f"0?{value.day}", f"0?{value.month}", f"{value.year:04d}"
    year = rf"(?:{year4}|['’]?{year4[2:]})" if 1950 <= value.year < 2050 else year4
    words = sorted(set(_MONTHS[value.month - 1].split()), key=len, reverse=True)
    name = f"(?:{'|'.join(map(_letters, words))})"
    ways = [
        rf"(?<!\d){year4}{value.month:02d}{value.day:02d}(?!\d)",
        rf"(?<!\d){year4}\s?[年년]\s?{month}\s?[月월]\s?{day}\s?[日일]",
    ]
    for mark in (r"\.", "/", "-"):
        alone, end = rf"(?<!\d)(?<!\d{mark})", rf"(?!\d)(?!{mark}\d)"
        between = rf"\s?{mark}\s?"
        ways.append(f"{alone}{year4}{between}{month}{between}{day}{end}")
        ways.append(f"{alone}{day}{between}{month}{between}{year}{end}")
        if mark != r"\.":
            ways.append(f"{alone}{month}{between}{day}{between}{year}{end}")
    joint = rf"{_GAP}(?:[-/]|{_OF}\b)?{_GAP}"
    ways += [
        rf"(?<!\d){day}{_ORDINAL}{joint}{name}\.?,?{joint}{year}(?!\d)",
        rf"(?<![^\W\d_]){name}\.?[-/]?{_GAP}{day}(?!\d){_ORDINAL},?[-/]?{_GAP}{year}(?!\d)",
        rf"(?<!\d){year4}[.,]?{_GAP}[-/]?{_GAP}{name}\.?[-/]?{_GAP}{day}(?!\d)",
    ]
    return re.compile("|".join(ways), re.IGNORECASE)


def _letters(word: str) -> str:
    """Return a pattern of *word*, an accented letter also as the two characters that it can be written with."""
    return "".join(
        re.escape(c) if len(apart := unicodedata.normalize("NFD", c)) == 1 else f"(?:{c}|{apart})"
        for c in word
    )
