"""How are notices read over the control socket, one by one as they come?"""

from collections.abc import Callable, Mapping
from typing import Any

from homebody.errors import UsageError
from homebody.house.notices import notices
from homebody.journal.store import Journal
from homebody.journal.vault import Vault
from homebody.service.control import Route
from homebody.service.daemon import Daemon

LOOK_SECONDS = 0.2
"""How often a waiting client's question is looked at again."""

LONGEST_WAIT = 25.0
MOST = 1000


def notice_routes(daemon: Callable[[], Daemon]) -> dict[tuple[str, str], Route]:
    """Return the routes; *daemon* gives the daemon at the time of the request."""
    return {("GET", "/v1/notices"): lambda asked: wait_for_notices(daemon(), asked)}


def wait_for_notices(daemon: Daemon, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the notices; with ``wait``, when there is one after ``after``, or after so many seconds, at most 25."""
    deadline = daemon.clock.monotonic() + min(number(asked, "wait", 0), LONGEST_WAIT)
    found = notices_now(daemon.journal, daemon.vault, asked)
    while not found["notices"] and daemon.clock.monotonic() < deadline and not daemon.stop.wait(LOOK_SECONDS):
        found = notices_now(daemon.journal, daemon.vault, asked)
    return found


def notices_now(journal: Journal, vault: Vault | None, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the newest notices after ``after``, at most ``limit``, and the number of the newest there was.

    Raises UsageError for what is no number.
    """
    newest = journal.newest_notice()
    told = journal.notices(after=int(number(asked, "after", 0)), limit=int(number(asked, "limit", MOST)))
    return {"notices": notices(told, vault), "newest": max(newest, *(one.number for one in told), 0)}


def number(asked: Mapping[str, Any], name: str, usual: float) -> float:
    """Return a number that was asked with, *usual* if it was not. Raises UsageError."""
    value = asked.get(name, usual)
    try:
        found = float(value)
    except (TypeError, ValueError) as error:
        raise UsageError(f"`{name}` must be a number.") from error
    if not 0 <= found < 1 << 62:
        raise UsageError(f"`{name}` must be a number, and not below nought.")
    return found
