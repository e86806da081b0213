"""Who answers a question: the daemon, or the journal when none is running?"""

from collections.abc import Mapping
from typing import Any

from homebody.errors import NotRunningError
from homebody.paths import Home
from homebody.service.control import request


def ask(home: Home, route: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the daemon answers to a question, or what the journal says when none is running.

    The answer's ``serving`` tells which. Raises what `request` raises, JournalError when the journal cannot be
    read, and NotRunningError when there is none either.
    """
    try:
        answer: dict[str, Any] = request(home.socket, "GET", route, asked)
    except NotRunningError:
        from homebody.service.unattended import ALONE  # takes longer to load than the daemon to answer

        return {**ALONE[route](home, asked), "serving": False}
    return {**answer, "serving": True}
