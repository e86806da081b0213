"""How is a running daemon ended from outside, whoever started it?"""

import os
import select
import signal
import time
from pathlib import Path

from homebody.errors import HomebodyError
from homebody.service.lock import holder

PATIENCE_SECONDS = 15.0
"""A daemon hands back the runs in hand and is gone within five; a slow disk may need longer for its last copy."""

POLL_SECONDS = 0.1


def end(lock: Path, patience: float = PATIENCE_SECONDS) -> int | None:
    """Ask the daemon that holds *lock* to end, wait until it has, and return its number; None when there is none.

    Raises HomebodyError when it is another user's, or does not end in time.
    """
    pid = holder(lock)
    if pid is None:
        return None
    try:
        ended = _asked_and_ended(pid, lock, patience)
    except ProcessLookupError:
        return pid  # it ended by itself just now
    except PermissionError as error:
        raise HomebodyError(
            f"homebody (process {pid}) runs as another user, who alone can stop it.",
            hint=f"`ps -o user= {pid}` says who that is.",
        ) from error
    if not ended:
        raise HomebodyError(
            f"homebody (process {pid}) was asked to stop and has not ended within {patience:.0f} s.",
            hint=f"Wait a little and look with `homebody status`. `kill -9 {pid}` ends it by force; no run is lost.",
        )
    return pid


def _asked_and_ended(pid: int, lock: Path, patience: float) -> bool:
    """Send SIGTERM to the process that holds the lock, and to no other, and return whether it ended in time."""
    open_process, send = getattr(os, "pidfd_open", None), getattr(signal, "pidfd_send_signal", None)
    if open_process is None or send is None:  # macOS
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + patience
        while (held := holder(lock) == pid) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        return not held
    process = open_process(pid)  # names this very process, also when its number is given anew (pidfd_open(2))
    try:
        if holder(lock) != pid:
            return True
        send(process, signal.SIGTERM)
        watch = select.poll()
        watch.register(process, select.POLLIN)
        return bool(watch.poll(patience * 1000))
    finally:
        os.close(process)
