"""How much memory does the model process take beyond weights and KV, and does it grow?"""

import random
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from engine_bench.figures.found import Found
from engine_bench.figures.notes import batch, in_house
from engine_bench.figures.single import BARE
from engine_bench.house import House, homebody
from engine_bench.setup import Bench
from engine_bench.texts import Writer, note_grammar, prompt
from homebody.errors import ModelError, ModelGoneError
from homebody.model.client import ModelReady, Progress
from homebody.model.fit import lanes_for
from homebody.model.need import kv_bytes as bytes_of

THREADS = 8
BAD_GRAMMAR = "root ::= (("
MEGABYTE = 1e6


def overhead_mb(bench: Bench) -> Found:
    """Return the megabytes of the model process, after some work, beyond weights and KV.

    What it has of memory alone, and its share of what it has with others (Pss in proc(5)), less the mapped model file,
    less what the library copied of the weights into another layout (as a bare loop with the same settings says), less
    the KV cells' bytes.
    """
    if not Path("/proc/self/smaps").exists():
        return Found(left_out={"overhead_mb": "this system has no /proc/PID/smaps"})
    in_house(bench.house, batch(bench), bench.sizes.answer)
    bench.house.ask(prompt("", bench.writer.text(bench.sizes.document)), tokens=bench.sizes.answer)
    ready = bench.house.ready
    with bench.python_rival("bare", BARE) as loop:
        copied = float(loop.first["copied_mb"])
    try:
        everything, mapped = proportional(ready.pid, bench.model)
    except OSError as error:
        return Found(
            left_out={
                "overhead_mb": f"/proc/PID/smaps of a sealed process is root's alone ({error.strerror})"
            }
        )
    kv = kv_bytes(ready) / MEGABYTE
    details = {
        "whole": round(everything, 1), "mapped_weights": round(mapped, 1), "copied_weights": copied, "kv": round(kv, 1),
    }  # fmt: skip
    return Found(
        {"overhead_mb": round(everything - mapped - copied - kv, 1)}, details={"overhead_mb": details}
    )


def proportional(pid: int, file: Path) -> tuple[float, float]:
    """Return the megabytes of a process and, of them, those of the mapped *file*. Raises OSError."""
    everything = mapped = 0
    ours = False
    for line in Path(f"/proc/{pid}/smaps").read_text().splitlines():
        if re.match(r"[0-9a-f]+-[0-9a-f]+ ", line):
            ours = line.endswith(str(file.resolve()))
        elif line.startswith("Pss:"):
            kilobytes = int(line.split()[1])
            everything += kilobytes
            mapped += kilobytes * ours
    return everything * 1024 / MEGABYTE, mapped * 1024 / MEGABYTE


def kv_bytes(ready: ModelReady) -> int:
    """Return the bytes of all KV cells that the engine laid out: its lanes, its common pool, or both.

    As engine/loading.py lays them out: the pool is as large as the context, and left out where lanes are no shorter;
    lanes that the plan does not use are given back.
    """
    lanes = lanes_for(ready.info, ready.context)
    pool = ready.context if lanes.count < 2 or lanes.cells < ready.context else 0
    used = ready.plan["lanes"] or not pool
    return bytes_of(ready.info, pool + (lanes.count * lanes.cells if used else 0))


class _EnoughError(Exception):
    """The run is given up by whoever asked for it."""


def memory_growth(bench: Bench, model: Path) -> Found:
    """Return the anonymous memory of the model process after all runs by that after the first of them.

    Short runs of a small *model*, from several threads: one in five is given up on its way, one in ten has a grammar
    that cannot be used, one in ten a deadline that it misses, one in ten a prompt that does not fit.
    """
    if not Path("/proc/self/status").exists():
        return Found(left_out={"memory_growth": "this system has no /proc/PID/status"})
    with homebody(model, bench.memory) as house, ThreadPoolExecutor(THREADS) as pool:
        writer = Writer(house.client.count, seed=1)
        recipes = [writer.recipe(30) for _ in range(20)]
        texts = [writer.text(40) for _ in range(200)]
        long = writer.text(house.ready.context)

        def one(number: int) -> str:
            dice = random.Random(number)
            return _short_run(
                house, dice, dice.choice(recipes), long if dice.random() < 0.1 else dice.choice(texts)
            )

        sizes = bench.sizes
        ends = Counter(pool.map(one, range(sizes.settled_runs)))
        settled = anonymous_kilobytes(house.ready.pid)
        ends += Counter(pool.map(one, range(sizes.settled_runs, sizes.runs)))
        last = anonymous_kilobytes(house.ready.pid)
        if house.client.ready is not house.ready:
            return Found(left_out={"memory_growth": f"the model process died on the way ({dict(ends)})"})
    details = {
        "runs": sizes.runs, "ends": dict(ends), "settled_mb": round(settled * 1024 / MEGABYTE, 1),
        "last_mb": round(last * 1024 / MEGABYTE, 1),
    }  # fmt: skip
    return Found({"memory_growth": round(last / settled, 4)}, details={"memory_growth": details})


def _short_run(house: House, dice: random.Random, recipe: str, text: str) -> str:
    """Make one run and return how it ended. Raises ModelGoneError when the process died, which must not be."""
    luck = dice.random()
    patience = dice.randint(1, 3) if luck < 0.2 else 1000

    def give_up(_: Progress) -> None:
        nonlocal patience
        patience -= 1
        if not patience:
            raise _EnoughError

    grammar = BAD_GRAMMAR if 0.2 <= luck < 0.3 else note_grammar() if luck < 0.7 else None
    try:
        house.client.generate(
            prompt(recipe, text), grammar=grammar, max_tokens=dice.randint(1, 16), on_progress=give_up,
            deadline_seconds=0.01 if 0.3 <= luck < 0.4 else 600,
        )  # fmt: skip
    except ModelGoneError:
        raise
    except (_EnoughError, ModelError) as error:
        return type(error).__name__.strip("_")
    return "answered"


def anonymous_kilobytes(pid: int) -> int:
    """Return the memory that a process has for itself (RssAnon in proc(5))."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1])
    raise AssertionError("this system does not tell how much memory a process has for itself")
