"""Which layout is chosen from what steps took, and what is measured in the first place."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.engine.llama import KvCache, Layout, Library, Weights
from homebody.engine.loading import load
from homebody.engine.measuring import Stopwatch, measure
from homebody.engine.tuning import Measured, Plan, best_chunk, choose, widest

SECONDS = st.dictionaries(st.sampled_from([1, 2, 4, 8, 16, 32]), st.floats(0.0001, 10), max_size=6)
MEASURED = st.builds(Measured, lanes=SECONDS, pool=SECONDS, read=SECONDS, bets=SECONDS, beside=SECONDS)


def chosen(measured: Measured | None, *, lanes: int = 16) -> Plan:
    """Return the plan with memory for so many lanes."""
    return choose(measured, lanes=lanes, slots=16, chunk=512, hall=4)


def test_a_processor_gets_lanes() -> None:
    """Where sixteen streams write 140 tokens a second and a pool 89, there are sixteen lanes and a small hall."""
    measured = Measured(
        lanes={1: 0.0192, 4: 0.0504, 8: 0.0888, 16: 0.114}, pool={1: 0.0218, 8: 0.1188, 16: 0.1795}
    )

    assert Plan(lanes=16, slots=4, chunk=512) == chosen(measured)


def test_a_machine_on_which_the_pool_is_faster_gets_no_lanes() -> None:
    """Where the common pool is faster there are no lanes, and as many runs as reach nearly the best rate."""
    measured = Measured(lanes={1: 0.02, 16: 0.2}, pool={1: 0.01, 8: 0.0205, 16: 0.04})

    assert Plan(lanes=0, slots=8, chunk=512) == chosen(measured)


@pytest.mark.parametrize(
    ("beside", "together"),
    [({1: 1.238, 2: 0.788}, False), ({1: 0.006, 2: 0.009}, True), ({1: 0.98, 2: 1.0}, False), ({}, False),
     ({2: 1.0}, False)],
    ids=["a processor", "one step is clearly shorter", "hardly shorter", "not measured", "measured in part"],
)  # fmt: skip
def test_writing_beside_reading(beside: dict[int, float], together: bool) -> None:
    """In a common pool some write in the step in which another reads only where that is clearly shorter than two."""
    assert together == chosen(Measured(beside=beside)).together


def test_nothing_known() -> None:
    """Where nothing was measured there are lanes if there is memory for them, else a pool."""
    assert Plan(lanes=16, slots=4, chunk=512) == chosen(None)
    assert Plan(lanes=0, slots=16, chunk=512) == chosen(None, lanes=0)


@given(MEASURED, st.integers(0, 32))
def test_a_plan_is_always_possible(measured: Measured, lanes: int) -> None:
    """Whatever was measured, no more lanes are planned than there is memory for, and somebody can always work."""
    plan = chosen(measured, lanes=lanes)

    assert 0 <= plan.lanes <= lanes
    assert plan.lanes != 1 or lanes == 1 or 1 in measured.lanes
    assert 1 <= plan.slots <= 16
    assert 1 <= plan.chunk <= 512
    assert plan.reason


@given(SECONDS, st.integers(1, 40))
def test_the_smallest_that_is_nearly_the_best(seconds: dict[int, float], most: int) -> None:
    """The chosen width reaches 95 % of the best rate, and no smaller one does."""
    rates = {width: width / took for width, took in seconds.items() if width <= most}
    width, rate = widest(seconds, most)
    if not rates:
        assert (0, 0.0) == (width, rate)
        assert most == best_chunk(seconds, most)
        return
    best = max(rates.values())
    assert rate == rates[width] >= 0.95 * best
    assert all(rates[smaller] < 0.95 * best for smaller in rates if smaller < width)


@given(SECONDS)
def test_the_chunk(seconds: dict[int, float]) -> None:
    """No step of reading takes longer than 2.5 seconds unless the smallest does; of the others nearly the best rate."""
    chunk = best_chunk(seconds, 512)
    if not seconds:
        assert 512 == chunk
        return
    short = {count: count / took for count, took in seconds.items() if took <= 2.5}
    assert chunk == min(seconds) or seconds[chunk] <= 2.5
    if short:
        assert short[chunk] >= 0.98 * max(short.values())


@given(MEASURED)
def test_it_can_be_kept(measured: Measured) -> None:
    """What was measured comes back from JSON as it was."""
    assert measured == Measured.from_dict(json.loads(json.dumps(measured.to_dict())))


@pytest.mark.parametrize(
    "kept",
    [None, [], "x", {}, {"version": 1}, {"version": 2},
     {"version": 2, "lanes": 3, "pool": {}, "read": {}, "bets": {}, "beside": {}},
     {"version": 2, "lanes": {"1": -1}, "pool": {}, "read": {}, "bets": {}, "beside": {}},
     {"version": 2, "lanes": {"x": 1}, "pool": {}, "read": {}, "bets": {}, "beside": {}}],
)  # fmt: skip
def test_nonsense_is_not_believed(kept: object) -> None:
    """What another version wrote, or what was damaged, counts as not measured."""
    assert Measured.from_dict(kept) is None


@pytest.fixture(scope="module")
def caches(write_model, tmp_path_factory: pytest.TempPathFactory) -> tuple[KvCache, KvCache]:
    """Two layouts of a real model with random weights."""
    path: Path = write_model(tmp_path_factory.mktemp("models") / "model.gguf", seed=1, context=4096)
    library = Library()
    settings = {"extra_buffers": True, "gpu_layers": 0, "mmap": True}
    weights = Weights(library, path, settings=settings, on_load=lambda _: None)

    def cache(*, unified: bool) -> KvCache:
        layout = Layout(sequences=4, cells=2048, unified=unified, outputs=8)
        return KvCache(library, weights, layout, threads=1, gpu=False)

    return cache(unified=False), cache(unified=True)


def test_every_kind_of_step_is_timed(caches: tuple[KvCache, KvCache]) -> None:
    """A real measurement knows both layouts, reading and bets, and leaves nothing in memory."""
    found = measure(*caches)

    assert found.complete
    assert [1, 2, 4] == list(found.lanes) == list(found.pool)
    assert [128, 256, 512] == list(found.read)
    assert [1, 2] == list(found.beside)
    assert all(seconds > 0 for seconds in found.lanes.values())
    assert all(0 == cache.held(number) for cache in caches for number in range(4))


def test_a_slow_machine_is_not_kept_waiting(caches: tuple[KvCache, KvCache]) -> None:
    """When the time is up nothing more is measured, and what is not known is not complete."""
    ticks = iter(range(10**6))
    watch = Stopwatch(clock=lambda: float(next(ticks)), budget=9)

    found = measure(*caches, watch)

    assert not found.complete
    assert found.lanes
    assert not found.read


def taking(rates: dict[int, float]) -> dict[int, float]:
    """Return the seconds of steps that write so many tokens a second."""
    return {width: width / rate for width, rate in rates.items()}


@pytest.mark.parametrize(
    ("measured", "most_lanes", "layout", "reason"),
    [
        (None, 16, (16, 4), "nothing was measured; lanes are used where there is memory for them"),
        (None, 0, (0, 16), "nothing was measured; lanes are used where there is memory for them"),
        (
            Measured(lanes=taking({1: 10, 8: 40, 16: 41}), pool=taking({1: 12, 8: 30})),
            16,
            (8, 4),
            "in lanes 8 runs at once write 40 tokens a second in all, in a common pool at best 30 (8 at once)",
        ),
        (
            Measured(lanes=taking({1: 10, 8: 20}), pool=taking({1: 12, 8: 30})),
            16,
            (0, 8),
            "in a common pool 8 runs at once write 30 tokens a second in all, in lanes at best 20 (8 at once)",
        ),
        (
            Measured(lanes=taking({1: 10, 2: 10})),
            16,
            (1, 4),
            "in lanes one run at a time writes 10 tokens a second in all, and no other width is clearly faster",
        ),
        (
            Measured(pool=taking({4: 30})),
            0,
            (0, 4),
            "there is memory for a common pool only; there 4 runs at once write 30 tokens a second in all, and no"
            " other width is clearly faster",
        ),
    ],
)
def test_the_layout_and_its_reason(
    measured: Measured | None, most_lanes: int, layout: tuple[int, int], reason: str
) -> None:
    """A person is told why: both layouts' best where both were measured, and what was not where it was not."""
    plan = chosen(measured, lanes=most_lanes)

    assert (layout, reason) == ((plan.lanes, plan.slots), plan.reason)
    assert reason == plan.to_dict()["reason"]


def test_a_small_model_is_measured_only_when_that_is_wished(write_model, tmp_path: Path) -> None:
    """A load says why it measured nothing; with the wish it measures, tells how far it is, and what came of it."""
    path = write_model(tmp_path / "model.gguf", seed=7)
    request = {
        "context": 2048,
        "lanes": {"count": 2, "cells": 512},
        "settings": {"extra_buffers": True, "gpu_layers": 0, "mmap": True},
    }
    told: list[tuple[int, int]] = []

    _, without = load(request, path=path, threads=1, on_load=lambda _: None)
    _, found = load(
        {**request, "measure": 60.0},
        path=path,
        threads=1,
        on_load=lambda _: None,
        on_measure=lambda passed, most: told.append((passed, most)),
    )

    assert "tuning" not in without
    assert "smaller than 64 MB" in without["unmeasured"]
    assert Measured.from_dict(found["tuning"]).complete
    assert "unmeasured" not in found
    assert {60} == {most for _, most in told}


def test_without_time_it_says_so_and_tells_how_much_has_passed() -> None:
    """No step is tried when the time is up, and the seconds that have passed are told before each kind of step."""
    hands = iter([0.0, 1.0, 1.0, 3.0, 3.0, 7.0])
    told: list[tuple[int, int]] = []
    watch = Stopwatch(lambda: next(hands), budget=5, tell=lambda passed, most: told.append((passed, most)))
    assert 2.0 == watch.best(lambda: None, turns=1)
    assert watch.best(lambda: None) is None
    assert [(1, 5)] == told
