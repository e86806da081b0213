"""What a follower says of grammars and texts that the native matcher is not asked about."""

import sys
from pathlib import Path

import pytest

from homebody.engine.following import LONGEST, MAX_FRAMES, endless, parse
from homebody.slots import ChoiceSlot, ListSlot, TextSlot
from homebody.slots.grammar import grammar

sys.path.append(str(Path(__file__).parent))
from native_grammar import follower


def test_the_skeleton_of_an_answer_is_forced() -> None:
    """Keys, quotes and commas between the slots, the rest of a choice that is clear, and the end."""
    text = grammar(
        {
            "title": TextSlot(max=5),
            "kind": ChoiceSlot(of=["invoice", "reminder", "receipt"]),
            "tags": ListSlot(of=["Übung", "Überblick"], max=1, optional=True),
        }
    )
    one = follower(text)
    for forced, written in [
        ('{"title":"', 'ab"'),
        (',"kind":"', "i"),
        ('nvoice","tags":', "n"),
        ("ull}", ""),
    ]:
        assert forced == one.forced()
        assert not one.may_end()
        one.advance(forced + written)
    assert one.complete()
    assert one.may_end()
    assert "" == one.forced()

    full = follower(text, '{"title":"ab\\"de')
    assert '","kind":"' == full.forced(), "the title has as many characters as it may"
    full.advance('","kind":"re')
    assert "" == full.forced()
    full.advance('c"'[:1])
    assert 'eipt","tags":' == full.forced()
    full.advance('eipt","tags":[')
    assert "" == full.forced()
    full.advance('"')
    assert "Üb" == full.forced()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "root ::= <[7]>",
        "root ::= !<[7]>",
        "root ::= <think>",
        "one ::= root",
        "root ::= one",
        'root ::= "a',
        "root ::= [a",
        "root ::= [z-a]",
        "root ::= (",
        'root ::= "a" )',
        'root ::= "\\q"',
        'root ::= "\\x6"',
        "root ::= *",
        'root ::= ""*',
        'root ::= "a"{0}*',
        'root ::= "a"{,2}',
        'root ::= "a"{3,2}',
        'root ::= "a"{2001}',
        'root ::= "a"{99999999999999999999}',
        'root ::= "a"\n| "b"',
        'root :: = "a"',
        'räte ::= "a"\nroot ::= "a"',
        'root ::= "\ud800"',
        'root ::= "a\0"',
        'root ::= ("a"?){2,5}',
        'root ::= ("x" two){0} "a"',
        'root ::= ("x" two)\nroot ::= "a"',
        "root ::= " + "(" * 65 + '"a"' + ")" * 65,
        'root ::= "' + "a" * 100_000 + '"',
    ],
)
def test_what_is_not_understood_is_not_followed(text: str) -> None:
    """Tokens, mistakes, what llama.cpp understands otherwise than it looks, and what is too large."""
    assert parse(text) is None
    assert not endless(text)


@pytest.mark.parametrize(
    "text",
    [
        'root ::= root "a" | "b"',
        'root ::= ("a"?)*',
        'root ::= ("a"* | "b")+',
        "root ::= one\none ::= two\ntwo ::= one",
        'root ::= one root "x" | "y"\none ::= two two\ntwo ::= "x" |',
    ],
)
def test_circles_are_found(text: str) -> None:
    """Left recursion and empty loops are not followed, those that llama.cpp does not find neither."""
    assert endless(text)
    assert parse(text) is None


# Bounds


def test_large_repetitions_are_counted() -> None:
    """To the last of 2,000 characters anything may come, then only what stands after them."""
    one = follower('root ::= "<" [^<>]{1,2000} ">" ("é"{2,2000} "."){3}')
    one.advance("<" + "x" * 1999)
    assert "" == one.forced()
    one.advance("x")
    assert ">éé" == one.forced()
    one.advance(">" + 2 * ("é" * 2000 + ".") + "é" * 1999)
    assert "" == one.forced()
    one.advance("é")
    assert "." == one.forced()
    one.advance(".")
    assert one.complete()


def test_a_bound_beyond_2000_is_none() -> None:
    """llama.cpp takes a maximum above 2,000 for no maximum at all, and so does the follower."""
    assert not follower('root ::= "a"{1,2001}', "a" * 2500).lost
    assert follower('root ::= "a"{1,2000}', "a" * 2001).lost


def test_frames_that_are_over_are_forgotten() -> None:
    """An answer may have any length."""
    one = follower('root ::= ("a"{2,3} ("b"{2} | "c") ","){1,}')
    for _ in range(MAX_FRAMES):
        one.advance("aabb,")
    assert one.may_end()
    assert "aa" != one.forced()
    one.advance("aab")
    assert "b," == one.forced()
    assert len(one._frames) <= MAX_FRAMES + 10


def test_nesting_is_followed_as_deep_as_it_can_be_remembered() -> None:
    """A thousand brackets are closed one by one; with five thousand the follower is lost."""
    nested = 'root ::= "[" root? "]" | "x"'
    one = follower(nested, "[" * 1000 + "x")
    assert "]" * LONGEST == one.forced()
    one.advance("]" * 1000)
    assert one.complete()
    assert follower(nested, "[" * 5000).lost


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('root ::= "a"', "b"),
        ('root ::= "a"', "aa"),
        ('root ::= (([a-z]{1,9} " "?){1,50}){1,50}', "abcdefgh" * 5),
        (
            "\n".join(f'a{n} ::= a{n + 1} "x" | a{n + 1} "y"' for n in range(20))
            + '\na20 ::= "z"\nroot ::= a0',
            "",
        ),
    ],
    ids=["not allowed", "after the end", "ambiguous", "many ways"],
)
def test_a_lost_follower_says_nothing(text: str, said: str) -> None:
    """What is not allowed and what has too many ways: the follower knows that it does not know, and stays so."""
    one = follower(text, said)
    for more in ("", "a"):
        one.advance(more)
        assert one.lost
        assert (True, False, "") == (one.may_end(), one.complete(), one.forced())


def test_characters_may_be_split() -> None:
    """Bytes of half a character wait for the rest; nothing is forced in between."""
    one = follower('root ::= "日本" | "日曜"')
    for byte in "日".encode():
        assert ("日" if not one.inside_character() else "") == one.forced()
        one.feed(bytes([byte]))
    one.feed("本".encode()[:1])
    assert one.inside_character()
    one.feed("本".encode()[1:])
    assert one.complete()


@pytest.mark.parametrize("data", [b"\x80", b"a\xff", b"\xed\xa0\x80"])
def test_what_is_not_utf8_loses_it(data: bytes) -> None:
    """llama.cpp lets some of it pass; Python's text cannot hold it."""
    one = follower("root ::= .*")
    one.feed(data)
    assert one.lost
    one.feed(b"a")
    assert one.lost
