"""Choosing a token under a grammar, and the grammars that never reach the native parser."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from homebody.engine.grammar import MAX_DEPTH, choose, depth, most_likely, refuse_dangerous, skeleton
from homebody.errors import ModelError


class Only:
    """A matcher that allows a set of tokens and counts what it was asked."""

    def __init__(self, tokens: set[int]) -> None:
        self.tokens = tokens
        self.asked: list[int] = []

    def allowed(self, tokens: np.ndarray) -> np.ndarray:
        """Return which of *tokens* are in the set."""
        self.asked.append(len(tokens))
        return np.array([int(token) in self.tokens for token in tokens], dtype=bool)


LOGITS = arrays.arrays(
    np.float32,
    st.integers(1, 300),
    elements=st.one_of(st.integers(-5, 5).map(float), st.just(float("-inf")), st.floats(-50, 50, width=32)),
)


@settings(max_examples=60, deadline=None)
@given(LOGITS, st.sets(st.integers(0, 299)))
def test_looking_at_few_is_as_good_as_looking_at_all(logits: np.ndarray, allowed: set[int]) -> None:
    """The chosen token is the most likely allowed one of the whole vocabulary, however few were looked at."""
    fitting = [token for token in range(len(logits)) if token in allowed and np.isfinite(logits[token])]

    chosen = choose(logits, Only(allowed))

    if not fitting:
        assert chosen is None
    else:
        assert chosen in fitting
        assert logits[fitting].max() == logits[chosen]


def test_the_usual_case_asks_about_one_token() -> None:
    """When the most likely token is allowed, no other is looked at."""
    matcher = Only({7})

    assert 7 == choose(np.eye(1, 1000, 7, dtype=np.float32)[0], matcher)
    assert [1] == matcher.asked


def test_a_rejection_looks_at_more_and_more() -> None:
    """Only when the likeliest are all rejected is the whole vocabulary looked at."""
    matcher = Only({0})

    assert 0 == choose(np.arange(10_000, dtype=np.float32), matcher)
    assert [1, 64, 2048, 10_000] == matcher.asked


@settings(max_examples=60, deadline=None)
@given(LOGITS, st.integers(1, 300))
def test_most_likely_is_sorted(logits: np.ndarray, count: int) -> None:
    """The likeliest come first, the lower number first among equals, and impossible ones never."""
    tokens = most_likely(logits, count)

    possible = [token for token in range(len(logits)) if np.isfinite(logits[token])]
    assert sorted(possible, key=lambda token: (-logits[token], token))[:count] == list(tokens)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  # only a comment",
        'root ::= "a\0"',
        'root ::= "a"{3,2}',
        "root ::= [a-z]{ 10 , 9 }",
        "root ::= " + "(" * (MAX_DEPTH + 1) + '"a"' + ")" * (MAX_DEPTH + 1),
        'root ::= "' + "a" * 300_000 + '"',
    ],
    ids=range(7),
)
def test_dangerous(text: str) -> None:
    """What the native parser would not survive is refused with a reason."""
    with pytest.raises(ModelError, match=r"The grammar cannot be used: .+\."):
        refuse_dangerous(text)


@pytest.mark.parametrize(
    "text",
    [
        'root ::= "a"{2,3}',
        'root ::= "{3,2}" [{3,2}] # {3,2}',
        'root ::= "\\"{3,2}"',
        'root ::= "a"{2,} "b"{0,0}',
    ],
)
def test_harmless(text: str) -> None:
    """What only looks dangerous, in quotes, classes or comments, passes."""
    refuse_dangerous(text)


def test_skeleton_and_depth() -> None:
    """Quotes, classes and comments are left aside, their escapes understood."""
    text = 'root ::= ("(((" [(\\](] (x)) # (((\nx ::= "\\"("'

    assert "root ::= (  (x)) \nx ::= " == skeleton(text)
    assert 2 == depth(skeleton(text))


@given(st.text(alphabet='"[]()\\{},0123#\n ax'))
def test_any_text_is_judged(text: str) -> None:
    """No text makes the judgement itself fail."""
    try:
        refuse_dangerous(text)
    except ModelError as error:
        assert str(error).startswith("The grammar cannot be used")  # noqa: PT017 - both outcomes are right
