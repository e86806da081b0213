"""What a way of sampling may say, and that it comes through JSON as it was."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.sampling import BOUNDS, Sampling

SAMPLINGS = st.builds(
    Sampling,
    temperature=st.floats(0, 2),
    top_k=st.integers(0, 1000),
    top_p=st.floats(0, 1),
    min_p=st.floats(0, 1),
    repeat_penalty=st.floats(1, 2),
    repeat_last=st.integers(0, 4096),
    seed=st.none() | st.integers(0, 2**32 - 1),
)


def test_as_it_stands_nothing_is_drawn():
    """Without a word about it the likeliest token is taken; a temperature is what makes the difference."""
    assert Sampling().greedy
    assert Sampling(top_k=40, repeat_penalty=1.1, seed=3).greedy
    assert not Sampling(temperature=0.1).greedy


@given(SAMPLINGS)
def test_it_comes_through_json_as_it_was(sampling: Sampling):
    """What is written and read again is equal."""
    assert sampling == Sampling.from_dict(json.loads(json.dumps(sampling.to_dict())))


def test_what_is_left_out_has_its_default():
    """No word is the default, and a seed that is not given is not written."""
    assert Sampling() == Sampling.from_dict({})
    assert "seed" not in Sampling().to_dict()


def test_a_whole_number_serves_where_any_number_does():
    """1 and 1.0 are the same temperature, and are written alike."""
    assert json.dumps(Sampling(temperature=1.0).to_dict()) == json.dumps(Sampling(temperature=1).to_dict())


@pytest.mark.parametrize("name", BOUNDS)
def test_the_bounds_are_met_and_not_passed(name: str):
    """The least and the most are right; what is beyond is refused with the name and both bounds."""
    least, most = BOUNDS[name]
    for value in (least, most):
        assert value == getattr(Sampling(**{name: value}), name)
    for value in (least - 1, most + 1, math.inf, math.nan, "1", True, [1]):
        with pytest.raises(ValueError, match=rf"{name} must be a .*number between {least} and {most}"):
            Sampling(**{name: value})


@pytest.mark.parametrize("name", ["top_k", "repeat_last", "seed"])
def test_a_count_is_whole(name: str):
    """Half a token is refused."""
    with pytest.raises(ValueError, match="whole number"):
        Sampling(**{name: 1.5})


def test_only_a_seed_may_be_nothing():
    """None stands for a seed to be drawn, and for nothing else."""
    assert Sampling(seed=None).seed is None
    with pytest.raises(ValueError, match="temperature"):
        Sampling(temperature=None)


def test_an_unknown_word_is_refused():
    """A misspelt option is never passed over silently; the known ones are named."""
    with pytest.raises(ValueError, match=r'"temprature" is no way of sampling.*temperature, top_k'):
        Sampling.from_dict({"temprature": 1})
