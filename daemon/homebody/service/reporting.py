"""What was done since a time, for a report: asked of the running daemon, or of the journal when none runs."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from homebody.errors import UsageError
from homebody.house.tally import tally
from homebody.journal.store import Journal
from homebody.service.control import Route
from homebody.service.daemon import Daemon

MOST_DAYS = 3660


def reporting_routes(daemon: Callable[[], Daemon]) -> dict[tuple[str, str], Route]:
    """Return the routes; *daemon* gives the daemon at the time of the request."""
    return {("GET", "/v1/report"): lambda asked: report(daemon().journal, daemon().clock.now(), asked)}


def report(journal: Journal, now: datetime, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was done since ``since``, at most ten years. Raises UsageError for a time that is none."""
    try:
        since = datetime.fromisoformat(str(asked.get("since")))
        days = (now - since).days
    except (ValueError, TypeError) as error:
        raise UsageError("`since` must be a time with its zone.") from error
    if not 0 <= days <= MOST_DAYS:
        raise UsageError("A report is about the past, and at most about ten years of it.")
    return tally(journal, since, now)
