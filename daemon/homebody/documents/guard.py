"""How is a process ended that takes too much memory, where the kernel holds none to a limit of its own?"""

import os
import resource
import signal
import sys
import threading
from collections.abc import Callable

LOOK_SECONDS = 0.05

UNIT: int = 1 if str(sys.platform) == "darwin" else 1024
"""In which getrusage(2) counts: bytes on macOS, kilobytes on Linux."""


def largest() -> int:
    """Return the most bytes that this process has had in memory so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * UNIT


def end_beyond(most: int, held: Callable[[], int] = largest) -> None:
    """Watch this process from a thread of its own, and kill it when it has held more than *most* bytes.

    What it takes between two looks comes on top; a library that keeps Python from running meanwhile is ended
    after it, or by the other side's deadline.
    """
    pause = threading.Event()

    def watch() -> None:
        while held() <= most:
            pause.wait(LOOK_SECONDS)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, name="memory", daemon=True).start()
