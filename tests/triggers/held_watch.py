"""A process that watches a folder and says when it has missed something there."""

import os
import sys
import threading
from pathlib import Path

from homebody.triggers.folders import FolderWatch


def main() -> int:
    """Watch, say so, and wait until events were missed."""
    missed = threading.Event()
    watch = FolderWatch([(Path(sys.argv[1]), False)], hint=lambda path: None, missed=missed.set)
    watch.start()
    os.write(1, b"watching\n")
    told = missed.wait(50)
    os.write(1, b"missed\n" if told else b"nothing was missed\n")
    watch.stop()
    return 0


sys.exit(main())
