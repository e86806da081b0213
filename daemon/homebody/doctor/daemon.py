"""What does the running daemon say of itself?"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from homebody.doctor.finding import Finding, note, right, wrong
from homebody.house import halt

RESTART = "homebody restart"
"""What a recipe's reason says when only a new start, with a new seal, helps."""


def daemon(status: Mapping[str, Any] | None, paused_words: Callable[[Any], str]) -> Iterator[Finding]:
    """Yield how the daemon stands by its *status*, None when none runs; *paused_words* says why it rests."""
    if status is None:
        yield note("daemon", "homebody is not running", "Start it: homebody serve")
        return
    yield right("daemon", f"homebody runs (process {status['pid']}), sealed")
    if status["model"]["state"] == "failed":
        yield wrong(
            "daemon-model",
            f"its model did not load: {status['model']['problem']}",
            "Name another model in settings.yaml, and let homebody begin anew: homebody restart",
        )
    if (
        paused := status["paused"]
    ) and "until" in paused:  # as it was told to, and only what nobody waits for
        cure = "Plug it in, or take `on_battery: pause` out of settings.yaml."
        if paused["why"] == halt.WHY:
            cure = "Let it go on: homebody resume"
        yield note("daemon-paused", paused_words(paused), cure)
    elif paused:
        yield wrong("daemon-paused", paused_words(paused), "Make room on that disk.")
    for name, why in status["waiting"].items():
        cure = (
            f"Let it begin with a new seal: {RESTART}"
            if "restart" in why
            else "Mend that, then: homebody restart"
        )
        yield wrong("recipe-waits", f"the recipe {name} does not run: {why}", cure)
    for why in status["folders"].values():
        yield wrong("folder", why, "homebody goes on by itself when that is mended.")
    for why in status["store"]:
        yield wrong(
            "store", why, "The history stays, and everything goes on; `homebody status` says it, too."
        )
