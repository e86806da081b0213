"""Is anything missed, or done twice, when very many files are made at once?

    python tests/bench/storm.py [--files N] [--stopped] [--seconds N] [--json]

The house works in a process of its own, with watch, intake, journal and loop, and a rescan every 300 s as usual;
the files are made by this one, as fast as it can. With ``--stopped`` the house is held by SIGSTOP meanwhile, so that
the kernel's queue of events (fs.inotify.max_queued_events) surely overflows. The last line is JSON: ``missed`` and
``twice``, seconds from the first file made until the last was queued and until the last was done, and the most
megabytes that the house had resident.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import stage as bench

from homebody.clock import SystemClock
from homebody.journal.run import RunState
from homebody.journal.store import Journal
from homebody.logs import configure


def be_the_house(folder: Path) -> None:
    """Work on the stage in *folder* until the other side hangs up."""
    configure(None)
    stage = bench.Stage(folder)
    house = bench.House(stage, stage.recipe(bench.WRITE, settle="1s", existing="skip"))
    with house.alive():
        print("ready", flush=True)
        sys.stdin.read()


def storm(stage: bench.Stage, files: int, seconds: float, calm: float, *, stopped: bool) -> dict[str, Any]:
    """Make *files* files at once; return what became of them, after at most *seconds*, with rest before and after."""
    command = [sys.executable, __file__, "--house", str(stage.folder)]
    house = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert house.stdout is not None
    assert house.stdin is not None
    assert house.stdout.readline() == b"ready\n"
    time.sleep(calm)  # the first rescan is over, and nothing is pending
    began = time.monotonic()
    if stopped:
        house.send_signal(signal.SIGSTOP)
        os.waitpid(house.pid, os.WUNTRACED)
    stage.fill(files)
    made = time.monotonic() - began
    if stopped:
        house.send_signal(signal.SIGCONT)
    journal = Journal.open(stage.state / "journal.db", SystemClock(), read_only=True)
    queued = done = None
    while done is None and time.monotonic() - began < seconds:
        time.sleep(0.25)
        counts = journal.counts()
        if queued is None and sum(counts.values()) >= files:
            queued = round(time.monotonic() - began, 2)
        if counts.get(RunState.DONE, 0) >= files:
            done = round(time.monotonic() - began, 2)
    time.sleep(calm)  # time for a second run of anything
    runs = Counter(run.path.name for run in journal.runs(limit=10 * files + 1000) if run.path is not None)
    states = {state.value: number for state, number in journal.counts().items()}
    journal.close()
    memory = bench.peak_megabytes(house.pid)
    house.stdin.close()
    assert house.wait(timeout=30) == 0
    written = len(list(stage.out.iterdir()))
    return {
        "files": files, "stopped": stopped, "missed": files - len(runs), "runs": states, "written": written,
        "twice": sum(count > 1 for count in runs.values()), "seconds_made": round(made, 2),
        "seconds_queued": queued, "seconds_done": done, "resident_mb": memory,
    }  # fmt: skip


def main() -> int:
    """Raise one storm, print what became of it, and return 0 only if nothing was missed or done twice."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--stopped", action="store_true", help="let the kernel's queue overflow for sure")
    parser.add_argument("--seconds", type=float, default=600, help="wait at most so long")
    parser.add_argument("--calm", type=float, default=2, help="let it come to rest so long before and after")
    parser.add_argument("--json", action="store_true", help="print nothing but the last line")
    parser.add_argument("--house", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.house is not None:
        be_the_house(asked.house)
        return 0
    with bench.staged() as stage:
        found = storm(stage, asked.files, asked.seconds, asked.calm, stopped=asked.stopped)
    if not asked.json:
        print(f"{found['missed']} missed, {found['twice']} twice, all done after {found['seconds_done']} s")
    bench.tell(found)
    return 0 if (found["missed"], found["twice"], found["written"]) == (0, 0, asked.files) else 1


if __name__ == "__main__":
    sys.exit(main())
