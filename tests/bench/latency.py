"""How long does it take from settled to claimed, with nothing else in the queue?

    python tests/bench/latency.py [--files N] [--rounds N] [--json]

Notes are written one at a time into a watched folder, each after the one before has been claimed and at another
phase of any clock in the house. A note has settled when the recipe's pause has gone by since its last byte was
written; it is claimed when the journal says that its run was started. The last line is JSON, in milliseconds:
the 50th and the 99th percentile and the worst, as medians of the rounds with their spread.
"""

import argparse
import random
import time

import stage as bench

SETTLE = 0.2


def delays(files: int, lot: random.Random) -> list[float]:
    """Return the milliseconds that each of *files* notes waited after it had settled."""
    found: list[float] = []
    with bench.staged() as stage:
        house = bench.House(stage, stage.recipe(bench.WRITE, settle="200ms", existing="skip"))
        with house.alive():
            time.sleep(1.5)  # the first rescan is over
            for number in range(files):
                time.sleep(lot.uniform(0.0, 0.3))
                path = stage.notes / f"note-{number}.md"
                bench.note(path, number)
                settled = time.time() + SETTLE
                found.append((started(house, number + 1) - settled) * 1000)
    return found


def started(house: bench.House, number: int) -> float:
    """Return when run *number* was claimed, waiting until it has been, in seconds of the wall clock."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        runs = house.journal.runs(limit=1)
        if (
            runs
            and runs[0].id >= number
            and runs[0].started_at is not None
            and runs[0].finished_at is not None
        ):
            return runs[0].started_at.timestamp()
        time.sleep(0.02)
    raise AssertionError("a note was not claimed within a minute")


def main() -> None:
    """Measure each round and print the percentiles."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="print nothing but the last line")
    asked = parser.parse_args()
    lot, rounds = random.Random(7), []
    for number in range(asked.rounds):
        rounds.append(delays(asked.files, lot))
        if not asked.json:
            print(f"round {number + 1}: p99 {bench.percentile(rounds[-1], 99):.1f} ms", flush=True)
    bench.tell({"files": asked.files, "rounds": asked.rounds, "milliseconds": {
        "p50": bench.middle([bench.percentile(found, 50) for found in rounds], 1),
        "p99": bench.middle([bench.percentile(found, 99) for found in rounds], 1),
        "worst": bench.middle([max(found) for found in rounds], 1),
    }})  # fmt: skip


if __name__ == "__main__":
    main()
