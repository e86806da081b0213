"""Betting on copied text: what is proposed, and when it is let be."""

from hypothesis import given
from hypothesis import strategies as st

from homebody.engine.draft import GRAM, MOST, Draft

FREE = dict.fromkeys(range(1, MOST + 2), 1.0)
"""A machine on which a wide step takes no longer than one token."""

LINEAR = {width: float(width) for width in range(1, MOST + 2)}
"""One on which every token takes as long as a step of its own."""

TOKENS = st.lists(st.integers(0, 5), max_size=60)


def naive(prompt: list[int], last: list[int]) -> int | None:
    """Return where *last* stood in the prompt, the last time that something followed it there."""
    for end in range(len(prompt) - 1, GRAM - 1, -1):
        if prompt[end - GRAM : end] == last:
            return end
    return None


@given(TOKENS, TOKENS)
def test_the_last_place_is_taken(prompt: list[int], answer: list[int]) -> None:
    """What is bet on is what followed the last few tokens in the prompt, where they stood there last."""
    draft = Draft(prompt, FREE)
    for token in answer:
        draft.note(token)
    place = naive(prompt, [*prompt, *answer][-GRAM:])

    assert ([] if place is None else prompt[place : place + MOST]) == draft.propose(MOST)


@given(TOKENS, st.integers(0, 12))
def test_never_more_than_asked_for(prompt: list[int], most: int) -> None:
    """A bet is no longer than what the answer has room for."""
    assert len(Draft(prompt * 3, FREE).propose(most)) <= most


def test_no_costs_no_bets() -> None:
    """Where nothing was measured nothing is bet."""
    assert [] == Draft([1, 2, 3, 1, 2, 3], {}).propose(8)


COSTS = {width: 1 + 0.5 * (width - 1) for width in range(1, MOST + 2)}
"""A machine on which a token in a wide step costs half a step."""


def test_what_cannot_pay_is_never_tried() -> None:
    """Where a token in a wide step costs as much as a step, no bet is made, however well the look-up does."""
    draft = Draft([1, 2, 3, 4] * 5, LINEAR)
    for place in range(80):
        assert [] == draft.propose(8)
        draft.note(1 + place % 4)


def test_nothing_is_bet_before_the_look_up_was_right() -> None:
    """The first words of a copy are only watched; when the look-up was right a few times, bets begin and grow."""
    copied = list(range(100, 160))
    draft = Draft([*copied, 1, 2, *copied[:3]], COSTS)
    lengths = []
    for token in copied[3:30]:
        lengths.append(len(draft.propose(8)))
        draft.note(token)

    assert 0 == lengths[0]
    assert sorted(lengths) == lengths
    assert lengths[-1] >= 4


def test_bets_end_where_copying_ends() -> None:
    """When the look-up is wrong a few times, nothing is bet any more."""
    copied = list(range(100, 140))
    draft = Draft([*copied, 1, 2, 3, 50, *copied[:3]], COSTS)
    for token in copied[3:20]:
        draft.note(token)
    assert draft.propose(8)
    for other in range(20, 30):
        for token in (1, 2, 3, other):
            draft.note(token)
    for token in (1, 2, 3):
        draft.note(token)
    assert [] == draft.propose(8)
