"""The account of how likely each token was."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.engine.likelihood import Likelihoods


@given(
    st.lists(st.floats(-60, 60, width=32), min_size=2, max_size=50),
    st.integers(0, 20),
    st.integers(0, 10**6),
)
def test_it_is_the_logarithm_of_the_share(logits: list[float], most: int, draw: int):
    """A token's figure is the logarithm of its share of all, whatever is done to the logits afterwards."""
    taken = draw % len(logits)
    array = np.array(logits, dtype=np.float32)
    account = Likelihoods(most)
    account.look(array)
    array[:] = -np.inf
    account.took(taken)
    ((token, logprob), others) = account.found[0]

    highest = max(logits)
    whole = math.fsum(math.exp(one - highest) for one in logits)
    assert taken == token
    assert logprob == pytest.approx(logits[taken] - highest - math.log(whole), abs=1e-9)
    expected = sorted(range(len(logits)), key=lambda one: (-np.float32(logits[one]), one))[:most]
    assert expected == [one for one, _ in others]
    for one, told in others:
        assert told == pytest.approx(logits[one] - highest - math.log(whole), abs=1e-9)


def test_what_can_never_come_is_not_among_the_likeliest():
    """A token without a place in the model, of minus infinity, is passed over."""
    account = Likelihoods(5)
    account.look(np.array([0.0, -np.inf, 0.0], dtype=np.float32))
    account.took(2)
    assert [((2, pytest.approx(-math.log(2))), [0, 2])] == [
        (own, [token for token, _ in others]) for own, others in account.found
    ]
