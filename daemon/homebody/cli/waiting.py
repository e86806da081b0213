"""How does a command wait for runs, and tell of each as it ends?"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from homebody.cli.plans import printable
from homebody.paths import Home
from homebody.service.control import request

OVER = frozenset({"done", "skipped", "failed", "quarantined", "waiting", "undone"})

WAIT_SECONDS = 20


def follow(home: Home, numbers: Iterable[int], after: int, *, quiet: bool = False) -> list[dict[str, Any]]:
    """Return the runs *numbers* when all have come to an end or wait for a person; tell of each unless *quiet*.

    *after* is the step from which on something could have happened to them.
    """
    left, ended = set(numbers), {}
    while left:
        news = request(home.socket, "GET", f"/v1/changes?after={after}&wait={WAIT_SECONDS}", timeout=60)
        after = max((step["seq"] for step in news["steps"]), default=after)
        moved = {
            step["run"] for step in news["steps"] if step["name"] in ("finished", "retried", "handed back")
        }
        for run in news["runs"]:
            if run["id"] not in left or run["id"] not in moved:
                continue
            if run["state"] in OVER:
                left.discard(run["id"])
                ended[run["id"]] = run
            if not quiet:
                click.echo(line(run), err=run["state"] not in OVER)
    return [ended[number] for number in sorted(ended)]


def line(run: dict[str, Any]) -> str:
    """Return a run as one line: number, state, file and reason."""
    about = f"  {Path(run['path']).name}" if run["path"] else ""
    shown = run["state"] == "waiting" and run["dry"]  # its plan is printed, and what can be done with it
    reason = f"  ({run['reason']})" if run["reason"] and not shown else ""
    return printable(f"run {run['id']}  {run['state']}{about}{reason}")
