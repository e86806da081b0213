"""What is learned from the words of Python's own library, and what of them is kept for measuring."""

import random
from itertools import islice

import pytest

from starter.corpus.documents import Scribe, flat
from starter.corpus.frames import framed, linked
from starter.corpus.guides import guide
from starter.corpus.library import (
    beginning,
    first_sentence,
    is_prose,
    marked,
    modules,
    sentences,
    squeezed,
    taught,
    told,
)
from starter.corpus.papers import document
from starter.evaluate import unseen


def test_nothing_that_is_measured_is_taught():
    """No sentence of what a module says of itself stands in what may be learned from."""
    measured = {squeezed(one) for _, text in modules() for one in sentences(text)}
    learned = {squeezed(one) for text in taught() for part in text.paragraphs for one in sentences(part)}
    assert len(measured) > 300
    assert len(learned) > 5000
    assert not measured & learned


def test_the_key_sentence_is_the_first_of_the_prose():
    """It stands in the text, and nothing that is prose stands before it."""
    for text in taught():
        first = next(part for part in text.paragraphs if is_prose(part))
        assert flat(first).startswith(text.key)


@pytest.mark.parametrize(
    ("part", "prose"),
    [
        ("Return the loaded module.", True),
        ("The text is wrapped\nat the end of a line.", True),
        ("*text* is what is to be wrapped, if any.", True),
        ("- one thing or the other thing\n- and another", False),
        (">>> add(1, 2) and some words", False),
        ("Usage\n=====", False),
        (".. image:: somewhere with a few words", False),
        ("wrap(text, width) -> list of the lines", False),
        ("two words", False),
    ],
)
def test_running_text_is_told_from_what_stands_around_it(part: str, *, prose: bool):
    """Headings, lists, samples and signatures are no prose."""
    assert is_prose(part) == prose


@pytest.mark.parametrize(
    ("part", "first"),
    [
        ("One here. Two there.", "One here."),
        ("It is short, e.g. This one. Two.", "It is short, e.g. This one."),
        ("See a.b.C for it! Then more.", "See a.b.C for it!"),
        ("No end at all", "No end at all"),
        ("What follows is a list:", ""),
        ("It is\nwrapped. Two.", "It is wrapped."),
        ("word " * 80, ""),
    ],
)
def test_a_sentence_ends_where_a_reader_sees_its_end(part: str, first: str):
    """At a full stop before a capital, but not one of a short form; a short paragraph without an end is one."""
    assert first_sentence(part) == first


def test_a_text_without_a_sentence_is_not_taught():
    """Lists and samples alone have no key sentence."""
    assert marked("- one\n- two\n\n>>> three") is None
    found = marked("wrap(text) -> list\n\nWrap the text. It is long.")
    assert found is not None
    assert found.key == "Wrap the text."


def test_the_beginning_is_cut_between_paragraphs():
    """At least one paragraph is kept, and no more than fit."""
    parts = ["a" * 500, "b" * 600, "c" * 300]
    assert beginning("\n\n".join(parts)) == "\n\n".join(parts[:2])
    assert beginning("d" * 2000) == "d" * 1200


def test_the_invented_documents_that_are_measured_have_nothing_of_it():
    """Training may have seen every sentence of the library: none stands in what tells how good it is."""
    assert any(document(random.Random(seed), 4).real for seed in range(50))
    whole = [squeezed(made.text) for made in islice(unseen(random.Random(3)), 200)]
    sentences_ = [squeezed(one) for one in told()[::7]]
    assert not any(one in text for one in sentences_ for text in whole)


def test_what_is_told_are_whole_sentences():
    """Each ends, has a few words, and comes once."""
    assert all(one.endswith((".", "!", "?")) and len(one.split()) >= 4 for one in told())
    assert len(set(told())) == len(told())


def test_a_guide_holds_its_key_under_whatever_stands_around_it():
    """Titles, pictures, links in the sentence and wrapping leave what is to be copied in the text."""
    for seed in range(400):
        dice = random.Random(seed)
        made = guide(Scribe(dice, ["code"]), dice.randint(1, 6))
        assert flat(made.key) in flat(made.text)
        assert made.title is None or made.title in made.text


def test_links_are_put_into_the_key_sentence_alone():
    """The paragraphs that do not hold it stay as they are, and one that is not found is left alone."""
    for seed in range(100):
        dice = random.Random(seed)
        (first, second), fresh = linked(
            dice, ["A tool to read.\nMore of it.", "Other words."], "A tool to read.", "tool"
        )
        assert first == f"{fresh} More of it."
        assert second == "Other words."
    assert linked(random.Random(1), ["Other words."], "A tool.", "tool") == (["Other words."], "A tool.")


def test_what_frames_a_readme_stands_above_its_words_or_behind_the_first():
    """Nothing of the text is lost or moved, and at most pictures come between."""
    for seed in range(100):
        parts = framed(Scribe(random.Random(seed), ["code"]), ["One.", "Two."], "tool")
        at = parts.index("One.")
        assert parts[-1] == "Two."
        assert parts[at:] == ["One.", "Two."] or len(parts[at:]) == 3
