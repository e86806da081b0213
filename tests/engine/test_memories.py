"""Models whose memory is of another kind: states that cannot forget in part, and windows that slide."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from conversations import JSON, SETTINGS, TOLERANCE, answers, conversation
from random_architectures import ARCHITECTURES, WINDOW, write_architecture
from random_model import write_recurrent

from homebody.engine.job import Wanted
from homebody.engine.llama import Fed, KvCache, Layout, Library, Weights
from homebody.engine.loading import load

STATIC = 110
"""Tokens that all conversations begin with."""

KINDS = ["mamba", *ARCHITECTURES]

Loaded = Callable[..., object]


@pytest.fixture(scope="module", params=KINDS)
def path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of random weights."""
    file = tmp_path_factory.mktemp("models") / "model.gguf"
    if request.param == "mamba":
        return write_recurrent(file, seed=3)
    return write_architecture(file, request.param, seed=3)


@pytest.fixture
def made(path: Path) -> Loaded:
    """What makes an engine for it, in lanes or with a common pool only."""

    def make(lanes: int):
        request = {"context": 2048, "lanes": {"count": lanes, "cells": 512}, "settings": SETTINGS}
        engine, _ = load(request, path=path, threads=1, on_load=lambda _: None)
        return engine

    return make


def wanted(count: int, *, long: bool = False, first: int = 0) -> list[Wanted]:
    """Return runs that begin alike, numbered from *first* on; long ones look back over many windows."""
    return [
        Wanted(number=first + number, messages=conversation(number, long=long), grammar=JSON, max_tokens=140)
        for number in range(count)
    ]


@pytest.mark.parametrize("lanes", [4, 0], ids=["lanes", "pool"])
def test_what_is_remembered_changes_nothing(made: Loaded, lanes: int) -> None:
    """The static beginning is taken up, and each answer is that of an engine that read it anew."""
    runs = wanted(6, long=not lanes)
    fresh = [answers(made(lanes), [one], together=False)[0] for one in runs[:3]]
    later = answers(made(lanes), runs, together=False)

    assert [one.tokens for one in fresh] == [one.tokens for one in later[:3]]
    assert [0, *[STATIC] * 5] == [one.cached_tokens for one in later]


@pytest.mark.parametrize("lanes", [4, 0], ids=["lanes", "pool"])
def test_a_crowd_after_others(made: Loaded, lanes: int) -> None:
    """Where one after the other leaves memory full of beginnings, a crowd still finds room, and all are answered."""
    engine = made(lanes)
    answers(engine, wanted(6, long=not lanes), together=False)
    crowd = answers(engine, wanted(6, long=not lanes) + wanted(6, long=not lanes, first=6), together=True)

    assert ["}"] * 12 == [one.text[-1:] for one in crowd]


@pytest.fixture
def pool(tmp_path: Path) -> KvCache:
    """A common pool of a model whose layers look back over WINDOW tokens, but for one that looks back over all."""
    path = write_architecture(tmp_path / "model.gguf", "gemma3", seed=3)
    library = Library()
    weights = Weights(library, path, settings=SETTINGS, on_load=lambda _: None)
    layout = Layout(sequences=3, cells=1024, unified=True, outputs=3)
    return KvCache(library, weights, layout, threads=1, gpu=False)


def read(cache: KvCache, sequence: int, start: int, count: int) -> None:
    """Let a sequence read *count* tokens from place *start* on."""
    cache.step([Fed(sequence, start, [place % cache.vocabulary for place in range(start, start + count)], 1)])


@pytest.mark.parametrize("keep", [64, 110, 137, 180, 198])
def test_what_fell_out_of_a_window_is_not_taken_for_held(pool: KvCache, keep: int) -> None:
    """Others write over what a window no longer shows: a beginning that needs it is forgotten, not guessed."""
    read(pool, 0, 0, WINDOW)
    read(pool, 1, 0, 300)
    pool.trim(0, 0)
    read(pool, 2, 0, 200)  # in the cells of sequence 0, and then in the first 136 of sequence 1

    assert 0 == pool.trim(1, keep)
    assert 0 == pool.held(1)


@pytest.mark.parametrize("keep", [199, 250, 300])
def test_what_a_window_still_shows_is_kept(pool: KvCache, keep: int) -> None:
    """A sequence that lost only what no later token looks back at goes on, and says what it would have said."""
    read(pool, 1, 0, 300)
    pool.trim(1, keep)
    read(pool, 1, keep, 5)
    wished = pool.logits(4).copy()
    pool.clear()
    read(pool, 0, 0, WINDOW)
    read(pool, 1, 0, 300)
    pool.trim(0, 0)
    read(pool, 2, 0, 200)

    assert keep == pool.trim(1, keep)
    read(pool, 1, keep, 5)
    assert np.abs(wished - pool.logits(4)).max() <= TOLERANCE
