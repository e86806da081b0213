"""A process sealed as the daemon is, which watches a folder and keeps a schedule as the daemon does."""

import json
import os
import queue
import sys
from datetime import timedelta
from pathlib import Path

from homebody import seal
from homebody.clock import SystemClock
from homebody.triggers.folders import FolderWatch
from homebody.triggers.moments import Every
from homebody.triggers.rescan import scan
from homebody.triggers.schedule import Schedules


def main() -> None:
    """Enter the seal, watch, write a file, wait for its hint and for a schedule, and print what came as JSON."""
    folder = Path(sys.argv[1])
    seal.close_inherited({0, 1, 2})
    seal.scrub_environment_here()
    seal.enter(seal.daemon_policy(read=[], write=[folder]))
    hints: queue.Queue[Path] = queue.Queue()
    due: queue.Queue[str] = queue.Queue()
    watch = FolderWatch([(folder, True)], hints.put)
    watch.start()
    schedules = Schedules(SystemClock(), lambda name, at: due.put(name))
    schedules.add("digest", Every(timedelta(seconds=1)), None)
    schedules.start()
    (folder / "below").mkdir()
    (folder / "note.md").write_text("a note")
    said = {"hint": hints.get(timeout=20).name, "due": due.get(timeout=20), "problems": len(watch.problems)}
    said["scanned"] = [found.path.name for found in scan(folder, recursive=True)]
    schedules.stop()
    watch.stop()
    os.write(1, json.dumps(said).encode())


main()
