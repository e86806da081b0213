"""How does a script follow what happens, without asking again and again?

A client of ``GET /v1/events`` is told of every step as it is written down, until it goes away or homebody stops. Each
event is one of ``text/event-stream``: a step, with its run as it is now. There is no document text in it.
"""

import threading
from collections.abc import Callable, Mapping
from typing import Any

from homebody.errors import JournalError
from homebody.house.account import run_dict, step_dict
from homebody.service.daemon import Daemon
from homebody.service.responding import Client, Endpoint

LOOK_SECONDS = 0.2
"""How late an event may be told: nobody else is to be slower for somebody who watches."""

LARGEST_BODY = 10_000


def telling_endpoints(daemon: Callable[[], Daemon]) -> dict[tuple[str, str], Endpoint]:
    """Return what answers; *daemon* gives the daemon at the time of the request."""

    def refusal(_status: int, words: str) -> Any:
        return {"error": words}

    def respond(asked: Mapping[str, Any], client: Client) -> None:
        tell(daemon(), asked, client)

    return {("GET", "/v1/events"): Endpoint(respond=respond, refusal=refusal, largest=LARGEST_BODY)}


def tell(daemon: Daemon, asked: Mapping[str, Any], client: Client) -> None:
    """Tell the client each step after step ``after`` (without it: from now on), until it is gone or homebody stops.

    Raises OSError when it does not take what it is told.
    """
    try:
        after = int(asked["after"]) if "after" in asked else daemon.journal.newest_step()
    except (TypeError, ValueError):
        client.whole(400, {"error": "`after` must be the number of a step."})
        return
    over = threading.Event()
    client.event({"after": after})  # from here on nothing is missed
    with client.waiting(over.set):
        while not over.is_set() and not daemon.stop.is_set():
            steps = daemon.journal.changes(after)
            for step in steps:
                after = step.seq
                client.event(step_dict(step) | {"of": run_now(daemon, step.run)})
            if not steps:  # of many there are more at once
                over.wait(LOOK_SECONDS)
    if not over.is_set():
        client.event("[DONE]")
        client.end()


def run_now(daemon: Daemon, number: int) -> dict[str, Any] | None:
    """Return the run as it is now, None when it is gone."""
    try:
        return run_dict(daemon.journal.run(number))
    except JournalError:
        return None
