"""What does homebody cost while there is nothing to do?

    python tests/bench/idle.py [--files N] [--seconds N] [--json]

The real `homebody serve` on a throw-away home, with the starter model loaded and a recipe that watches a folder of
*files* files which were there before it. After the first scan, the processor time that the daemon and its children
use is counted over *seconds* of nothing. The last line is JSON: per cent of one core, of the daemon and of its
children, the seconds from the start until the first scan was over, and the most megabytes that the daemon had resident.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import stage as bench

from homebody.errors import NotRunningError
from homebody.paths import Home, find_home
from homebody.service.control import request

PATIENCE_SECONDS = 120
SCANNED = "existing files left alone"


def children_of(pid: int) -> list[int]:
    """Return the children of a process (proc(5))."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    return [int(number) for thread in threads for number in (thread / "children").read_text().split()]


def used(pid: int) -> tuple[float, float]:
    """Return the seconds of processor time of a process, and of its children."""
    return bench.cpu_seconds(pid), sum(bench.cpu_seconds(child) for child in children_of(pid))


def ready(home: Home) -> bool:
    """Return whether the model is loaded and the first scan is over."""
    try:
        loaded = request(home.socket, "GET", "/v1/status")["model"]["state"] == "ready"
    except NotRunningError:
        return False
    return loaded and SCANNED in home.log.read_text(encoding="utf-8")


def idle(stage: bench.Stage, files: int, seconds: float, calm: float) -> dict[str, Any]:
    """Return what the daemon used over *seconds* in which nothing happened."""
    stage.fill(files)
    home = find_home({}, stage.folder / "home")
    home.recipes.mkdir(parents=True)
    stage.recipe(bench.WRITE, settle="5s", existing="skip")
    (stage.folder / "bench.yaml").rename(home.recipes / "bench.yaml")
    command = [sys.executable, "-I", "-m", "homebody", "--home", str(home.config), "serve"]
    began = time.monotonic()
    daemon = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while not ready(home):
            assert daemon.poll() is None, "the daemon did not start"
            assert time.monotonic() - began < PATIENCE_SECONDS, "the daemon was not ready in time"
            time.sleep(0.1)
        scanned = time.monotonic() - began
        time.sleep(calm)  # the first rescan, and what has just been pending
        then = used(daemon.pid)
        time.sleep(seconds)
        now = used(daemon.pid)
        assert children_of(daemon.pid), "the model was not there"
        memory = bench.peak_megabytes(daemon.pid)
    finally:
        daemon.terminate()
        daemon.wait(timeout=30)
    return {
        "files": files, "seconds": seconds, "ready_after": round(scanned, 2), "resident_mb": memory,
        "daemon_percent": round(100 * (now[0] - then[0]) / seconds, 3),
        "children_percent": round(100 * (now[1] - then[1]) / seconds, 3),
    }  # fmt: skip


def main() -> None:
    """Measure once and print what was used."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--calm", type=float, default=5, help="let it come to rest so long first")
    parser.add_argument("--json", action="store_true", help="print nothing but the last line")
    asked = parser.parse_args()
    with bench.staged() as stage:
        found = idle(stage, asked.files, asked.seconds, asked.calm)
    if not asked.json:
        print(f"{found['daemon_percent']} % of a core over {found['seconds']} s with {asked.files} files")
    bench.tell(found)


if __name__ == "__main__":
    main()
