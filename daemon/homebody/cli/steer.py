"""``homebody cancel``, ``pause`` and ``resume``: what goes on is given up, or waits."""

import json
import sys
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import click

from homebody.cli.completers import recipe_names, run_numbers
from homebody.cli.examples import examples
from homebody.cli.paragraphs import echo_fitted
from homebody.cli.waiting import OVER, WAIT_SECONDS, line
from homebody.errors import UsageError
from homebody.house.outcome import UNWANTED
from homebody.paths import Home
from homebody.service.control import request

NOT_ALL = 75
"""What `cancel` ends with when something was not cancelled."""


@click.command("cancel", epilog=examples("homebody cancel 12 13", "homebody cancel --recipe summarize-notes"))
@click.argument("runs", type=click.IntRange(min=1), nargs=-1, shell_complete=run_numbers("queued", "running"))
@click.option(
    "--recipe",
    metavar="NAME",
    shell_complete=recipe_names,
    help="Whatever of this recipe is queued or running.",
)
@click.option("--all", "everything", is_flag=True, help="Whatever is queued or running.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def cancel_command(
    home: Home, runs: tuple[int, ...], recipe: str | None, *, everything: bool, as_json: bool
) -> None:
    """Give RUNS up, or all of a recipe, or all there are, and wait until they are over.

    They end as skipped, nothing is changed by them, and their files are not taken up again by themselves; `homebody
    retry RUN` does one after all. A run that makes its changes already makes them to their end, and `homebody undo`
    takes it back. Ends with 75 when something was not cancelled.
    """
    if (bool(runs), recipe is not None, everything).count(True) != 1:
        raise UsageError(
            "Say which runs, or --recipe NAME, or --all.", hint="`homebody status` names the runs in hand."
        )
    asked: dict[str, Any] = {"runs": list(runs)} if runs else {"recipe": recipe, "all": everything}
    ended, refused = call_off(home, asked)
    late = [run for run in ended if run["reason"] != UNWANTED]
    if as_json:
        kept = [run for run in ended if run not in late]
        click.echo(json.dumps({"cancelled": kept, "too_late": late, "refused": refused}, ensure_ascii=False))
    else:
        echo_fitted(cancel_lines(ended, refused))
    if late or refused:
        sys.exit(NOT_ALL)


def call_off(home: Home, asked: dict[str, Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Cancel what is *asked*, and return the runs as they ended, and what was not cancelled, with why.

    A run that goes back to the queue before it hears that it is to be given up is cancelled there.
    """
    answer = request(home.socket, "POST", "/v1/cancel", asked)
    ended = {run["id"]: run for run in answer["cancelled"]}
    refused, left, after = list(answer["refused"]), set(answer["giving_up"]), answer["after"]
    while left:
        news = request(home.socket, "GET", f"/v1/changes?after={after}&wait={WAIT_SECONDS}", timeout=60)
        after = max((step["seq"] for step in news["steps"]), default=after)
        for run in news["runs"]:
            if run["id"] not in left or (run["state"] not in OVER and run["state"] != "queued"):
                continue
            left.discard(run["id"])
            if run["state"] in OVER:
                ended[run["id"]] = run
                continue
            again = request(home.socket, "POST", "/v1/cancel", {"runs": [run["id"]]})
            ended |= {one["id"]: one for one in again["cancelled"]}
            refused += again["refused"]
            left |= set(again["giving_up"])
    return [ended[number] for number in sorted(ended)], refused


def cancel_lines(ended: Iterable[dict[str, Any]], refused: Iterable[dict[str, Any]]) -> list[str]:
    """Return what became of each run."""
    lines = []
    for run in ended:
        if run["reason"] == UNWANTED:
            lines.append(line(run | {"state": "cancelled", "reason": None}))
        else:
            back = f"; `homebody undo {run['id']}` takes it back" if run["state"] == "done" else ""
            lines.append(f"{line(run)}: too late to cancel it{back}")
    lines += [one["why"] for one in refused]
    return lines or ["Nothing was queued or running."]


@click.command("pause", epilog=examples("homebody pause"))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def pause_command(home: Home, *, as_json: bool) -> None:
    """Let new files and schedules wait until `homebody resume`, over restarts, too.

    They are queued meanwhile. A run that has begun is not broken off, and what you ask for yourself (`run`, `review`,
    `retry`, `ask`) is done all the same.
    """
    answer = request(home.socket, "POST", "/v1/pause")
    if as_json:
        click.echo(json.dumps(answer))
        return
    if answer["new"]:
        click.echo("Paused: new files and schedules wait. `homebody resume` lets them go on.")
    else:
        since = datetime.fromisoformat(answer["since"]).astimezone()
        click.echo(f"It is paused already, since {since:%Y-%m-%d %H:%M}.")


@click.command("resume", epilog=examples("homebody resume"))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def resume_command(home: Home, *, as_json: bool) -> None:
    """Let new files and schedules go on after `homebody pause`."""
    answer = request(home.socket, "POST", "/v1/resume")
    if as_json:
        click.echo(json.dumps(answer))
        return
    click.echo("It goes on." if answer["new"] else "It was not paused.")
