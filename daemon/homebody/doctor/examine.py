"""Everything that can be wrong here: looked at once, told in the order in which things are needed."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from homebody import __version__, seal
from homebody.clock import Clock, local_zone
from homebody.doctor import (
    clock,
    daemon,
    disk,
    folders,
    kernel,
    key,
    memory,
    model,
    services,
    store,
    synced,
    versions,
)
from homebody.doctor.finding import Finding, note, wrong
from homebody.doctor.recipes import folders_of, recipes
from homebody.errors import HomebodyError, NotRunningError
from homebody.paths import Home
from homebody.recipe.load import Loaded, load_folder
from homebody.seal import Tried
from homebody.service.control import request
from homebody.service.staying import state_away
from homebody.synced.away import Carriers, person
from homebody.synced.mounts import MOUNTINFO
from homebody.synced.programs import unreadable

STATUS_SECONDS = 5.0
TRIAL_SECONDS = 15.0
"""How long the daemon or the rehearsal may take to try the folders: a server that is gone answers never."""


def examine(home: Home, time: Clock, paused_words: Callable[[Any], str]) -> Iterator[Finding]:
    """Yield all findings on *home*; *paused_words* says why a daemon rests."""
    now = time.now()
    user = person()
    status = asked(home)
    loaded = load_folder(home.recipes)
    carriers = Carriers(user)
    yield from versions.versions(versions.versions_here(), None if status is None else str(status["version"]))
    yield from clock.clock(now, store.newest_entry(home), local_zone())
    yield from trial(loaded, home, carriers, status)
    yield from kernel.open_ways(seal.uncovered(mountinfo()))
    ram = memory.memory_here(None if status is None else int(status["pid"]))
    yield from memory.memory(ram)
    yield from model.model(home, ram, loaded=status is not None and status["model"]["state"] == "ready")
    yield from key.key(key.look(home, os.environ))
    yield from synced.state(state_away(home, carriers), home.state)
    yield from recipes(home, loaded, carriers)
    yield from synced.synced(loaded.recipes, carriers)
    yield from synced.silent_programs(() if user is None else unreadable(user))
    written = [folder for recipe in loaded.recipes for folder in recipe.permissions().writes]
    yield from disk.disk(disk.free_on([home.state, *(one for one in written if carriers.stays(one))]))
    yield from store.journal(home, now)
    yield from store.vault(home, now)
    if user is not None:
        config = Path(os.environ.get("XDG_CONFIG_HOME") or user / ".config")
        yield from services.service(services.find_service(user, config), __version__)
    yield from daemon.daemon(status, paused_words)


def asked(home: Home) -> dict[str, Any] | None:
    """Return the daemon's status, None when none runs."""
    try:
        status: dict[str, Any] = request(home.socket, "GET", "/v1/status", timeout=STATUS_SECONDS)
    except NotRunningError:
        return None
    return status


def mountinfo() -> str:
    """Return what the kernel says of the mounts, nothing where it says nothing."""
    try:
        return MOUNTINFO.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return ""


def trial(loaded: Loaded, home: Home, carriers: Carriers, status: dict[str, Any] | None) -> Iterator[Finding]:
    """Try the seal on in a process that ends right after, and yield what it comes to; then the folders.

    The folders are tried by the running daemon itself if there is one, else by that process.
    """
    reads, writes = folders_of(home, loaded, carriers) if status is None else ([], [])
    tried: list[Tried] = []
    try:
        report, tried = seal.rehearse_with(reads, writes, patience=TRIAL_SECONDS)
        yield from kernel.sealed(report)
    except HomebodyError as error:
        yield kernel.refused(error)
    if status is None:
        yield from folders.folders(tried, "rehearsal", folders.terminal_may)
        return
    try:
        answer = request(home.socket, "POST", "/v1/folders", {}, timeout=TRIAL_SECONDS)
    except NotRunningError:
        yield wrong(
            "folder-silent",
            f"one of the folders did not answer the running homebody within {TRIAL_SECONDS:g} seconds",
            "Is one on a network or a disk that is gone? Unmount it, and let homebody begin anew: homebody restart",
        )
        return
    except HomebodyError as error:
        yield note("folder-silent", str(error), error.hint or "Try again.")
        return
    found = [Tried(**one) for one in answer["folders"]]
    yield from folders.folders(found, "daemon", folders.terminal_may)
