"""What fits the model's context, and what happens to the rest?"""

import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.documents.window import GAP, cut, fit, pieces
from homebody.errors import DocumentError

STORY = "\n\n".join(
    f"Chapter {number} begins here. It tells of a garden, and of nine goats! Was there a tenth? Nobody knows."
    for number in range(1, 41)
)


def words(texts: Sequence[str]) -> list[int]:
    """Count words, and a long word as one token for every four letters of it, as tokenizers do."""
    return [sum(-(-len(word) // 4) for word in text.split()) for text in texts]


def letters(texts: Sequence[str]) -> list[int]:
    """Count bytes, as the coarsest tokenizer does."""
    return [len(text.encode()) for text in texts]


def growing(texts: Sequence[str]) -> list[int]:
    """Count so that a joined text has more tokens than its pieces."""
    return [len(text) + len(text) // 10 for text in texts]


def pairs(texts: Sequence[str]) -> list[int]:
    """Count so that a joined text has fewer tokens than its pieces."""
    return [1 + len(text) // 2 if text else 0 for text in texts]


COUNTERS = st.sampled_from([words, letters, growing, pairs])
TEXTS = st.one_of(
    st.text(alphabet="ab .!?\n#é。世", max_size=300),
    st.text(max_size=200),
    st.lists(
        st.sampled_from(
            ["A short one.", "Is it? ", "\n\n", "# Heading\n", "x" * 90, "- item\n", "「はい。」"]
        )
    ).map("".join),
)


def test_a_text_that_fits_is_one_part_and_untouched():
    """Nothing is trimmed, and everything counts as read."""
    window = fit("  a text\n", budget=10, overflow="fail", count=words)
    assert ("  a text\n",) == window.parts
    assert ("none", 2, 2) == (window.overflow, window.tokens_total, window.tokens_read)


def test_an_empty_text_is_one_empty_part():
    """There is nothing to cut."""
    assert fit("", budget=10, overflow="summarize", count=words).parts == ("",)


def test_fail_says_how_many_tokens_there_are_and_how_many_fit():
    """With both counts and what to do."""
    with pytest.raises(DocumentError, match=r"has \d+ tokens, and 20 fit") as caught:
        fit(STORY, budget=20, overflow="fail", count=words)
    assert "summarize" in (caught.value.hint or "")


def test_head_keeps_whole_sentences_from_the_beginning():
    """And says how much of the whole was read."""
    window = fit(STORY, budget=100, overflow="head", count=words)
    (part,) = window.parts
    assert STORY.startswith(part)
    assert part.endswith((".", "!", "?"))
    assert 60 < window.tokens_read <= 100 < window.tokens_total


def test_head_tail_keeps_both_ends_and_marks_the_gap():
    """Two thirds from the beginning, the rest from the end."""
    (part,) = fit(STORY, budget=100, overflow="head_tail", count=words).parts
    begin, end = part.split(GAP)
    assert STORY.startswith(begin)
    assert STORY.endswith(end)
    assert len(begin) > len(end) > 0


def test_summarize_reads_everything_in_few_parts():
    """A part is filled before the next one is begun."""
    window = fit(STORY, budget=200, overflow="summarize", count=words)
    assert "".join(window.parts) == STORY
    assert window.tokens_read == window.tokens_total
    assert len(window.parts) <= -(-window.tokens_total // 200) + 2


def test_a_long_paragraph_is_cut_between_sentences_wherever_its_lines_break():
    """Text that was wrapped by hand keeps its sentences whole."""
    text = "The first sentence goes over\ntwo lines. The second one does\nso, too. And the third\nlikewise."
    expected = [
        "The first sentence goes over\ntwo lines. ",
        "The second one does\nso, too. ",
        "And the third\nlikewise.",
    ]
    assert expected == pieces(text, 45, lambda texts: [len(text) for text in texts])


def test_a_single_giant_word_is_still_split():
    """A line without any space, such as data in a text file, fits in the end."""
    word = "x" * 1_000
    window = fit(word, budget=50, overflow="summarize", count=words)
    assert "".join(window.parts) == word
    assert max(words(window.parts)) <= 50


def test_a_budget_that_holds_no_letter_is_an_error():
    """It does not go on for ever."""
    with pytest.raises(DocumentError, match="single letter"):
        fit("世界", budget=2, overflow="summarize", count=letters)


def test_a_long_text_is_counted_in_few_questions():
    """Each question crosses a pipe to the model process."""
    asked = 0

    def counting(texts: Sequence[str]) -> list[int]:
        nonlocal asked
        asked += 1
        return words(texts)

    fit(STORY * 50, budget=500, overflow="summarize", count=counting)
    assert asked < 20


@given(TEXTS, st.integers(8, 60), COUNTERS)
def test_summarize_loses_nothing_keeps_the_order_and_the_budget(text: str, budget: int, count):
    """The parts are the text, cut."""
    window = fit(text, budget=budget, overflow="summarize", count=count)
    assert "".join(window.parts) == text
    assert max(count(window.parts)) <= budget


@given(TEXTS, st.integers(8, 60), COUNTERS)
def test_every_sentence_that_fits_is_whole_in_one_part(text: str, budget: int, count):
    """A cut never goes through a sentence that would have fitted."""
    window = fit(text, budget=budget, overflow="summarize", count=count)
    if len(window.parts) == 1:
        return
    ends = set()
    at = 0
    for part in window.parts:
        at += len(part)
        ends.add(at)
    at = 0
    for paragraph in cut(text, 0):
        for sentence in cut(paragraph, 1):
            inside = {end for end in ends if at < end < at + len(sentence)}
            assert not inside or count([sentence])[0] > budget
            at += len(sentence)


@given(TEXTS, st.integers(8, 60), COUNTERS, st.sampled_from(["head", "head_tail"]))
def test_head_and_head_tail_keep_the_budget_and_tell_what_was_read(
    text: str, budget: int, count, overflow: str
):
    """The text begins with what is kept of its beginning and ends with what is kept of its end."""
    window = fit(text, budget=budget, overflow=overflow, count=count)
    (part,) = window.parts
    assert [window.tokens_read] == count([part])
    assert window.tokens_read <= budget
    if window.overflow == "none":
        assert part == text
    elif part.count(GAP) == 1 and GAP not in text:
        begin, end = part.split(GAP)
        assert text.startswith(begin)
        assert text.endswith(end)
    else:
        assert text.startswith(part)


@given(st.text(alphabet="a.! \n", max_size=60), st.integers(0, 5))
def test_cutting_is_exact_at_every_level(text: str, level: int):
    """No piece is empty, and together they are the text."""
    found = list(cut(text, level)) if text else []
    assert "".join(found) == text
    assert all(found)


def test_cutting_takes_linear_time():
    """A megabyte of the worst letters is cut at once."""
    for worst in ("\n \t" * 300_000, ".'\"" * 300_000, " " * 900_000, ".) " * 300_000):
        for level in range(4):
            assert sum(len(piece) for piece in cut(worst, level)) == len(worst)


def test_sentences_of_other_scripts_end_too():
    """A full-width stop needs no space after it."""
    assert ["今日は晴れ。", "明日は雨？", "はい"] == list(cut("今日は晴れ。明日は雨？はい", 1))
    assert re.sub(r"\s", "", "".join(cut("«Oui.» Non.", 1))) == "«Oui.»Non."
