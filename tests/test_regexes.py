"""Regular expressions of recipes: what they know of languages, and that none can take for ever."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.regexes import RegexError, compiled, found, groups_of, widened


@pytest.mark.parametrize(
    ("pattern", "text", "held"),
    [
        (r"^(?P<who>\w+)$", "Müller", {"who": "Müller"}),
        (r"(?P<who>[\w-]+)", "Anne-Zoë", {"who": "Anne-Zoë"}),
        (r"(?P<rest>\W+)", "é!?", {"rest": "!?"}),
        (r"RECHNUNG", "Eine Rechnung", {}),
        (r"^b$", "a\nb\nc", {}),
        (r"\\w", r"a\w", {}),
        (r"[[:alpha:]]\d", "a1", {}),
        (r"\Q\w\E(?P<x>.)", r"\w!", {"x": "!"}),
        (r"[]\w]x", "]x", {}),
    ],
)
def test_what_is_found(pattern: str, text: str, held: dict[str, str]) -> None:
    """Case does not matter, lines have beginnings, and letters are those of all languages."""
    assert held == found(pattern, text)


def test_what_is_not_found() -> None:
    """Then there are no groups either, but their names are known."""
    assert found(r"(?P<year>\d{4})", "no year") is None
    assert groups_of(r"(?P<year>\d{4})-(?P<month>\d\d)") == ("year", "month")


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("(a", "no regular expression"),
        ("a(?=b)", "look-around"),
        ("(?<!a)b", "look-around"),
        (r"(a)\1", "reference back"),
        (r"(?P<x>a)(?P=x)", "reference back"),
        ("", "between 1 and"),
        ("a" * 501, "between 1 and"),
        ("((((x{100}){100}){100}){100})", "no regular expression"),
        (r"(?P<été>a)", "no name for a group"),
    ],
)
def test_what_is_refused(pattern: str, why: str) -> None:
    """With a reason that a person can read."""
    with pytest.raises(RegexError, match=why):
        compiled(pattern)


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|aa)+$", "(a|a?)+$", r"(\w+\s?)+:$", "(.*a){20}$", "(x+x+)+y"]
)
def test_none_takes_for_ever(pattern: str) -> None:
    """What would keep a backtracking search busy until the sun is cold takes a moment."""
    began = time.monotonic()
    found(pattern, "a" * 200_000 + "b" + "x" * 100_000)
    assert time.monotonic() - began < 20


@given(st.text(st.characters(codec="utf-8", exclude_characters="\\"), max_size=30))
def test_a_text_without_backslashes_is_left_as_it_is(text: str) -> None:
    """Only what is written with a backslash is widened."""
    assert text == widened(text)


@given(st.text(min_size=1, max_size=20))
def test_a_text_that_is_escaped_finds_itself(text: str) -> None:
    """Whatever the characters."""
    assert found(re.escape(text).replace("\\\n", "\n"), f"a{text}b") is not None
