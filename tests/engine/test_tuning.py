"""Which layout is chosen from what steps took, and what a person is told of it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.engine.loading import load
from homebody.engine.measuring import Stopwatch
from homebody.engine.tuning import Measured, choose

LIMITS = {"lanes": 16, "slots": 16, "chunk": 512, "hall": 4}


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
    """The faster of the two layouts is chosen, at the narrowest width that is nearly the best, and says why."""
    plan = choose(measured, **{**LIMITS, "lanes": most_lanes})
    assert (layout, reason) == ((plan.lanes, plan.slots), plan.reason)
    assert reason == plan.to_dict()["reason"]


SECONDS = st.dictionaries(st.sampled_from([1, 2, 4, 8, 16, 32, 64, 512]), st.floats(1e-5, 10), max_size=6)


@given(st.builds(Measured, lanes=SECONDS, pool=SECONDS, read=SECONDS, bets=SECONDS), st.integers(0, 16))
def test_whatever_was_measured_there_is_a_plan(measured: Measured, most_lanes: int) -> None:
    """A plan stays within what there is memory for, has a reason, and is the same after it was kept."""
    plan = choose(measured, **{**LIMITS, "lanes": most_lanes})
    assert 0 <= plan.lanes <= most_lanes
    assert 1 <= plan.slots <= LIMITS["slots"]
    assert 1 <= plan.chunk <= LIMITS["chunk"]
    assert plan.reason
    assert plan == choose(Measured.from_dict(measured.to_dict()), **{**LIMITS, "lanes": most_lanes})


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
