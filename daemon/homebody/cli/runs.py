"""``homebody history`` and ``retry``: what was done, what was not, and trying it again."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from homebody.cli.completers import recipe_names, run_numbers
from homebody.cli.daemon import waiting_lines
from homebody.cli.examples import examples
from homebody.cli.paragraphs import indented
from homebody.cli.times import WRITTEN_LIKE, moment
from homebody.clock import SystemClock
from homebody.errors import UsageError
from homebody.journal.run import RunState
from homebody.paths import Home
from homebody.service.control import request
from homebody.service.either import ask

FAILED = f"{RunState.FAILED.value},{RunState.QUARANTINED.value}"


@click.command(
    "history",
    epilog=examples("homebody history --failed --since today", "homebody history --path ~/Notes -n 5"),
)
@click.option(
    "-n", "--number", type=click.IntRange(min=1), default=20, show_default=True, help="How many runs."
)
@click.option("--recipe", metavar="NAME", help="Only of this recipe.", shell_complete=recipe_names)
@click.option("--state", type=click.Choice([state.value for state in RunState]), metavar="STATE",
              help=f"Only in this state: {', '.join(state.value for state in RunState)}.")  # fmt: skip
@click.option("--failed", is_flag=True, help="Only what has failed or is quarantined.")
@click.option(
    "--path", type=click.Path(path_type=Path), help="Only about this file, or what is in this folder."
)
@click.option("--since", metavar="WHEN", help=f"Only since then: {WRITTEN_LIKE}.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def history_command(
    home: Home,
    number: int,
    recipe: str | None,
    state: str | None,
    path: Path | None,
    since: str | None,
    *,
    failed: bool,
    as_json: bool,
) -> None:
    """List what was done, newest first, and why the rest was not."""
    if failed and state is not None:
        raise UsageError("--failed and --state exclude each other.")
    asked: dict[str, Any] = {"limit": number, "recipe": recipe, "state": FAILED if failed else state}
    asked["path"] = str(path.parent.resolve() / path.name) if path is not None else None
    asked["since"] = (
        moment(since, SystemClock().now().astimezone()).isoformat() if since is not None else None
    )
    answer = ask(home, "/v1/runs", {word: value for word, value in asked.items() if value is not None})
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    for line in history_lines(answer["runs"], filtered=len(asked) > 1):
        click.echo(line)
    for line in waiting_lines(answer.get("waiting", {})):
        click.echo(line, err=True)
    if not answer["serving"]:
        click.echo("homebody is not running; this is what its journal says.", err=True)


def history_lines(runs: list[dict[str, Any]], *, filtered: bool = False) -> list[str]:
    """Return two or three lines for each run: when, how and which recipe; the file; and the reason."""
    if not runs:
        return ["No run is like that." if filtered else "Nothing was done yet."]
    lines = []
    for run in runs:
        when = datetime.fromisoformat(run["finished_at"] or run["queued_at"]).astimezone()
        state = f"{run['state']} (dry)" if run["dry"] else run["state"]
        lines.append(f"{run['id']:>6}  {when:%Y-%m-%d %H:%M}  {state:<11}  {run['recipe']}")
        what = run["path"] or {"schedule": "by the clock", "asked": "asked for"}.get(
            run["event"], "forgotten"
        )
        lines += indented(what, 8)
        if run["reason"]:
            lines += indented(f"because: {run['reason']}", 10, first=8)
        if run.get("purged"):
            lines += indented("cannot be undone: its old contents have left the vault", 8)
    return lines


@click.command(
    "retry", epilog=examples("homebody retry 12", "homebody retry --failed --recipe summarize-notes")
)
@click.argument(
    "run", type=int, required=False, shell_complete=run_numbers("failed", "quarantined", "skipped")
)
@click.option("--failed", is_flag=True, help="Everything that has failed or is quarantined.")
@click.option(
    "--recipe", metavar="NAME", help="With --failed: only of this recipe.", shell_complete=recipe_names
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def retry_command(home: Home, run: int | None, recipe: str | None, *, failed: bool, as_json: bool) -> None:
    """Queue run number RUN again: one that was skipped, has failed or is quarantined.

    Its tries count from the beginning. Ends with 75 when it cannot be tried again.
    """
    if (run is None) is not failed:
        raise UsageError("Say which run, or --failed for all that have failed.")
    if run is not None and (run < 1 or recipe is not None):
        raise UsageError("A run's number is 1 or more." if run < 1 else "--recipe belongs to --failed.")
    answer = request(home.socket, "POST", "/v1/retry", {"run": run, "failed": failed, "recipe": recipe})
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    for one in answer["queued"]:
        for line in indented(
            f"queued again: run {one['id']} of {one['recipe']}, {one['path'] or one['event']}", 2, 0
        ):
            click.echo(line)
    for one in answer["refused"]:
        for line in indented(f"not queued: {one['why']}", 2, first=0):
            click.echo(line)
    if not answer["queued"] and not answer["refused"]:
        click.echo("Nothing has failed.")
