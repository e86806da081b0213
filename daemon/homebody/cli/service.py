"""``homebody start``, ``stop`` and ``restart``: the daemon without a terminal."""

import json
from typing import Any

import click

from homebody.cli.examples import examples
from homebody.cli.managing import begin, finish, is_service, manager_here
from homebody.cli.paragraphs import echo_fitted
from homebody.paths import Home

as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.command("start", epilog=examples("homebody start"))
@as_json_option
@click.pass_obj
def start_command(home: Home, *, as_json: bool) -> None:
    """Start homebody, as a service if it is installed, else in the background; wait until it is sealed and watches.

    When it cannot start, its own reason is shown, and the command ends with its exit code.
    """
    manager = manager_here()
    status, already = begin(home, manager)
    how = "service" if is_service(manager, home) else "background"
    if as_json:
        click.echo(json.dumps({"pid": status["pid"], "already": already, "how": None if already else how}))
        return
    echo_fitted(running_words(status, already=already).split("\n"))
    if not already and how == "background":
        click.echo("It ends with the computer; `homebody install` lets it start at each login.")


@click.command("stop", epilog=examples("homebody stop"))
@as_json_option
@click.pass_obj
def stop_command(home: Home, *, as_json: bool) -> None:
    """Stop homebody, wherever it was started. The runs in hand are handed back and done at the next start."""
    pid = finish(home, manager_here())
    if as_json:
        click.echo(json.dumps({"pid": pid, "stopped": pid is not None}))
    elif pid is None:
        click.echo("homebody was not running.")
    else:
        click.echo(f"homebody has stopped (it was process {pid}).")


@click.command("restart", epilog=examples("homebody restart"))
@as_json_option
@click.pass_obj
def restart_command(home: Home, *, as_json: bool) -> None:
    """Stop homebody and start it again: the seal is made anew, from the recipes as they are now.

    One that ran in a terminal goes on in the background.
    """
    manager = manager_here()
    before = finish(home, manager)
    status, _already = begin(home, manager)
    if as_json:
        click.echo(json.dumps({"pid": status["pid"], "before": before}))
        return
    if before is None:
        click.echo("homebody was not running; it was started.")
    echo_fitted(running_words(status, already=False).split("\n"))
    if not is_service(manager, home):
        echo_fitted(["It runs in the background: `homebody logs -f` follows it, `homebody stop` ends it."])


def running_words(status: dict[str, Any], *, already: bool) -> str:
    """Return that homebody runs, sealed, and with how many recipes."""
    recipes = len(status["recipes"])
    words = f"homebody runs{' already' if already else ''} (process {status['pid']}), sealed,"
    words += f" with {recipes} recipe{'' if recipes == 1 else 's'}."
    if not recipes:
        words += "\nIt has nothing to do yet: `homebody setup` gives it a chore."
    waiting = len(status["waiting"])
    return words + (f" {waiting} cannot run: `homebody status` says why." if waiting else "")
