"""How soon does homebody answer?

    python tests/bench/quick.py [--rounds N] [--json]

The real command line and the real `homebody serve`, each in a process of its own and on a throw-away home with one
recipe and the starter model. Each round times `homebody --help`, `homebody status` and, from its start until the
control socket says that the seal is on and every watched folder was looked at, a fresh daemon; beside them a Python
that does nothing. The last line is JSON: milliseconds as medians of the rounds with their spread, and the megabytes
that the daemon has resident before its model is asked for anything.
"""

import argparse
import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import stage as bench

from homebody.errors import NotRunningError
from homebody.paths import Home, find_home
from homebody.service.control import request

PATIENCE_SECONDS = 60


def homebody(home: Home, *words: str) -> list[str]:
    """Return the command line of `homebody WORDS`, as its console script is."""
    script = Path(sys.executable).with_name("homebody")
    return [str(script), "--home", str(home.config), *words]


def timed(command: list[str]) -> float:
    """Return the milliseconds that *command* takes, from its start to its end."""
    began = time.perf_counter()
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    return (time.perf_counter() - began) * 1000


@contextlib.contextmanager
def serving(home: Home) -> Iterator[tuple[float, int]]:
    """Hold a daemon; yield the milliseconds after which it was sealed and had looked at its folders, and its number."""
    command = homebody(home, "serve", "--quiet")
    began = time.perf_counter()
    daemon = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not watching(home):
            assert daemon.poll() is None, "the daemon did not start"
            assert time.perf_counter() - began < PATIENCE_SECONDS, "the daemon was not there in time"
            time.sleep(0.005)
        yield (time.perf_counter() - began) * 1000, daemon.pid
    finally:
        daemon.terminate()
        daemon.wait(timeout=30)


def watching(home: Home) -> bool:
    """Return whether a sealed daemon says that it has looked at every folder."""
    try:
        status = request(home.socket, "GET", "/v1/status")
    except NotRunningError:
        return False
    return bool(status["seal"]["layers"]) and bool(status["looked"])


def measured(stage: bench.Stage, rounds: int) -> dict[str, Any]:
    """Return what each round took."""
    home = find_home({}, stage.folder / "home")
    home.recipes.mkdir(parents=True)
    stage.recipe(bench.WRITE, settle="5s", existing="skip")
    (stage.folder / "bench.yaml").rename(home.recipes / "bench.yaml")
    found: dict[str, list[float]] = {"python": [], "help": [], "status": [], "serve": []}
    resident: list[float] = []
    for _ in range(rounds):
        with serving(home) as (milliseconds, pid):
            found["serve"].append(milliseconds)
            resident.append(bench.peak_megabytes(pid))
            while request(home.socket, "GET", "/v1/status")["model"]["state"] == "loading":
                time.sleep(0.05)
            found["python"].append(timed([sys.executable, "-I", "-c", ""]))
            found["help"].append(timed(homebody(home, "--help")))
            found["status"].append(timed(homebody(home, "status")))
    return {
        "milliseconds": {name: bench.middle(times, 1) for name, times in found.items()},
        "resident_mb": bench.middle(resident, 1),
    }


def main() -> None:
    """Measure and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--json", action="store_true", help="print nothing but the last line")
    asked = parser.parse_args()
    with bench.staged() as stage:
        found = measured(stage, asked.rounds)
    if not asked.json:
        for name, times in found["milliseconds"].items():
            print(f"{name}: {times['median']:.0f} ms ({times['least']:.0f} to {times['most']:.0f})")
    bench.tell({"rounds": asked.rounds, **found})


if __name__ == "__main__":
    main()
