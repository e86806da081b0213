"""How does a person steer what goes on: cancel runs, pause homebody and let it go on, see what comes next?"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from homebody.errors import UsageError
from homebody.house.account import run_dict
from homebody.journal.run import RunState
from homebody.service.control import Route
from homebody.service.daemon import Daemon

MOST_SHOWN = 100


def steering_routes(daemon: Callable[[], Daemon]) -> dict[tuple[str, str], Route]:
    """Return the routes; *daemon* gives the daemon at the time of the request."""
    return {
        ("POST", "/v1/cancel"): lambda asked: cancel(daemon(), asked),
        ("POST", "/v1/pause"): lambda _asked: pause(daemon(), wanted=True),
        ("POST", "/v1/resume"): lambda _asked: pause(daemon(), wanted=False),
        ("GET", "/v1/queue"): lambda asked: queue(daemon(), asked),
    }


def cancel(daemon: Daemon, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Cancel the runs ``runs``, or with ``recipe`` or ``all`` whatever of that is queued or running.

    What was queued is over, and in ``cancelled``; what is in hand is in ``giving_up``, and ends in a moment, unless it
    makes its changes already: those are made to their end. Raises UsageError.
    """
    after = daemon.journal.newest_step()
    numbers = named(asked["runs"]) if "runs" in asked else under_way(daemon, asked)
    found = daemon.in_hand.call_off(numbers)
    daemon.wake.set()  # a run on the same file may have waited for it
    return {
        "cancelled": [run_dict(run) for run in found.ended],
        "giving_up": list(found.giving_up),
        "refused": [{"run": number, "why": why} for number, why in found.refused.items()],
        "after": after,
    }


def named(runs: Any) -> list[int]:
    """Return the numbers of runs. Raises UsageError for what is none."""
    if not isinstance(runs, list) or not all(type(number) is int and number > 0 for number in runs):
        raise UsageError("`runs` must be a list of numbers of runs.")
    return runs


def under_way(daemon: Daemon, asked: Mapping[str, Any]) -> list[int]:
    """Return the runs that are queued or running, of the recipe ``recipe`` or with ``all``. Raises UsageError."""
    name = asked.get("recipe")
    if (name is None) is (not asked.get("all")):
        raise UsageError("Say which runs, which recipe, or all.")
    runs: Iterable[int] = (
        run.id
        for state in (RunState.QUEUED, RunState.RUNNING)
        for run in daemon.journal.in_state(state)
        if name is None or run.recipe == name
    )
    return list(runs)


def pause(daemon: Daemon, *, wanted: bool) -> dict[str, Any]:
    """Let background runs rest, or go on; ``new`` says whether that is another than before."""
    halt = daemon.pause.halt
    assert halt is not None, "every daemon can be paused"
    new = halt.begin() if wanted else halt.end()
    daemon.wake.set()
    return {"paused": wanted, "new": new, "since": halt.since.isoformat() if halt.since else None}


def queue(daemon: Daemon, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the next ``limit`` runs that are due, in the order of their turns as things stand."""
    limit = min(max(int(asked.get("limit", 10)), 0), MOST_SHOWN)
    return {"runs": [run_dict(run) for run in daemon.journal.queue(limit)]}
