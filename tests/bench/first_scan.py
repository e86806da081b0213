"""How long is the first look at a folder that is full already, and how much memory does it take?

    python tests/bench/first_scan.py [--files N] [--existing skip|process] [--rounds N] [--json]

The intake works in a process of its own, with everything that the daemon imports but its model. With
``existing: skip`` the look is over when every file is noted as having been there before and the first rescan has gone
by; with ``process``, ``scanned`` is the rescan alone and ``seconds`` runs until every file has settled, been read and
queued. The last line is JSON: medians of the rounds with their spread.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

import stage as bench

import homebody.service.app  # noqa: F401 - what the daemon has in memory, this process has, too
from homebody.logs import configure


def look_at(folder: Path, files: int, existing: str) -> None:
    """Take in the folder and print how long that took."""
    configure(None)
    stage = bench.Stage(folder)
    house = bench.House(stage, stage.recipe(bench.WRITE, settle="50ms", existing=existing))
    before = bench.peak_megabytes()
    began = time.perf_counter()
    house.intake.enrol()
    house.intake.rescan()
    scanned = time.perf_counter() - began
    while existing == "process" and sum(house.journal.counts().values()) < files:
        time.sleep(0.01)
        house.intake.tick()
    if existing == "skip":
        house.intake.tick()
        time.sleep(0.06)
        house.intake.tick()
    seconds = time.perf_counter() - began
    found = {
        "scanned": scanned,
        "seconds": seconds,
        "before_mb": before,
        "resident_mb": bench.peak_megabytes(),
    }
    found["queued"] = sum(house.journal.counts().values())
    house.close()
    print(json.dumps(found), flush=True)


def main() -> None:
    """Fill a folder once for each round, let a process look at it, and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--existing", choices=("skip", "process"), default="skip")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="print nothing but the last line")
    parser.add_argument("--look", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.look is not None:
        look_at(asked.look, asked.files, asked.existing)
        return
    rounds = []
    for number in range(asked.rounds):
        with bench.staged() as stage:
            stage.fill(asked.files)
            command = [sys.executable, __file__, "--look", str(stage.folder), "--files", str(asked.files)]
            child = subprocess.run(
                [*command, "--existing", asked.existing], capture_output=True, text=True, check=True
            )
        rounds.append(json.loads(child.stdout.splitlines()[-1]))
        assert rounds[-1]["queued"] == (asked.files if asked.existing == "process" else 0), rounds[-1]
        if not asked.json:
            print(f"round {number + 1}: {rounds[-1]}", flush=True)
    measures = ("scanned", "seconds", "before_mb", "resident_mb")
    bench.tell({"files": asked.files, "existing": asked.existing, "rounds": asked.rounds} | {
        name: bench.middle([found[name] for found in rounds], 2) for name in measures
    })  # fmt: skip


if __name__ == "__main__":
    main()
