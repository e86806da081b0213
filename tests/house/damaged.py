"""What can happen to a journal's file."""

import random
from pathlib import Path

from hypothesis import strategies as st

damages = st.one_of(
    st.tuples(st.just("zero"), st.lists(st.integers(0, 200), min_size=1, max_size=30)),
    st.tuples(st.just("noise"), st.lists(st.integers(0, 200), min_size=1, max_size=30)),
    st.tuples(st.just("sector"), st.lists(st.integers(0, 1600), min_size=1, max_size=8)),
    st.tuples(st.just("cut"), st.lists(st.integers(0, 200), min_size=1, max_size=1)),
    st.tuples(st.just("swap"), st.lists(st.integers(0, 200), min_size=2, max_size=6)),
    st.tuples(st.just("log"), st.lists(st.integers(0, 400), min_size=1, max_size=8)),
    st.tuples(st.just("gone"), st.just([0])),
)


def damage(path: Path, kind: str, places: list[int]) -> None:
    """Damage the journal at *path* in a way that a disk or a program might."""
    noise = random.Random(repr(places))
    log = path.with_name(path.name + "-wal")
    if kind == "gone":
        path.unlink()
        log.unlink(missing_ok=True)
        return
    target = log if kind == "log" and log.exists() else path
    data = bytearray(target.read_bytes())
    unit = 512 if kind == "sector" else 4096
    starts = [(place * unit) % max(unit, len(data) - len(data) % unit) for place in places]
    match kind:
        case "cut":
            del data[starts[0] :]
        case "swap":
            pages = [bytes(data[start : start + unit]) for start in starts]
            for start, page in zip(starts, pages[1:] + pages[:1], strict=True):
                data[start : start + unit] = page
        case _:
            for start in starts:
                junk = bytes(unit) if kind == "zero" else noise.randbytes(unit)
                data[start : start + unit] = junk[: len(data[start : start + unit])]
    target.write_bytes(data)
