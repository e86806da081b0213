"""Many runs at once over a cache that keeps count: whatever comes, everybody is answered and no cell is lost."""

import contextlib
from collections import Counter

import pytest
from askers import VOCABULARY, Asker
from fake_cache import FakeCache
from hypothesis import given, settings
from hypothesis import strategies as st

from homebody.engine.job import Generated
from homebody.engine.loop import Loop
from homebody.engine.room import Room
from homebody.errors import CancelledError, PromptTooLongError

PROMPTS = st.tuples(st.integers(0, 3), st.integers(1, 300), st.integers(0, 3)).map(
    lambda drawn: [drawn[0]] * 70 + [4 + drawn[0]] * 70 + [8 + drawn[2]] * drawn[1]
)
RUNS = st.lists(
    st.tuples(PROMPTS, st.integers(1, 30), st.sampled_from([0, 70, 140]), st.booleans(), st.integers(0, 6)),
    max_size=14,
)
TROUBLE = st.dictionaries(
    st.integers(0, 60), st.sampled_from(["the step failed", "cancel", "bug"]), max_size=6
)


def caches(kind: str) -> list[FakeCache]:
    """Return the caches of one layout."""
    more = {"whole": "whole" in kind, "window": 30 if "window" in kind else 0}
    lanes = FakeCache(sequences=4, cells=320, unified=False, **more)
    hall = FakeCache(sequences=5, cells=640, unified=True, **more)
    return {"lanes": [lanes], "hall": [hall]}.get(kind.split(maxsplit=1)[0], [lanes, hall])


@pytest.mark.parametrize(
    "kind", ["lanes", "hall", "hall together", "both", "both whole", "both window together"]
)
@settings(max_examples=120)
@given(runs=RUNS, trouble=TROUBLE, held=st.lists(PROMPTS, max_size=5))
def test_everybody_is_answered_once(
    kind: str, runs: list, trouble: dict[int, str], held: list[list[int]]
) -> None:
    """Any order of arrivals, cancels and failures leaves no run unanswered and no cell in use.

    So does what a former process gave to be kept, whenever it is given back. A run whose step fails is told so; who was
    not in that step goes on.
    """
    asker = Asker(caches(kind), 3, whole="whole" in kind, together="together" in kind)
    taken = [0]

    def fails() -> str:
        taken[0] += 1
        what = trouble.get(taken[0], "")
        if what == "cancel":
            for person in asker.people[:: 1 + taken[0] % 3]:
                person.cancelled = True
            return ""
        if what == "bug":
            raise KeyError
        return what

    for cache in asker.caches:
        cache.fails = fails
    for prompt, limit, static, interactive, pause in runs:
        for room in asker.rooms:
            if held and pause % 2:
                room.restore(held[-1], bytes(held.pop()))
        asker.ask(prompt, limit=limit, static=static, interactive=interactive)
        for _ in range(pause):
            advance(asker)
            asker.check()
    for _ in range(20_000):
        if not asker.loop.busy:
            break
        advance(asker)
        asker.check()
    assert not asker.loop.busy
    assert all(1 == len(person.heard) for person in asker.people)
    if not trouble:
        for person, (prompt, limit, *_) in zip(asker.people, runs, strict=True):
            (found,) = person.heard
            fits = any(room.fits(len(prompt) + limit) for room in asker.rooms)
            assert isinstance(found, Generated if fits else PromptTooLongError)
    for room, cache in zip(asker.rooms, asker.caches, strict=True):
        assert not room.jobs
        if cache.unified and "whole" in kind:  # a restored copy may count twice what another held before it
            assert room.index.used >= cache.used
        elif cache.unified:
            assert room.index.used == cache.used
        room.clear()
        assert (0, 0) == (room.index.used, cache.used)


def advance(asker: Asker) -> None:
    """Let the loop do a step, as the process does: a bug in one is reported, and the next goes on."""
    with contextlib.suppress(KeyError):
        asker.loop.advance()


def test_one_who_begins_alike_waits_for_what_is_being_read() -> None:
    """Four who ask about one document read it once: together they feed little more than one of them."""
    asker = Asker([FakeCache(sequences=6, cells=2048, unified=True)], 4)
    document = [1] * 500
    for task in range(4):
        asker.ask([*document, 2, 3, 4 + task], limit=5)
    asker.finish()

    fed = Counter(len(fed.tokens) > 1 for step in asker.caches[0].steps for fed in step)
    read = sum(len(fed.tokens) for step in asker.caches[0].steps for fed in step if len(fed.tokens) > 1)
    assert 503 <= read <= 503 + 3 * 128
    assert fed[True] <= 5 + 3


def test_writers_share_a_step() -> None:
    """Runs that write at the same time are in the same steps, not in steps of their own."""
    asker = Asker([FakeCache(sequences=4, cells=256, unified=False)], 4)
    asker.caches[0].endless = True
    for number in range(4):
        asker.ask([number] * 30, limit=20)
    asker.finish()

    assert 4 in {len(step) for step in asker.caches[0].steps}
    writing = [step for step in asker.caches[0].steps if len(step[0].tokens) == 1]
    assert len(writing) <= 20 + 4


def test_writers_share_a_step_of_reading() -> None:
    """Where that is cheaper, a run that writes goes on in the step that reads another's prompt, behind it."""
    cache = FakeCache(sequences=4, cells=1024, unified=True)
    cache.endless = True
    asker = Asker([cache], 4, together=True)
    asker.ask([1] * 30, limit=20)
    asker.loop.advance()
    asker.ask([2] * 300, limit=20)
    asker.finish()

    shared = [[len(fed.tokens) for fed in step] for step in cache.steps if len(step) > 1]
    assert [[128, 1], [64, 1], [108, 1]] == shared[:3]
    assert all(isinstance(person.heard[0], Generated) for person in asker.people)


def test_a_gap_between_lanes_is_filled_and_forgotten() -> None:
    """A lane whose run has ended is fed a token that it forgets, so that its neighbours stay in one step."""
    cache = FakeCache(sequences=3, cells=256, unified=False)
    cache.endless = True
    asker = Asker([cache], 3)
    asker.ask([1] * 20, limit=25)
    asker.ask([2] * 20, limit=2)
    asker.ask([3] * 20, limit=25)
    asker.finish()

    assert any([0, 1, 2] == [fed.sequence for fed in step] and not step[1].outputs for step in cache.steps)


def test_a_run_that_never_fits_is_refused_with_the_counts() -> None:
    """What could never be admitted is refused at once, and says what it needs and what there is."""
    person = Asker([FakeCache(sequences=2, cells=256, unified=True)], 2).ask([1] * 250, limit=7)

    (error,) = person.heard
    assert isinstance(error, PromptTooLongError)
    assert "257" in str(error)
    assert "256" in str(error)


def test_a_big_one_is_not_starved_by_small_ones() -> None:
    """A run that needs nearly everything is let in although small ones keep coming."""
    asker = Asker([FakeCache(sequences=4, cells=512, unified=True)], 4)
    asker.ask([1] * 100, limit=30)
    big = asker.ask([2] * 400, limit=20)
    for number in range(60):
        asker.ask([3 + number % 9] * 100, limit=30)
        if not big.heard:
            asker.loop.advance()
    later = sum(bool(person.heard) for person in asker.people[2:])
    asker.finish()

    assert big.heard
    assert later <= 60
    assert isinstance(big.heard[0], Generated)


def test_a_step_that_fails_ends_only_those_in_it() -> None:
    """A failing step of one room is told to the runs in it; a run in another room is answered."""
    lanes, hall = caches("both")
    asker = Asker([lanes, hall], 3)
    lanes.fails = lambda: "the step failed"
    small, large = asker.ask([1] * 20, limit=5), asker.ask([2] * 400, limit=5)
    asker.finish()

    assert "the step failed" == str(small.heard[0])
    assert isinstance(large.heard[0], Generated)


def test_cancelled_while_waiting() -> None:
    """A run that was cancelled before it was admitted is told so, and never reads a token."""
    asker = Asker([FakeCache(sequences=1, cells=256, unified=False)], 1)
    asker.ask([1] * 20, limit=5)
    waiting = asker.ask([2] * 20, limit=5)
    waiting.cancelled = True
    asker.finish()

    assert isinstance(waiting.heard[0], CancelledError)
    assert not any([2] * 20 == fed.tokens for step in asker.caches[0].steps for fed in step)


def test_a_tidy_room_remembers_only_static_beginnings() -> None:
    """Where what lies about slows the others down, a document is forgotten when another comes; its beginning is not."""
    cache = FakeCache(sequences=6, cells=2048, unified=True)
    asker = Asker([cache], 4)
    asker.rooms[0] = Room(cache, slots=4, whole=False, tidy=True)
    asker.loop = Loop(VOCABULARY, asker.rooms, chunk=128, clock=lambda: 0.0)
    asker.ask([1] * 100 + [2] * 500, limit=5, static=100)
    asker.finish()
    asker.ask([1] * 100 + [2] * 500, limit=5, static=100)
    asker.finish()
    (again,) = asker.people[1].heard
    asker.ask([3] * 700, limit=5)
    asker.finish()
    asker.ask([1] * 100 + [2] * 500, limit=5, static=100)
    asker.finish()
    (later,) = asker.people[3].heard

    assert again.cached_tokens > 400
    assert later.cached_tokens in (0, 100)
    assert cache.used < 1300
