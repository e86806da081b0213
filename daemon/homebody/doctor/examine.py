"""Everything that can be wrong here: looked at once, told in the order in which things are needed."""

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from homebody import __version__, seal
from homebody.clock import Clock, local_zone
from homebody.doctor import (
    bridge,
    clock,
    daemon,
    disk,
    folders,
    kernel,
    key,
    memory,
    model,
    pictures,
    services,
    speech,
    store,
    synced,
    versions,
)
from homebody.doctor.finding import Finding, note, wrong
from homebody.doctor.recipes import folders_of, recipes
from homebody.errors import HomebodyError, NotRunningError
from homebody.model.computer import memory_here
from homebody.paths import Home
from homebody.recipe.load import Loaded, load_folder
from homebody.seal import Tried
from homebody.service.control import request
from homebody.service.staying import state_away
from homebody.synced.away import Carriers, person
from homebody.synced.programs import unreadable

STATUS_SECONDS = 5.0
LOAD_SECONDS = 5.0
TRIAL_SECONDS = 15.0
"""How long the daemon or the rehearsal may take to try the folders: a server that is gone answers never."""

NOTHING = Loaded(recipes=(), problems=())


def examine(home: Home, time: Clock, paused_words: Callable[[Any], str]) -> Iterator[Finding]:
    """Yield all findings on *home*; *paused_words* says why a daemon rests.

    What lies on another computer is not touched from here: one that is gone would never answer.
    """
    now = time.now()
    user = person()
    carriers = Carriers(user)
    here = carriers.stays(home.state)
    status = asked(home)
    loaded = patient(lambda: load_folder(home.recipes), LOAD_SECONDS)
    yield from versions.versions(versions.versions_here(), None if status is None else str(status["version"]))
    yield from clock.clock(now, store.newest_entry(home) if here else None, local_zone())
    yield from trial(loaded or NOTHING, home, carriers, status)
    yield from kernel.open_ways(seal.uncovered(carriers.mounts))
    ram = memory_here(None if status is None else int(status["pid"]))
    yield from memory.memory(ram)
    yield from model.model(home, ram, loaded=status is not None and status["model"]["state"] == "ready")
    yield from pictures.pictures(home, status)
    yield from speech.speech(home, status)
    yield from synced.state(state_away(home, carriers), home.state)
    if loaded is None:
        yield silent(carriers)
    else:
        yield from recipes(home, loaded, carriers)
        yield from synced.synced(loaded.recipes, carriers)
    yield from synced.silent_programs(() if user is None else unreadable(user))
    if here:
        written = [folder for one in (loaded or NOTHING).recipes for folder in one.permissions().writes]
        yield from key.key(key.look(home, os.environ))
        yield from disk.disk(disk.free_on([home.state, *(one for one in written if carriers.stays(one))]))
        yield from store.journal(home, now)
        yield from store.vault(home, now)
        yield from store.prefixes(home)
    if user is not None:
        config = Path(os.environ.get("XDG_CONFIG_HOME") or user / ".config")
        yield from services.service(services.find_service(user, config), __version__)
    yield from daemon.daemon(status, paused_words)
    yield from bridge.bridge(home)


def patient(ask: Callable[[], Loaded], seconds: float) -> Loaded | None:
    """Return what *ask* returns, None when that takes longer; then a thread is left that ends with this process."""
    answers: list[Loaded] = []
    thread = threading.Thread(target=lambda: answers.append(ask()), daemon=True)
    thread.start()
    thread.join(seconds)
    return answers[0] if answers else None


def silent(carriers: Carriers) -> Finding:
    """Return that the recipes name a folder that does not answer, and which that could be."""
    remote = [str(mount.folder) for mount in carriers.mounts if mount.remote]
    return wrong(
        "folder-silent",
        f"a folder that a recipe names did not answer within {LOAD_SECONDS:g} seconds",
        f"One of these may be gone: {', '.join(remote)}. Unmount it (umount -l), or take it out of the recipe."
        if remote
        else "Is a disk gone? Unmount it, or take the folder out of the recipe.",
    )


def asked(home: Home) -> dict[str, Any] | None:
    """Return the daemon's status, None when none runs."""
    try:
        status: dict[str, Any] = request(home.socket, "GET", "/v1/status", timeout=STATUS_SECONDS)
    except NotRunningError:
        return None
    return status


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
