"""Subtitles: what is said, line by line, and nothing of when and where."""

import pytest

from homebody.documents.extract import FormatError
from homebody.documents.formats import subtitles


def read(source: str) -> str:
    """Return the text of a file in UTF-8."""
    return subtitles.extract(source.encode()).text


def test_subrip_gives_the_spoken_words():
    """Numbers, times, italics and places are gone; two who speak have a line each."""
    source = (
        "1\r\n00:00:01,000 --> 00:00:02,500\r\n<i>Guten Morgen!</i>\r\nWie geht es?\r\n\r\n"
        "2\r\n00:00:03,000 --> 00:00:04,000\r\n{\\an8}- Gut.\r\n- Schön.\r\n\r\n"
        "3\r\n01:00:05,000 --> 01:00:06,000\r\n3 < 4 & 5\r\n\r\n4\r\n01:00:07,000 --> 01:00:08,000\r\n17\r\n"
    )
    assert read(source) == "Guten Morgen! Wie geht es?\n- Gut.\n- Schön.\n3 < 4 & 5\n17\n"


def test_webvtt_says_who_speaks_and_leaves_out_what_nobody_sees():
    """Styles, regions and notes; the notes are counted."""
    source = (
        "WEBVTT - A talk\n\nSTYLE\n::cue {color: red}\n\nREGION\nid:a\n\nNOTE\nhidden\n\nintro\n"
        "00:01.000 --> 00:02.000 align:start position:0%\n<v Anna Müller>Hello <c.yellow>there</c> &amp; you\n\n"
        "00:03.000 --> 00:04.000\n<v.loud Ben>Hi.\n<v Anna Müller>Again!\n\n00:00:05.000 --> 00:00:06.000\nNo.\n\n"
        "00:07.000 --> 00:08.000\nNo.\n"
    )
    found = subtitles.extract(source.encode())
    assert found.text == "Anna Müller: Hello there & you\nBen: Hi.\nAnna Müller: Again!\nNo.\nNo.\n"
    assert found.left_out_words() == "1 comment"


def test_lines_that_roll_up_stand_there_once():
    """As programs write that hear by themselves: each line is shown in two cues or three."""
    source = (
        "WEBVTT\nKind: captions\n\n00:00:00.000 --> 00:00:02.000 align:start\n \nthe<00:00:00.400><c> roof</c>\n\n"
        "00:00:02.000 --> 00:00:02.010\nthe roof\n \n\n"
        "00:00:02.010 --> 00:00:04.000\nthe roof\nis<00:00:02.500><c> red</c>\n\n"
        "00:00:04.000 --> 00:00:04.010\nis red\n \n"
    )
    assert read(source) == "the roof\nis red\n"


@pytest.mark.parametrize("source", ["", "WEBVTT\n", "Just a text.\n\nNo time at all.\n"])
def test_what_has_no_cue_says_so(source: str):
    """It may be anything."""
    with pytest.raises(FormatError, match="named as subtitles and has none"):
        read(source)
