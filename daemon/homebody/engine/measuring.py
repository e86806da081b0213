"""How long do steps take here: a few of each kind, timed once when a model is first loaded on a machine?"""

import time
from collections.abc import Callable, Iterable

from homebody.engine.llama import Fed, KvCache
from homebody.engine.tuning import Measured

DEPTH = 384
"""Tokens that each run has behind it when writing is measured: a note and its recipe."""

WIDTHS = (1, 2, 4, 8, 12, 16, 24, 32)
CHUNKS = (128, 256, 512)
BETS = (1, 2, 3, 4, 6, 8)
BESIDE = 8
"""Runs that write while another reads, when that is measured."""

BUDGET = 12.0
"""Seconds after which no further kind of step is measured."""

TURNS = 3


class Stopwatch:
    """Times steps until its time is up."""

    def __init__(
        self,
        clock: Callable[[], float] = time.perf_counter,
        budget: float = BUDGET,
        tell: Callable[[int, int], None] = lambda _passed, _most: None,
    ) -> None:
        """Begin now; *tell* hears how many of how many seconds have passed, whenever a kind of step is begun."""
        self._clock = clock
        self._began = clock()
        self._until = self._began + budget
        self._tell = tell

    def best(self, step: Callable[[], None], turns: int = TURNS) -> float | None:
        """Return the fewest seconds that *step* took, or None when there is no time left to try it.

        Other work on the machine makes a step longer, never shorter.
        """
        now = self._clock()
        if now > self._until:
            return None
        self._tell(round(now - self._began), round(self._until - self._began))
        took = []
        for _ in range(turns):
            began = self._clock()
            step()
            took.append(self._clock() - began)
            if self._clock() > self._until:
                break
        return min(took)


def measure(lanes: KvCache | None, pool: KvCache | None, watch: Stopwatch | None = None) -> Measured:
    """Return what steps take in the two layouts, as far as there is time; both caches are empty afterwards."""
    watch = watch or Stopwatch()
    either = lanes or pool
    if either is None or either.cells < DEPTH + max(BETS):
        return Measured()
    _read(either, DEPTH)
    state = either.state(0)
    found = Measured(
        lanes=_writing(lanes, state, watch) if lanes is not None else {},
        pool=_writing(pool, state, watch) if pool is not None else {},
        bets=_table(BETS, lambda count: watch.best(lambda: _bet(either, count))),
        read=_reading(either, state, watch),
        beside=_beside(pool, state, watch) if pool is not None else {},
    )
    for cache in (lanes, pool):
        if cache is not None:
            cache.clear()
    return found


def _writing(cache: KvCache, state: bytes, watch: Stopwatch) -> dict[int, float]:
    """Return what steps of several runs take, each with *state* behind it in cells of its own."""
    room = cache.cells // (DEPTH + 1) if cache.unified else cache.sequences
    cache.clear()
    ready = 0

    def timed(width: int) -> float | None:
        nonlocal ready
        while ready < width:
            cache.restore(ready, state)
            ready += 1
        return watch.best(lambda: _write(cache, width))

    return _table((width for width in WIDTHS if width <= min(room, cache.sequences)), timed)


def _read(cache: KvCache, count: int) -> None:
    """Read *count* tokens from nothing."""
    cache.clear()
    cache.step([Fed(0, 0, [place % cache.vocabulary for place in range(count)], 1)])


def _reading(cache: KvCache, state: bytes, watch: Stopwatch) -> dict[int, float]:
    """Return what steps of reading take, each with its middle at the same place of a prompt.

    From one beginning, the longer step would look back over more; a memory that cannot forget in part begins anew.
    """
    middle = max(DEPTH, max(CHUNKS) // 2)

    def once(count: int, start: int) -> None:
        if start and cache.trim(0, start) < start:
            start = 0
        cache.step([Fed(0, start, [place % cache.vocabulary for place in range(count)], 1)])
        cache.trim(0, start)

    def timed(count: int) -> float | None:
        cache.clear()
        cache.restore(0, state)
        start = min(middle - count // 2, cache.held(0))
        return watch.best(lambda: once(count, start), 2)

    return _table((chunk for chunk in CHUNKS if middle + chunk // 2 <= cache.cells), timed)


def _beside(pool: KvCache, state: bytes, watch: Stopwatch) -> dict[int, float]:
    """Return what it takes to read CHUNKS[0] tokens and let others write one each, in 1 step and in 2.

    In one step the weights are gone through once; but attention, where it works on tiles of tokens, may let every one
    of them look at what any of them sees (measured on a processor: 1.24 s in one step, 0.79 in two).
    """
    count = CHUNKS[0]
    others = min(BESIDE, pool.sequences - 1, (pool.cells - count) // (DEPTH + 1))
    if others < 1:
        return {}
    pool.clear()
    for number in range(others):
        pool.restore(number, state)
    reader = Fed(others, 0, [place % pool.vocabulary for place in range(count)], 1)
    writers = [Fed(number, DEPTH, [number % pool.vocabulary], 1) for number in range(others)]

    def forget() -> None:
        pool.trim(others, 0)
        for number in range(others):
            pool.trim(number, DEPTH)

    def once() -> None:
        pool.step([reader, *writers])
        forget()

    def twice() -> None:
        pool.step([reader])
        pool.step(writers)
        forget()

    return _table((1, 2), lambda steps: watch.best(once if steps == 1 else twice, 2))


def _write(cache: KvCache, width: int) -> None:
    """Let *width* runs write a token, and forget it again."""
    cache.step([Fed(number, DEPTH, [number % cache.vocabulary], 1) for number in range(width)])
    for number in range(width):
        cache.trim(number, DEPTH)


def _bet(cache: KvCache, count: int) -> None:
    """Feed *count* tokens to one run, and forget them again."""
    cache.step([Fed(0, DEPTH, [place % cache.vocabulary for place in range(count)], 1)])
    cache.trim(0, DEPTH)


def _table(keys: Iterable[int], timed: Callable[[int], float | None]) -> dict[int, float]:
    """Return what each key took, as far as there was time."""
    found: dict[int, float] = {}
    for key in keys:
        seconds = timed(key)
        if seconds is None:
            break
        found[key] = round(seconds, 6)
    return found
