"""Subtitles (SubRip and WebVTT): the words that are spoken, without times, places and colours."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from html import unescape

from homebody.documents.extract import Extract, FormatError
from homebody.documents.formats import text

SUFFIXES = (".srt", ".vtt")

TIME = re.compile(
    r"\s*(?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3}\s*-->\s*(?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3}(?:\s.*)?"
)
"""When a cue is shown: WebVTT may leave out the hours, and says behind it where it stands."""

SPEAKER = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]{1,200})>")
WORD_TIME = re.compile(r"<\d\d:[\d:.]{5,12}>")
"""The time of a single word, which programs write that hear by themselves."""

MARKUP = re.compile(r"</?[a-z][^<>\n]{0,200}>|<[\d:.]{5,20}>|\{\\[^{}\n]{0,200}\}", re.IGNORECASE)
"""Tags, the time of a single word, and the orders that SubRip has from another format ({\\an8})."""

APART = ("NOTE", "STYLE", "REGION")
"""How blocks of WebVTT begin that nobody sees."""


def preload() -> None:
    """Load the codecs now: inside the seal no file can be opened."""
    text.preload()


def extract(data: bytes) -> Extract:
    """Return the words of each cue on a line. Where lines roll up, as in what a machine heard, each stands there once.

    Raises FormatError for what has no cue.
    """
    whole = text.extract(data)
    rolls = WORD_TIME.search(whole.text) is not None
    left_out: Counter[str] = Counter()
    spoken: list[str] = []
    seen = False
    for block in re.split(r"\n[ \t]*\n", whole.text):
        lines = block.strip("\n").split("\n")
        at = next((at for at, line in enumerate(lines[:3]) if TIME.fullmatch(line)), None)
        if at is None:
            left_out["comments"] += lines[0].split(" ")[0] == "NOTE"
            continue
        seen = True
        for words in rolling(lines[at + 1 :]) if rolls else cue(lines[at + 1 :]):
            if not rolls or words not in spoken[-1:]:
                spoken.append(words)
    if not seen:
        raise FormatError("the file is named as subtitles and has none in it")
    counted = {what: number for what, number in left_out.items() if number}
    return replace(whole, text="\n".join(spoken) + "\n" if spoken else "", left_out=counted)


def cue(lines: list[str]) -> Iterator[str]:
    """Yield the words of a cue: one line, or one for each who speaks."""
    words = ""
    for line in lines:
        shown = bare(line)
        if words and (SPEAKER.match(line) or shown.startswith(("- ", "– "))):
            yield words
            words = ""
        words = f"{words} {shown}".strip()
    if words:
        yield words


def rolling(lines: list[str]) -> Iterator[str]:
    """Yield each line of a cue that holds words."""
    yield from (words for line in lines if (words := bare(line)))


def bare(line: str) -> str:
    """Return the words of a line, with who speaks before them."""
    return unescape(MARKUP.sub("", SPEAKER.sub(r"\1: ", line))).replace("\xa0", " ").strip()
