"""The model sees what a person reads, and not where pictures are that are kept elsewhere."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.documents.shown import shown

WEB = "https://pictures.example/a_(1).png?w=200&h=100"
BYTES = "data:image/png;base64,iVBORw0KGgo="


@pytest.mark.parametrize(
    ("text", "seen", "pictures"),
    [
        (f"A ![ridge]({WEB}) b", "A b", 1),
        (f'![]({WEB} "title")\n\nWords.', "Words.", 1),
        (f"Words.\n\n![chart]({BYTES})\n", "Words.", 1),
        (f"[![build]({WEB})](https://ci.example/x) Words.", "Words.", 1),
        (f"# T\n\n[![a]({WEB})](x)\n[![b]({WEB})][ci]\n\nWords.\n\n[ci]: {WEB}", "# T\n\nWords.", 2),
        (f"![plan][1] and [1]\n\n[1]: <{BYTES}>", "and [1]", 1),
        (f"![plan] here\n\n[PLAN]: {WEB}\n", "here", 1),
        (f'<p align="center">\n<a href="x"><img src="{WEB}" alt="logo"></a>\n</p>\n\nWords.', "Words.", 1),
        (f"<img alt='the roof' src={WEB}> leaks", "leaks", 1),
        (f".. image:: {WEB}\n   :alt: build\n   :target: x\n\nWords.", "Words.", 1),
        (f".. image:: {WEB}\n   :alt: the roof\n\nWords.", "Words.", 1),
        (f"|pypi|_ |chat|\n\n.. |pypi| image:: {WEB}\n\nWords.", "|chat|\n\nWords.", 1),
        (f".. figure:: {BYTES}\n   :width: 10\n\n   What it shows.", "   What it shows.", 1),
    ],
)
def test_pictures_elsewhere_are_left_out(text: str, seen: str, pictures: int):
    """Those of Markdown, of HTML and of reStructuredText, with the words that stand for them."""
    found = shown(text)
    assert (seen, pictures) == (found.text, found.pictures)


@pytest.mark.parametrize(
    "text",
    [
        "The roof leaks!\n\n\n\nStill.",
        "![ridge](pictures/ridge.jpg) and ![[ridge.jpg]]",
        "[a link](https://example.com/a.png) and <https://example.com>",
        "[1]: https://example.com/a.png\n\nsee [1] and ![]",
        '<img src="ridge.jpg" alt="x"> and <a href="https://example.com"></a>',
        ".. image:: ridge.jpg\n   :alt: x\n\n|x| and |y|",
        "| a | b |\n|---|---|\n| ![x](y.png) | 1 |",
        f"![only a picture]({BYTES}"[:40],
        f"[![]({WEB})](x)",
        f"[![a][near]][ci] words\n\n[near]: a.png\n[ci]: {WEB}",
        f"one\0two ![a]({WEB})",
    ],
)
def test_everything_else_stays_as_it_is(text: str):
    """Pictures in a folder, addresses of links, tables, gaps, and a text that has nothing but a picture."""
    assert text == shown(text).text
    assert 0 == shown(text).pictures


@given(
    st.lists(
        st.sampled_from(
            (
                *(
                    "![",
                    "](",
                    ")",
                    "[",
                    "]",
                    "[1]: ",
                    "<img ",
                    " src=",
                    ">",
                    "</a>",
                    "<a href=x>",
                    "\n",
                    "\n\n",
                ),
                *(
                    WEB,
                    BYTES,
                    "words",
                    " ",
                    "|a|",
                    ".. image:: ",
                    ".. |a| image:: ",
                    "   :alt: x\n",
                    "<p>",
                    "</p>",
                ),
            )
        ),
        max_size=40,
    ).map("".join)
)
def test_no_word_is_invented_and_something_is_always_shown(text: str):
    """What is shown is made of the text's own letters in their order, and is never nothing."""
    found = shown(text)
    letters = iter(text)
    assert all(letter in letters for letter in "".join(found.text.split()))
    assert bool(found.text.strip()) == bool(text.strip())


@pytest.mark.parametrize(
    "text",
    [
        *(
            "![" * 200_000,
            "![](data:" * 100_000,
            "<img " * 200_000,
            "|a" * 300_000 + ".. image::",
            "[![a" * 100_000,
        ),
        *("<a><img src=//x>" * 50_000, ".. image:: http://x\n" * 50_000, "[![](//" * 80_000),
        *("![](//a" + " " * 300_000, "<p>" * 100_000 + "<img src=//a>", '![](//a "' + "a" * 300_000),
        *("![a](" + "//x" * 400_000, "![" + "a" * 600_000, "<a>" + "<img>" * 100_000),
    ],
)
def test_broken_markup_takes_no_longer_than_its_length(text: str):
    """A stranger's file cannot hold the daemon up: half a million characters are a matter of a moment."""
    began = time.process_time()
    shown(text)
    assert time.process_time() - began < 5
