"""What does the running daemon itself find when it tries its folders, from inside its seal?"""

import threading
from collections.abc import Callable, Mapping
from typing import Any

from homebody.errors import UsageError
from homebody.seal.trying import try_folders
from homebody.service.control import Route
from homebody.service.daemon import Daemon


def trying_routes(daemon: Callable[[], Daemon]) -> dict[tuple[str, str], Route]:
    """Return the routes; *daemon* gives the daemon at the time of the request."""
    busy = threading.Lock()
    return {("POST", "/v1/folders"): lambda _asked: folders(daemon(), busy)}


def folders(daemon: Daemon, busy: threading.Lock) -> dict[str, Any]:
    """Return whether the daemon may read each watched folder and write each folder that its recipes write.

    It tries the folders of its own recipes and no others. Raises UsageError while an earlier trial still waits
    for a folder that does not answer, so that no threads pile up there.
    """
    if not busy.acquire(blocking=False):
        raise UsageError(
            "The folders are being tried just now, and one of them does not answer.",
            hint="Is one on a network or a disk that is gone? `homebody doctor` names those that it knows of.",
        )
    try:
        permissions: Mapping[str, Any] = {
            name: recipe.permissions() for name, recipe in list(daemon.recipes.items())
        }
        reads = dict.fromkeys(folder for one in permissions.values() for folder in one.reads)
        writes = dict.fromkeys(folder for one in permissions.values() for folder in one.writes)
        tried = try_folders(reads, (*writes, daemon.home.state))
    finally:
        busy.release()
    return {"folders": [one.to_dict() for one in tried]}
