"""How often each token is drawn: as often as it is likely, whatever is cut and forbidden."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from drawing import Only, array, sampler

CRITICAL = {2: 13.82, 3: 16.27, 4: 18.47, 5: 20.52, 6: 22.46}
"""Of chi-square at 0.001, by degrees of freedom."""

DRAWS = 20_000


def fits(picks: Callable[[], int | None], expected: dict[int, float]) -> bool:
    """Return whether many picks are spread as *expected* (chi-square)."""
    counts = dict.fromkeys(expected, 0)
    for _ in range(DRAWS):
        counts[picks()] += 1  # type: ignore[index]
    total = sum(expected.values())
    shares = {token: weight / total * DRAWS for token, weight in expected.items()}
    chi = sum((counts[token] - share) ** 2 / share for token, share in shares.items())
    return chi < CRITICAL[len(expected) - 1]


SIX = array([2.0, -1.0, 1.5, 0.0, 1.0, 0.5])


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_tokens_come_as_often_as_they_are_likely(temperature: float) -> None:
    """Over many draws each token has the share that softmax gives it at the temperature."""
    one = sampler(temperature=temperature)
    expected = {token: math.exp(logit / temperature) for token, logit in enumerate(SIX.tolist())}
    assert fits(lambda: one.pick(SIX, None), expected)


def test_the_shares_hold_across_a_large_vocabulary() -> None:
    """Likely tokens far apart among thousands of impossible ones come as often as they should."""
    places = [0, 511, 512, 2000, 4999]
    logits = np.full(5000, -np.inf, dtype=np.float32)
    logits[places] = SIX[:5]
    one = sampler()
    expected = {place: math.exp(logit) for place, logit in zip(places, SIX.tolist()[:5], strict=True)}
    assert fits(lambda: one.pick(logits, None), expected)


def test_the_cut_comes_before_the_temperature() -> None:
    """Min-p is judged at temperature 1, as in llama.cpp: a hot draw is still from the few that stay."""
    one = sampler(temperature=2.0, min_p=0.3)
    expected = {token: math.exp(SIX[token] / 2) for token in (0, 2, 4)}
    assert fits(lambda: one.pick(SIX, None), expected)


@pytest.mark.parametrize("cuts", [{}, {"top_k": 6}, {"top_p": 0.9999}, {"min_p": 0.001}])
def test_a_grammar_that_refuses_leaves_the_shares_of_the_rest(cuts: dict[str, float]) -> None:
    """A draw is refused, and the next is from the allowed ones by their own shares.

    The first draw is as if there were no grammar, so what it allows comes as often as it would have, and the
    refused share is dealt out among the allowed.
    """
    one = sampler(**cuts)
    grammar = Only([1, 3, 4])
    assert fits(lambda: one.pick(SIX, grammar.allowed), {token: math.exp(SIX[token]) for token in (1, 3, 4)})


def test_a_cut_is_made_among_what_the_grammar_allows() -> None:
    """After a refusal the two likeliest are the two likeliest allowed ones."""
    one = sampler(top_k=2)
    grammar = Only([1, 3, 5])
    assert {one.pick(SIX, grammar.allowed) for _ in range(400)} == {3, 5}


def test_the_penalty_changes_the_shares() -> None:
    """Drawn tokens feel it as well."""
    one = sampler(repeat_penalty=1.5)
    one.note(0)
    expected = {token: math.exp(logit) for token, logit in enumerate(SIX.tolist())}
    assert fits(lambda: one.pick(SIX, None), {**expected, 0: math.exp(2.0 / 1.5)})
