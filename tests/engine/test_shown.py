"""What of an answer may be shown while it is written."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from homebody.engine.shown import Shown

LETTERS = st.text(alphabet="ab\u00e9\u65e5\U0001f3e0 ", max_size=40)
STOPS = st.lists(st.text(alphabet="ab\u00e9 ", min_size=1, max_size=4), max_size=3)


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    """Return *data* cut at *cuts*, wherever in a character that is."""
    places = sorted({min(cut, len(data)) for cut in cuts} | {0, len(data)})
    return [data[start:end] for start, end in pairwise(places)]


@given(LETTERS, STOPS, st.lists(st.integers(0, 160)), st.booleans())
def test_a_text_ends_before_the_first_stop(text: str, stops: list[str], cuts: list[int], trimmed: bool):
    """However the tokens cut it, the text is what stands before its first stop, and so is what was shown of it."""
    shown = Shown(stops, trimmed=trimmed)
    seen = ""
    for piece in pieces(text.encode(), cuts):
        stopped = shown.feed(piece)
        seen += shown.take()
        assert shown.text.startswith(seen)
        assert not any(stop in seen for stop in stops)
        if stopped:
            break

    whole = text.lstrip() if trimmed else text
    places = [place for stop in stops if (place := whole.find(stop)) >= 0]
    assert (whole[: min(places)] if places else whole) == shown.text
    assert shown.stopped == bool(places)


@given(LETTERS, STOPS, st.lists(st.integers(0, 160)))
def test_no_part_of_a_stop_is_ever_shown(text: str, stops: list[str], cuts: list[int]):
    """What was shown never has to be taken back: it ends before whatever could yet become a stop."""
    shown, seen = Shown(stops), ""
    for piece in pieces(text.encode(), cuts):
        shown.feed(piece)
        seen += shown.take()
        held = shown.text[len(seen) :]
        assert shown.stopped or all(
            not (seen + held).endswith(stop[:n]) or n <= len(held)
            for stop in stops
            for n in range(1, len(stop))
        )


def test_a_text_without_stops_is_shown_at_once():
    """Where nothing can end it, every whole character is shown as it comes, and half a one is not."""
    shown = Shown()
    shown.feed("a\u65e5"[:1].encode() + "\u65e5".encode()[:2])
    assert "a" == shown.take()
    shown.feed("\u65e5".encode()[2:])
    assert "\u65e5" == shown.take()
    assert "" == shown.take()
