"""May the process that does the work read and write the folders, and not only this terminal?"""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Literal

from homebody.doctor.finding import Finding, right, wrong
from homebody.seal import Tried

Where = Literal["daemon", "rehearsal"]

WHO = {"daemon": "the running homebody", "rehearsal": "homebody, tried in its seal,"}

MACOS = (
    "Grant it to python: System Settings > Privacy & Security > Files and Folders (or Full Disk Access); then:"
    " homebody restart"
)


def folders(
    tried: Iterable[Tried], where: Where, may: Callable[[Tried], bool], platform: str = sys.platform
) -> Iterator[Finding]:
    """Yield the folders that could not be read or written when they were *tried*, by whom *where* says.

    *may* says whether this terminal may: then the cure is elsewhere than in the folder's mode.
    """
    tried = list(tried)
    bad = {one.folder for one in tried if one.problem is not None}
    good = {one.folder for one in tried} - bad
    for one in tried:
        if one.problem is None:
            continue
        deed = "read" if one.purpose == "read" else "write in"
        words = f"{WHO[where]} may not {deed} {one.folder}: {one.problem}"
        if may(one):
            yield wrong("folder", f"{words}; this terminal may", _elsewhere(where, platform))
        else:
            mode = "u+rx" if one.purpose == "read" else "u+rwx"
            yield wrong("folder", words, f"chmod {mode} '{one.folder}', or ask whose folder it is.")
    if good:
        number = "1 folder" if len(good) == 1 else f"{len(good)} folders"
        yield right("folders", f"{WHO[where]} can use {number} as it needs to")


def _elsewhere(where: Where, platform: str) -> str:
    """Return the cure where the folder itself is open to its person."""
    if platform == "darwin":
        return MACOS
    if where == "daemon":
        return (
            "Was it started by a service with lines such as ProtectHome or ReadOnlyPaths? Take them out of the unit,"
            " and let it begin anew: homebody restart"
        )
    return "Does it belong to another user? homebody gives root's powers up before it reads."


def terminal_may(one: Tried) -> bool:
    """Return whether this very process may do with a folder what was tried; root without its powers, if it is root."""
    try:
        status = os.stat(one.folder)  # noqa: PTH116 - what is wanted of it is in it
    except OSError:
        return False
    if os.geteuid() == 0:
        bits = status.st_mode >> 6 if status.st_uid == 0 else status.st_mode
        wanted = 0o5 if one.purpose == "read" else 0o3
        return bits & wanted == wanted
    modes = os.R_OK | os.X_OK if one.purpose == "read" else os.W_OK | os.X_OK
    return os.access(one.folder, modes)
