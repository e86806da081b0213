"""Which layout of memory suits this model on this machine, by what a few steps took?

On a processor every token of a common pool looks over the cells of all runs, so streams of their own are faster; on a
GPU it may well be the other way round. So a few steps are measured when a model is first loaded on a machine
(`homebody.engine.measuring`), and kept.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from homebody.engine.blocks import BLOCK

VERSION = 2
"""Of what is measured, and how; what another version measured is measured anew."""

CLOSE = 0.95
"""A width that reaches this share of the best rate is as good as the best, and leaves more room for each run."""

NEARLY = 0.98
"""Likewise for chunks of reading: after a smaller one a person's question is begun sooner."""

LONGEST = 2.5
"""Seconds; no step of reading is planned to take longer, unless the smallest does: within one, a cancel is heard
between two nodes of the graph, and the largest of them takes a twentieth of it."""

Seconds = Mapping[int, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Seconds that steps took: by runs that write at once in lanes and in a common pool, by tokens read, by tokens
    fed to one run, and for reading while others write in a common pool: in 1 step, or in 2."""

    lanes: Seconds = field(default_factory=dict)
    pool: Seconds = field(default_factory=dict)
    read: Seconds = field(default_factory=dict)
    bets: Seconds = field(default_factory=dict)
    beside: Seconds = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Return whether there was time for all: on a busy machine there may not be, and it is measured again."""
        return bool((self.lanes or self.pool) and self.read and self.bets)

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON can hold them."""
        return {"version": VERSION, **{name: {str(key): value for key, value in found.items()}
                                       for name, found in asdict(self).items()}}  # fmt: skip

    @classmethod
    def from_dict(cls, kept: Any) -> "Measured | None":
        """Return what `to_dict` wrote, or None for anything else."""
        if not isinstance(kept, dict) or kept.get("version") != VERSION:
            return None
        try:
            tables = {
                name: {int(key): float(value) for key, value in kept[name].items()}
                for name in ("lanes", "pool", "read", "bets", "beside")
            }
        except (KeyError, ValueError, TypeError, AttributeError):
            return None
        sound = all(key > 0 and value > 0 for table in tables.values() for key, value in table.items())
        return cls(**tables) if sound else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How the engine is laid out: lanes or none, the runs of the common pool, the tokens read in one step."""

    lanes: int
    slots: int
    chunk: int
    together: bool = False
    """Whether in a common pool some write in the step in which another reads."""
    bets: Seconds = field(default_factory=dict)
    reason: str = field(default="", compare=False)
    """Why so, for a person."""

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON can hold them, without what bets cost."""
        return {"lanes": self.lanes, "slots": self.slots, "chunk": self.chunk, "together": self.together,
                "reason": self.reason}  # fmt: skip


def choose(measured: Measured | None, *, lanes: int, slots: int, chunk: int, hall: int) -> Plan:
    """Return the plan for a machine.

    *lanes* is the most lanes there is memory for, *slots* the most runs of a pool that is alone, *hall* those of a pool
    beside lanes, *chunk* the most tokens of a step. Where nothing was measured: lanes if there can be any.
    """
    measured = measured or Measured()
    width, rate = widest(measured.lanes, lanes)
    pool_width, pool_rate = widest(measured.pool, slots)
    if lanes > 1 and rate >= pool_rate:
        count, runs = (width or lanes), hall
    else:
        count, runs = 0, (pool_width or slots)
    return Plan(
        lanes=count,
        slots=runs,
        chunk=max(best_chunk(measured.read, chunk), 2 * BLOCK),
        together=measured.beside.get(1, math.inf) < CLOSE * measured.beside.get(2, 0.0),
        bets=dict(measured.bets),
        reason=_reason(lanes > 1, (width, rate), (pool_width, pool_rate)),
    )


def _reason(possible: bool, lanes: tuple[int, float], pool: tuple[int, float]) -> str:
    """Return in words why the layout is what it is; lanes are *possible* where there is memory for them.

    *lanes* and *pool* are the best width of each and its tokens a second, zeros where that is not known.
    """
    if not lanes[0] and not pool[0]:
        return "nothing was measured; lanes are used where there is memory for them"
    if not possible:
        return f"there is memory for a common pool only; there {_width(pool)}, and no other width is clearly faster"
    if not lanes[0] or not pool[0]:
        where, best = ("lanes", lanes) if lanes[0] else ("a common pool", pool)
        return f"in {where} {_width(best)}, and no other width is clearly faster"
    better, worse = ("lanes", "a common pool") if lanes[1] >= pool[1] else ("a common pool", "lanes")
    first, second = (lanes, pool) if lanes[1] >= pool[1] else (pool, lanes)
    return f"in {better} {_width(first)}, in {worse} at best {second[1]:.0f} ({second[0]} at once)"


def _width(best: tuple[int, float]) -> str:
    """Return in words how fast the best width is."""
    runs = "one run at a time writes" if best[0] == 1 else f"{best[0]} runs at once write"
    return f"{runs} {best[1]:.0f} tokens a second in all"


def widest(seconds: Seconds, most: int) -> tuple[int, float]:
    """Return the smallest width that is nearly the fastest, and its tokens a second; (0, 0) when none is known."""
    rates = {width: width / took for width, took in seconds.items() if width <= most}
    best = max(rates.values(), default=0.0)
    width = min((width for width, rate in rates.items() if rate >= CLOSE * best), default=0)
    return width, rates.get(width, 0.0)


def best_chunk(seconds: Seconds, most: int) -> int:
    """Return the smallest number of tokens that is read at nearly the best rate, *most* when nothing is known."""
    short = {count: took for count, took in seconds.items() if took <= LONGEST}
    least = dict(sorted(seconds.items())[:1])
    rates = {count: count / took for count, took in (short or least).items() if count <= most}
    best = max(rates.values(), default=0.0)
    return min((count for count, rate in rates.items() if rate >= NEARLY * best), default=most)
