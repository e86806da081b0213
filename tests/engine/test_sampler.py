"""Drawing tokens: what stays, which one is picked, and that a seed gives the same again."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from drawing import Only, array, sampler
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from homebody.engine.grammar import choose
from homebody.engine.sampler import Sampler, seed_in_use
from homebody.sampling import LARGEST_SEED, Sampling


def by_definition(logits: np.ndarray, sampling: Sampling, allowed: Sequence[int] | None) -> list[int]:
    """Return what stays, step by step and over the whole vocabulary, as the options are defined."""
    some = range(len(logits)) if allowed is None else allowed
    order = sorted(
        (token for token in some if np.isfinite(logits[token])), key=lambda token: (-logits[token], token)
    )
    if sampling.top_k:
        order = order[: sampling.top_k]
    if not order:
        return []
    weights = [math.exp(float(logits[token]) - float(logits[order[0]])) for token in order]
    reached, kept = 0.0, []
    for token, weight in zip(order, weights, strict=True):
        if sampling.top_p < 1:
            assume(abs(reached - sampling.top_p * sum(weights)) > 1e-9 * sum(weights))
            if reached >= sampling.top_p * sum(weights):
                break
        kept.append(token)
        reached += weight
    if sampling.min_p:
        floor = float(logits[order[0]]) + math.log(sampling.min_p)
        kept = [token for token in kept if float(logits[token]) >= floor]
    return sorted(kept)


LOGITS = arrays.arrays(
    np.float32,
    st.integers(1, 300),
    elements=st.one_of(st.integers(-5, 5).map(float), st.just(float("-inf")), st.floats(-50, 50, width=32)),
)
CUTS = st.builds(
    Sampling,
    temperature=st.just(1.0),
    top_k=st.just(0) | st.integers(1, 120),
    top_p=st.just(1.0) | st.floats(0.01, 0.999),
    min_p=st.just(0.0) | st.floats(1e-6, 1),
    seed=st.just(1),
)


@settings(max_examples=300)
@given(LOGITS, CUTS, st.none() | st.sets(st.integers(0, 299)))
def test_what_stays_is_what_the_definitions_say(
    logits: np.ndarray, sampling: Sampling, allowed: set[int] | None
) -> None:
    """Top-k, top-p and min-p, alone and together, with a grammar and without: looking at few changes nothing."""
    fitting = None if allowed is None else sorted(token for token in allowed if token < len(logits))
    grammar = None if allowed is None else Only(allowed).allowed

    found = Sampler(sampling, 1).kept(logits, grammar)

    assert by_definition(logits, sampling, fitting) == found.tolist()


@settings(max_examples=40)
@given(st.integers(0, 10_000), CUTS, st.sampled_from([None, 0.5, 0.01, 0.001]), st.floats(0.1, 12))
@example(3, Sampling(temperature=1, top_p=0.999), 0.001, 0.1)
def test_what_stays_of_a_large_vocabulary(
    number: int, sampling: Sampling, share: float | None, spread: float
) -> None:
    """The same over thousands of tokens, whether they are nearly alike or far apart, many allowed or a handful."""
    dice = np.random.default_rng(number)
    logits = (dice.standard_normal(6000) * spread).astype(np.float32)
    fitting = None if share is None else np.flatnonzero(dice.random(6000) < share).tolist()
    grammar = None if fitting is None else Only(fitting).allowed

    found = Sampler(sampling, 1).kept(logits, grammar)

    assert by_definition(logits, sampling, fitting) == found.tolist()


@settings(max_examples=200)
@given(LOGITS, CUTS, st.sets(st.integers(0, 299)))
def test_only_what_stays_is_picked(logits: np.ndarray, sampling: Sampling, allowed: set[int]) -> None:
    """A pick without a grammar stays by itself; with one it is allowed, and is None only when nothing is."""
    everything = Sampler(sampling, 1)
    assert logits.tobytes() == (before := logits.copy()).tobytes()
    free = everything.pick(logits, None)
    assert (free is None) == (not np.isfinite(logits).any())
    assert free is None or free in everything.kept(logits, None)

    held = Sampler(sampling, 2).pick(logits, Only(allowed).allowed)
    possible = [token for token in allowed if token < len(logits) and np.isfinite(logits[token])]
    assert (held is None) == (not possible)
    assert held is None or held in possible
    assert before.tobytes() == logits.tobytes()


def test_the_usual_case_asks_the_grammar_about_one_token() -> None:
    """A draw that is allowed costs one question; a refused one a look at the likeliest few."""
    logits = np.zeros(5000, dtype=np.float32)
    logits[:3] = (30, 20, 19)
    free, held = Only([0]), Only([1, 2])
    assert 0 == sampler(top_k=40).pick(logits, free.allowed)
    assert [1] == free.asked
    assert sampler(min_p=0.05).pick(logits, held.allowed) in (1, 2)
    assert [1, 64] == held.asked
    again = Only([1, 2])
    assert sampler().pick(logits, again.allowed) in (1, 2)
    assert [1, 64] == again.asked


@settings(max_examples=100)
@given(LOGITS, st.none() | st.sets(st.integers(0, 299)))
def test_greedy_is_what_the_grammar_room_chooses(logits: np.ndarray, allowed: set[int] | None) -> None:
    """Without a temperature a pick is the choice that was made before there was one, whatever else is said."""
    assume(np.isfinite(logits).any())
    for sampling in (Sampling(), Sampling(top_k=2, top_p=0.1, min_p=0.9, seed=5)):
        one = Sampler(sampling, seed_in_use(sampling))
        if allowed is None:
            assert int(logits.argmax()) == one.pick(logits, None)
        else:
            assert choose(logits, Only(allowed)) == one.pick(logits, Only(allowed).allowed)


@pytest.mark.parametrize("cuts", [{}, {"top_k": 2}])
def test_the_coldest_draw_is_the_likeliest(cuts: dict[str, float]) -> None:
    """A temperature next to nothing draws the best token, and the best allowed one after a refusal."""
    logits = array([3e38, -3e38, 1e38, -np.inf, 2e38])
    one = sampler(temperature=5e-324, **cuts)
    assert {0} == {one.pick(logits, None) for _ in range(20)}
    assert {4} == {one.pick(logits, Only([1, 3, 4]).allowed) for _ in range(20)}
    assert {1} == {one.pick(logits, Only([1, 3]).allowed) for _ in range(20)}


def test_nothing_possible_is_no_token() -> None:
    """When every logit is minus infinity, or is no number, there is no next token."""
    for bad in (float("-inf"), float("nan")):
        logits = np.full(100, bad, dtype=np.float32)
        assert sampler().pick(logits, None) is None
        assert sampler(temperature=0).pick(logits, None) is None
        assert sampler(top_p=0.9).pick(logits, Only([3]).allowed) is None


def test_the_penalty_is_llama_cpps() -> None:
    """Positive logits of tokens that the answer had are divided, negative ones multiplied, once for each token."""
    one = sampler(temperature=0, repeat_penalty=2.0, repeat_last=3)
    logits = array([4.0, 3.0, -1.0, -1.5])
    assert 0 == one.pick(logits, None)
    for token in (0, 0, 2):
        one.note(token)
    assert 1 == one.pick(logits, None)
    assert 3 == one.pick(logits, Only([2, 3]).allowed)
    assert 0 == one.pick(array([4.0, 1.9, -1.0, -1.5]), None)


def test_the_penalty_looks_back_only_so_far() -> None:
    """A token is free again when it has left the window; no window is no penalty."""
    one = sampler(temperature=0, repeat_penalty=2.0, repeat_last=2)
    logits = array([4.0, 3.0, 1.0])
    picks = []
    for token in (0, 2, 2):
        one.note(token)
        picks.append(one.pick(logits, None))
    assert [1, 1, 0] == picks
    blind = sampler(temperature=0, repeat_penalty=2.0, repeat_last=0)
    blind.note(0)
    assert 0 == blind.pick(logits, None)


def test_a_seed_gives_the_same_on_every_machine() -> None:
    """These picks were written down once: another numpy or processor must make them, too."""
    one = sampler(seed=2024)
    flat = np.zeros(1000, dtype=np.float32)
    assert [675, 214, 309, 799, 995, 142, 78, 180] == [one.pick(flat, None) for _ in range(8)]
    cut = sampler(seed=2024, top_k=10)
    assert [502, 507, 501, 501, 501, 506, 505, 504] == [
        cut.pick(flat, Only(range(500, 1000)).allowed) for _ in range(8)
    ]
    raced = sampler(seed=2024)
    assert [700, 700, 70, 700, 70, 7, 700, 700] == [
        raced.pick(flat, Only([7, 70, 700]).allowed) for _ in range(8)
    ]


def test_another_seed_draws_otherwise() -> None:
    """A hundred flat draws are alike for one seed and unlike for two."""
    flat = np.zeros(1000, dtype=np.float32)

    def drawn(seed: int) -> list[int | None]:
        one = sampler(seed=seed)
        return [one.pick(flat, None) for _ in range(100)]

    assert drawn(0) == drawn(0) != drawn(1)


def test_the_seed_in_use() -> None:
    """The given one; none when nothing is drawn; else a new one each time, of 32 bits."""
    assert 5 == seed_in_use(Sampling(temperature=1, seed=5))
    assert seed_in_use(Sampling(seed=5)) is None
    new = {seed_in_use(Sampling(temperature=1)) for _ in range(20)}
    assert len(new) > 15
    assert all(seed is not None and 0 <= seed <= LARGEST_SEED for seed in new)
