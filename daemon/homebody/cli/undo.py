"""``homebody undo``: take back a run, the last change to a file, or a recipe's work since a time."""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from homebody.cli.completers import any_of, files, recipe_names, run_numbers
from homebody.cli.examples import examples
from homebody.cli.paragraphs import visible
from homebody.cli.times import WRITTEN_LIKE, moment
from homebody.clock import SystemClock
from homebody.errors import UndoRefusedError, UsageError
from homebody.paths import Home
from homebody.service.control import request


@click.command(
    "undo",
    epilog=examples(
        "homebody undo 12",
        "homebody undo ~/Notes/boiler.summary.md",
        "homebody undo --recipe summarize-notes --since 2h",
    ),
)
@click.argument("what", required=False, shell_complete=any_of(files, run_numbers("done")))
@click.option(
    "--recipe",
    metavar="NAME",
    help="Take back what this recipe did, with --since.",
    shell_complete=recipe_names,
)
@click.option("--since", metavar="TIME", help=f"How far back: {WRITTEN_LIKE}.")
@click.option(
    "--force", is_flag=True, help="Also where a file was changed since: what is newer is kept beside."
)
@click.option("--dry-run", "dry", is_flag=True, help="Only say which runs would be taken back.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def undo_command(
    home: Home,
    what: str | None,
    recipe: str | None,
    since: str | None,
    *,
    force: bool,
    dry: bool,
    as_json: bool,
) -> None:
    """Take back WHAT: a run by its number (`homebody history`), or the last change to a file by its path.

    Each run is taken back whole or not at all. It is refused when a file is no longer as the run left it,
    and the difference is named; --force takes it back all the same and keeps the newer version beside.
    Ends with 75 when something could not be taken back.
    """
    body = meant(what, recipe, since, SystemClock().now().astimezone()) | {"force": force, "dry": dry}
    answer = request(home.socket, "POST", "/v1/undo", body, timeout=600)
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        for line in lines(answer):
            click.echo(line)
    if answer.get("refused"):
        raise SystemExit(UndoRefusedError.exit_code)


def meant(what: str | None, recipe: str | None, since: str | None, now: datetime) -> dict[str, Any]:
    """Return the request that the words on the command line stand for. Raises UsageError."""
    if what is not None and recipe is None and since is None:
        if re.fullmatch(r"[0-9]+", what):
            if int(what) < 1:
                raise UsageError("A run's number is 1 or more.")
            return {"run": int(what)}
        return {"path": str(Path(what).expanduser().absolute())}
    if what is None and recipe is not None and since is not None:
        return {"recipe": recipe, "since": moment(since, now).isoformat()}
    raise UsageError(
        "Say what to take back: a run's number, a file, or --recipe NAME with --since TIME.",
        hint="`homebody history` shows the numbers.",
    )


def lines(answer: dict[str, Any]) -> list[str]:
    """Return what was done, in words."""
    if "runs" in answer:
        return [f"would take back run {run['run']} of {run['recipe']}" + (f" on {run['path']}" if run["path"] else "")
                for run in answer["runs"]]  # fmt: skip
    found = []
    for one in answer["undone"]:
        found += [f"as it was before: {visible(path)}" for path in one["files"]]
        found += [f"the newer version is kept as {visible(path)}" for path in one["beside"]]
    found += [f"run {one['run']} was left: {one['why']}" for one in answer["refused"]]
    return found
