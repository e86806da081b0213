"""Betting on copied text: what is proposed, and when it is let be."""

from hypothesis import given
from hypothesis import strategies as st

from homebody.engine.draft import FORGIVING, GRAM, MOST, Draft

FREE = dict.fromkeys(range(1, MOST + 2), 1.0)
"""A machine on which a wide step takes no longer than one token."""

LINEAR = {width: float(width) for width in range(1, MOST + 2)}
"""One on which every token takes as long as a step of its own."""

TOKENS = st.lists(st.integers(0, 5), max_size=60)


def naive(tokens: list[int]) -> int | None:
    """Return where the last GRAM tokens stood before, the last time that something followed them."""
    for end in range(len(tokens) - 1, GRAM - 1, -1):
        if tokens[end - GRAM : end] == tokens[-GRAM:]:
            return end
    return None


@given(TOKENS, TOKENS)
def test_the_last_place_is_taken(prompt: list[int], answer: list[int]) -> None:
    """What is bet on is what followed the same few tokens the last time, in the prompt or in the answer so far."""
    draft = Draft(prompt, FREE)
    for token in answer:
        draft.note(token)
    tokens = [*prompt, *answer]
    place = naive(tokens)

    assert ([] if place is None else tokens[place : place + MOST]) == draft.propose(MOST)


@given(TOKENS, st.integers(0, 12))
def test_never_more_than_asked_for(prompt: list[int], most: int) -> None:
    """A bet is no longer than what the answer has room for."""
    assert len(Draft(prompt * 3, FREE).propose(most)) <= most


def test_no_costs_no_bets() -> None:
    """Where nothing was measured nothing is bet."""
    assert [] == Draft([1, 2, 3, 1, 2, 3], {}).propose(8)


def test_what_cannot_pay_is_never_tried() -> None:
    """Where a token in a wide step costs as much as a step, no bet is made, whatever the account says."""
    draft = Draft([1, 2, 3, 4] * 5, LINEAR)
    for _ in range(3 * FORGIVING):
        assert [] == draft.propose(8)
        draft.note(1)


def test_lost_bets_are_given_up_and_tried_again_later() -> None:
    """After some lost bets none is made; after a while one is, for texts change."""
    costs = {width: 1 + 0.4 * (width - 1) for width in range(1, MOST + 2)}
    draft = Draft([1, 2, 3, 4] * 5, costs)
    made = 0
    while bet := draft.propose(8):
        draft.judged(len(bet), 0)
        made += 1
        assert made < 20
    assert made >= 1
    pattern = [1, 2, 3, 4]
    for place in range(FORGIVING + 1):
        assert [] == draft.propose(8)
        draft.note(pattern[place % 4])
    assert draft.propose(8)


def test_bets_that_hold_grow_longer() -> None:
    """The better bets go, the longer they get."""
    costs = {width: 1 + 0.4 * (width - 1) for width in range(1, MOST + 2)}
    draft = Draft([1, 2, 3, 4, 5, 6, 7, 8, 9, 10] * 3, costs)
    first = len(draft.propose(8))
    for _ in range(10):
        bet = draft.propose(8)
        draft.judged(len(bet), len(bet))
    assert len(draft.propose(8)) > first >= 1
