"""Names that every disk takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.filenames import (
    LONGEST_BYTES,
    RESERVED,
    numbered,
    safe_component,
    safe_words,
    slug,
    split_ending,
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("notes.md", "notes.md"),
        ("Zoe\u0308.md", "Zoë.md"),
        ("a/b", "a-b"),
        ("..", "untitled"),
        (".", "untitled"),
        ("", "untitled"),
        ("end. ", "end"),
        (".hidden", ".hidden"),
        ("CON.txt", "_CON.txt"),
        ("com1", "_com1"),
        ("console.md", "console.md"),
        ("a\x00\x1b\u202e\u200bb", "ab"),
        ("two  blanks.md", "two  blanks.md"),
    ],
)
def test_one_component(name: str, expected: str) -> None:
    """Composed, visible, not reserved, and never a step up."""
    assert expected == safe_component(name)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("notes.md", "notes 2.md"),
        ("notes.summary.md", "notes 2.summary.md"),
        ("notes", "notes 2"),
        (".hidden", ".hidden 2"),
        ("v1.0 of a very long ending.thatisnone here", "v1.0 of a very long ending.thatisnone here 2"),
        ("x" * 252 + ".md", "x" * 250 + " 2.md"),
    ],
)
def test_copies_are_counted_before_the_ending(name: str, expected: str) -> None:
    """As people and file managers count them."""
    assert expected == numbered(name, 2)


@given(st.text())
def test_every_text_becomes_a_name(text: str) -> None:
    """Short enough, with no slash, the same when made safe again."""
    for name in (safe_component(text), safe_words(text), numbered(safe_component(text), 9999)):
        assert 1 <= len(name.encode()) <= LONGEST_BYTES
        assert "/" not in name
        assert "\0" not in name
        assert name not in (".", "..")
        assert name.split(".")[0].strip().casefold() not in RESERVED
        assert name == safe_component(name)


@given(st.text(min_size=300, max_size=400), st.sampled_from([".md", ".summary.md", ".tar.gz", ""]))
def test_a_long_name_keeps_its_ending(stem: str, ending: str) -> None:
    """What the file is stays to be seen."""
    name = safe_component("x" + stem.replace(".", "") + "x" * 300 + ending)
    assert name.endswith(ending)
    assert len(name.encode()) <= LONGEST_BYTES


def test_endings() -> None:
    """Up to two, of sensible length."""
    assert ("a", ".summary.md") == split_ending("a.summary.md")
    assert ("a.b", ".c.d") == split_ending("a.b.c.d")
    assert ("a. b", "") == split_ending("a. b")
    assert ("a.", ".md") == split_ending("a..md")


@given(st.text())
def test_slugs(text: str) -> None:
    """Small letters, digits and dashes, no dash at an end."""
    made = slug(text)
    assert made == made.strip("-")
    assert not any(c.isspace() or c in "/\\_" for c in made)
