"""How many runs a second pass through filters and an action that asks no model?

    python tests/bench/throughput.py [--files N] [--rounds N] [--json]

The notes are queued first; then the real loop carries them out on a journal, a vault and files that are on the
disk before each step that the next one builds on. The last line is JSON: runs per second for ``write`` and
``front_matter`` and the milliseconds of processor time of a run, as medians of the rounds with their spread.
"""

import argparse
import time

import stage as bench

from homebody.house.loop import Kind
from homebody.journal.run import RunState

ACTIONS = {"write": bench.WRITE, "front_matter": bench.FRONT_MATTER}


def rate(action: str, files: int) -> tuple[float, float]:
    """Return how many runs a second came to their end, over *files* runs, and the milliseconds of CPU of each."""
    with bench.staged() as stage:
        stage.fill(files)
        house = bench.House(stage, stage.recipe(action, settle="50ms", existing="process"))
        house.intake.rescan()
        while house.journal.counts().get(RunState.QUEUED, 0) < files:
            time.sleep(0.01)
            house.intake.tick()
        began, used = time.perf_counter(), time.process_time()
        while (held := house.loop.claim(Kind.PLAIN)) is not None:
            house.loop.carry_out(held, began)
        seconds, used = time.perf_counter() - began, time.process_time() - used
        assert {RunState.DONE: files} == house.journal.counts()
        house.close()
    return files / seconds, used * 1000 / files


def main() -> None:
    """Measure each action in each round and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="print nothing but the last line")
    asked = parser.parse_args()
    rates: dict[str, list[tuple[float, float]]] = {name: [] for name in ACTIONS}
    for number in range(asked.rounds):
        for name, action in ACTIONS.items():
            rates[name].append(rate(action, asked.files))
            if not asked.json:
                print(f"round {number + 1}: {name}: {rates[name][-1][0]:.0f} runs a second", flush=True)
    bench.tell({
        "files": asked.files, "rounds": asked.rounds,
        "runs_per_second": {name: bench.middle([one[0] for one in found], 1) for name, found in rates.items()},
        "cpu_ms_per_run": {name: bench.middle([one[1] for one in found], 2) for name, found in rates.items()},
    })  # fmt: skip


if __name__ == "__main__":
    main()
