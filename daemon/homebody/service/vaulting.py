"""How is the vault purged when a person asks for it, with or without a daemon?"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from homebody.clock import SystemClock
from homebody.errors import UsageError
from homebody.house.purge import BY_HAND, Purged, keep_to, purge
from homebody.journal.store import Journal
from homebody.paths import Home
from homebody.service.control import Route
from homebody.service.daemon import Daemon
from homebody.service.lock import Lock
from homebody.settings import VaultLimits, load_settings


def vault_routes(daemon: Callable[[], Daemon]) -> dict[tuple[str, str], Route]:
    """Return the routes; *daemon* gives the daemon at the time of the request."""
    return {("POST", "/v1/vault/purge"): lambda asked: purge_now(daemon(), asked)}


def purge_now(daemon: Daemon, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Purge the vault as asked, while no file is changed, and return what went."""
    with daemon.runner.changing:
        return purge_asked(
            daemon.journal, daemon.home.vault, daemon.clock.now(), daemon.settings.vault, asked
        )


def purge_asked(
    journal: Journal, folder: Path, now: datetime, limits: VaultLimits, asked: Mapping[str, Any]
) -> dict[str, Any]:
    """Purge as *asked*: ``all``, or what is older than ``older_than_seconds``, or else what the limits forbid.

    Returns what went, or with ``dry_run`` what would. Raises UsageError for a time that is none.
    """
    dry = bool(asked.get("dry_run"))
    seconds = asked.get("older_than_seconds")
    purged: Purged
    if asked.get("all"):
        purged = purge(journal, folder, now, bytes_at_most=0, why=BY_HAND, dry=dry)
    elif seconds is None:
        purged = keep_to(journal, folder, now, limits, dry=dry)
    elif isinstance(seconds, int | float) and 0 <= seconds < timedelta(days=36_500).total_seconds():
        purged = purge(journal, folder, now, before=now - timedelta(seconds=seconds), why=BY_HAND, dry=dry)
    else:
        raise UsageError("`older_than_seconds` must be a number of seconds, at most a hundred years.")
    return asdict(purged)


def purge_alone(home: Home, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Purge the vault of *home* as ``purge_asked`` does, without a daemon and keeping one from starting meanwhile.

    Raises AlreadyRunningError when one has just started, JournalError, OSError.
    """
    clock = SystemClock()
    if not home.journal.exists():
        return asdict(Purged(images=0, size=0, spared=0))
    lock = Lock(home.lock)
    lock.take()
    try:
        journal = Journal.open(home.journal, clock)
        try:
            return purge_asked(journal, home.vault, clock.now(), load_settings(home).vault, asked)
        finally:
            journal.close()
    finally:
        lock.release()
