"""What is asked and told over the control socket about words that answers proposed?"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from homebody.errors import UsageError
from homebody.house.tags import ProposedWord, proposals, turn_down
from homebody.service.control import Route
from homebody.service.daemon import Daemon


def tag_routes(daemon: Callable[[], Daemon]) -> dict[tuple[str, str], Route]:
    """Return the routes; *daemon* gives the daemon at the time of the request."""
    return {
        ("GET", "/v1/tags"): lambda _asked: {"proposed": [asdict(one) for one in waiting(daemon())]},
        ("POST", "/v1/tags/reject"): lambda asked: reject(daemon(), asked),
    }


def waiting(daemon: Daemon) -> list[ProposedWord]:
    """Return the words that wait for a person."""
    return proposals(daemon.journal, daemon.vault, daemon.recipes)


def reject(daemon: Daemon, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Turn the word down that ``recipe``, ``slot`` and ``word`` name. Raises UsageError when it does not wait."""
    key = ProposedWord(
        recipe=str(asked.get("recipe")), slot=str(asked.get("slot")), word=str(asked.get("word"))
    ).key
    found = next((one for one in waiting(daemon) if one.key == key), None)
    if found is None:
        raise UsageError("That word does not wait for you.", hint="`homebody tags` lists those that do.")
    turn_down(daemon.journal, daemon.vault, found)
    return {"rejected": asdict(found)}
