"""A text as plain text, as Markdown, or in a language of its own."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.slots import TextSlot
from homebody.slots.check import check
from homebody.slots.prompt import task_text
from homebody.slots.text import unmarked


def held(slot: TextSlot, text: str) -> str:
    """Return what the slot holds when the model says *text*."""
    return check(json.dumps({"a": text}), {"a": slot}, "")["a"]


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("# Roof\nIt **leaks**.", "Roof\nIt leaks."),
        ("* one\n+ two\n- three", "- one\n- two\n- three"),
        ("See [the note](roof.md) and ![a picture](x.png).", "See the note and a picture."),
        ("> `code` and ``more``", "code and more"),
        ("an *idea* and __two__", "an idea and two"),
        ("2 * 3 * 4, a_b_c and 5 > 4 # no heading", "2 * 3 * 4, a_b_c and 5 > 4 # no heading"),
        ("*", "*"),
    ],
)
def test_marks_are_taken_out_of_plain_text(marked: str, plain: str) -> None:
    """What marks something goes, the words and what marks nothing stay."""
    assert plain == held(TextSlot(format="plain", lines="many"), marked)


@given(st.text(alphabet="ab *_`#>[]()!\n-+", max_size=60))
def test_no_word_is_lost(text: str) -> None:
    """Whatever is taken out, every letter outside an address stays, in its order."""
    letters = [one for one in unmarked(text) if one in "ab"]
    outside = list("".join(one for one in text if one in "ab"))
    assert letters == outside or "](" in text


def test_markdown_keeps_its_lines() -> None:
    """Also where nothing is said of lines; without a format a text is on one line as ever."""
    assert "# Roof\n\n- a" == held(TextSlot(format="markdown"), "# Roof\n\n- a")
    assert "# Roof - a" == held(TextSlot(), "# Roof\n\n- a")


def test_the_model_is_told() -> None:
    """The format and the language stand in the slot's words; of one that says neither, they are as before."""
    told = task_text(
        "Do it.",
        {"a": TextSlot(format="markdown", language="de"), "b": TextSlot(), "c": TextSlot(format="plain")},
    )
    assert "text in German of at most 400 characters, as Markdown" in told
    assert "text of at most 400 characters, plain, without Markdown" in told
    assert told.count("text of at most 400 characters") == 2


@pytest.mark.parametrize("more", [{"format": "plain"}, {"language": "de"}])
def test_what_is_copied_has_no_form_of_its_own(more: dict) -> None:
    """`must_appear` beside them is refused: one of the two would have no effect."""
    with pytest.raises(ValueError, match="must appear is copied"):
        TextSlot(must_appear=True, **more)


def test_a_code_that_nobody_knows_is_refused() -> None:
    """With the cure."""
    with pytest.raises(ValueError, match='"qq" is no language'):
        TextSlot(language="qq")
