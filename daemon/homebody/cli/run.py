"""``homebody run`` and ``backfill``: a recipe now, on these files or on what it has not had yet."""

import json
from pathlib import Path
from typing import Any

import click

from homebody.cli.completers import recipe_names
from homebody.cli.examples import examples
from homebody.cli.paragraphs import echo_fitted
from homebody.cli.plans import plan_lines
from homebody.cli.waiting import follow
from homebody.errors import UsageError
from homebody.paths import Home
from homebody.service.control import request


@click.command(
    "run",
    epilog=examples("homebody run summarize-notes ~/Notes/boiler.md --dry-run", "homebody run --apply-last"),
)
@click.argument("recipe", required=False, shell_complete=recipe_names)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--dry-run", "-n", "dry", is_flag=True, help="Only show what would be done; nothing is changed."
)
@click.option(
    "--apply-last", "apply_last", is_flag=True, help="Do what the last dry run has shown, and just that."
)
@click.option("--force", is_flag=True, help="Pass over the recipe's filters.")
@click.option("--no-wait", "no_wait", is_flag=True, help="Do not wait for the end.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def run_command(
    home: Home, recipe: str | None, paths: tuple[Path, ...], *, dry: bool, apply_last: bool, force: bool,
    no_wait: bool, as_json: bool,
) -> None:  # fmt: skip
    """Run RECIPE now on PATHS, which must lie in its folders, even if it did them before.

    Without PATHS a recipe that watches folders takes what it has not had yet, and one with a schedule runs as
    if it were time. With --dry-run the plan is shown and kept for a day: --apply-last then does exactly what was
    shown, with the same answers, or says what is different by now.

    Ends with 1 when a run failed.
    """
    if apply_last:
        if paths or dry or force:
            raise UsageError("--apply-last does what was shown: it takes a recipe's name at most.")
        answer = request(home.socket, "POST", "/v1/apply-last", {"recipe": recipe} if recipe else {})
    elif recipe is None:
        raise UsageError("Say which recipe.", hint="`homebody list` shows them.")
    else:
        body = {
            "recipe": recipe,
            "paths": [str(path.absolute()) for path in paths],
            "dry": dry,
            "force": force,
        }
        answer = request(home.socket, "POST", "/v1/run", body, timeout=600)
    runs = [] if no_wait else follow(home, answer["runs"], answer["after"], quiet=as_json)
    plans = shown(home, answer["runs"]) if dry and not no_wait else []
    if as_json:
        click.echo(json.dumps({"runs": runs or answer["runs"], "plans": plans}, ensure_ascii=False))
    else:
        tell(answer["runs"], runs, plans, waited=not no_wait)
    if any(run["state"] in ("failed", "quarantined") for run in runs):
        raise SystemExit(1)


def shown(home: Home, runs: list[int]) -> list[dict[str, Any]]:
    """Return the plans of the dry *runs*."""
    found: list[dict[str, Any]] = request(home.socket, "GET", "/v1/review", {"dry": True, "runs": runs})[
        "waiting"
    ]
    return found


def tell(
    numbers: list[int], runs: list[dict[str, Any]], plans: list[dict[str, Any]], *, waited: bool
) -> None:
    """Print what became of the runs, and the plans of a dry run."""
    if not numbers:
        click.echo(
            "There is nothing that it has not had yet. `homebody backfill RECIPE --dry-run` says what lies there."
        )
        return
    if not waited:
        click.echo(f"Queued: {', '.join(f'run {number}' for number in numbers)}.")
    for plan in plans:
        for line in plan_lines(plan):
            click.echo(line)
    if plans:
        echo_fitted(["Nothing was changed. `homebody run --apply-last` does exactly this, within a day."])
    if any(run["state"] == "done" for run in runs):
        click.echo("`homebody undo NUMBER` takes a run back.")


@click.command("backfill", epilog=examples("homebody backfill summarize-notes --dry-run"))
@click.argument("recipe", shell_complete=recipe_names)
@click.option("--stale", is_flag=True, help="Also what an older version of the recipe has done.")
@click.option("--dry-run", "-n", "dry", is_flag=True, help="Only say how many files there are.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def backfill_command(home: Home, recipe: str, *, stale: bool, dry: bool, as_json: bool) -> None:
    """Let RECIPE do the files in its folders that it never had: those that were there before it, above all.

    A recipe that is changed never does the past again by itself; --stale lets it. New files do not wait
    behind these.
    """
    body = {"recipe": recipe, "stale": stale, "dry": dry}
    answer = request(home.socket, "POST", "/v1/backfill", body, timeout=600)
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    files = "file" if answer["never"] == 1 else "files"
    click.echo(f"{answer['never']} {files} that {recipe} never had")
    click.echo(f"{answer['stale']} done by an older version of it"
               + ("" if stale or not answer["stale"] else " (left, without --stale)"))  # fmt: skip
    for count, words in (("done", "done by this version, or taken back"), ("under_way", "queued or waiting"),
                         ("failed", "failed (`homebody retry --failed`)"), ("filtered", "left out by its filters"),
                         ("ours", "written by homebody itself")):  # fmt: skip
        if answer[count]:
            click.echo(f"{answer[count]} {words}")
    if dry:
        click.echo("Nothing was queued: this was a dry run.")
    else:
        click.echo(f"Queued: {len(answer['runs'])}. `homebody history` shows them as they are done.")
