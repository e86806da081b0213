"""``homebody review``: plans that wait for a person."""

import json
import sys
from typing import Any

import click

from homebody.cli.completers import run_numbers
from homebody.cli.examples import examples
from homebody.cli.plans import plan_lines, slot_words
from homebody.cli.waiting import follow
from homebody.errors import UsageError
from homebody.paths import Home
from homebody.service.control import request

CHOICES = {"a": "accept", "l": "accept-like", "r": "reject", "e": "edit", "s": "skip", "q": "quit"}
QUESTION = "[a]ccept, accept all [l]ike this, [r]eject, [e]dit a slot, [s]kip, [q]uit"


@click.group("review", epilog=examples("homebody review"), invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def review_command(ctx: click.Context, *, as_json: bool) -> None:
    """Look at the plans that wait for you, one after the other; in a pipe they are listed.

    A recipe with `approve: true`, or with `approve: {first: 10}` for its first ten, changes nothing before you
    have agreed to what it would do.
    """
    if ctx.invoked_subcommand is not None:
        return
    home: Home = ctx.obj
    found = plans(home)
    if as_json:
        click.echo(json.dumps({"waiting": found}, ensure_ascii=False))
        return
    if not found:
        click.echo("Nothing waits for you.")
        return
    if not sys.stdin.isatty():
        for plan in found:
            for line in plan_lines(plan):
                click.echo(line)
        click.echo(
            "`homebody review accept RUN`, `reject RUN`, `edit RUN SLOT=VALUE` or `accept --all-like RUN`."
        )
        return
    one_by_one(home, found)


def plans(home: Home, runs: list[int] | None = None) -> list[dict[str, Any]]:
    """Return the plans that wait, only of *runs* if given."""
    body = {} if runs is None else {"runs": runs}
    found: list[dict[str, Any]] = request(home.socket, "GET", "/v1/review", body)["waiting"]
    return found


def one_by_one(home: Home, found: list[dict[str, Any]]) -> None:
    """Show each plan and do what the person says."""
    settled: set[int] = set()
    for plan in found:
        while plan["run"] not in settled:
            for line in plan_lines(plan):
                click.echo(line)
            choice = CHOICES[click.prompt(QUESTION, type=click.Choice(list(CHOICES)), show_choices=False)]
            if choice == "quit":
                return
            if choice == "skip":
                break
            if choice == "edit":
                plan = edited(home, plan)  # noqa: PLW2901 - the same plan, made anew
                continue
            settled.update(decide(home, plan["run"], choice))


def edited(home: Home, plan: dict[str, Any]) -> dict[str, Any]:
    """Ask for a slot and its value, and return the plan as it is with that."""
    slots = list(plan["answer"] or {})
    if not slots:
        click.echo("This plan has no slots.")
        return plan
    name = click.prompt("Which slot", type=click.Choice(slots)) if len(slots) > 1 else slots[0]
    value = click.prompt(f"{name}", default=slot_words(plan["answer"][name]))
    change(home, plan["run"], {name: value})
    return next(iter(plans(home, [plan["run"]])), plan)


def decide(home: Home, run: int, decision: str, *, quiet: bool = False) -> dict[int, dict[str, Any]]:
    """Tell the daemon, wait for what comes of it, and return the runs that it was about, by their numbers.

    Of what is turned down there is nothing to wait for, and its run is empty.
    """
    answer = request(home.socket, "POST", "/v1/review", {"run": run, "decision": decision})
    if decision == "reject":
        if not quiet:
            click.echo(f"run {run}  turned down; the file stays as it is")
        return {number: {} for number in answer["runs"]}
    return {one["id"]: one for one in follow(home, answer["runs"], answer["after"], quiet=quiet)}


def change(home: Home, run: int, slots: dict[str, str]) -> None:
    """Fill slots by hand and wait until the plan is made anew."""
    answer = request(home.socket, "POST", "/v1/review", {"run": run, "decision": "edit", "set": slots})
    follow(home, answer["runs"], answer["after"], quiet=True)


@review_command.command(
    "accept", epilog=examples("homebody review accept 12 13", "homebody review accept 12 --all-like")
)
@click.argument("runs", type=int, nargs=-1, required=True, shell_complete=run_numbers("waiting"))
@click.option("--all-like", is_flag=True, help="Also every other plan of the same recipe that waits.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def accept_command(home: Home, runs: tuple[int, ...], *, all_like: bool, as_json: bool) -> None:
    """Let the plans of RUNS be carried out, just as they were shown."""
    ended: dict[int, dict[str, Any]] = {}
    for run in runs:
        if run not in ended:
            ended |= decide(home, run, "accept-like" if all_like else "accept", quiet=as_json)
    if as_json:
        click.echo(json.dumps({"runs": list(ended.values())}, ensure_ascii=False))


@review_command.command("reject", epilog=examples("homebody review reject 12"))
@click.argument("runs", type=int, nargs=-1, required=True, shell_complete=run_numbers("waiting"))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def reject_command(home: Home, runs: tuple[int, ...], *, as_json: bool) -> None:
    """Turn the plans of RUNS down: nothing is changed, and the files are not taken up again by themselves."""
    for run in runs:
        decide(home, run, "reject", quiet=as_json)
    if as_json:
        click.echo(json.dumps({"rejected": list(runs)}))


@review_command.command("edit", epilog=examples("homebody review edit 12 vendor=Miller paid=yes"))
@click.argument("run", type=int, shell_complete=run_numbers("waiting"))
@click.argument("slots", nargs=-1, required=True, metavar="SLOT=VALUE...")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def edit_command(home: Home, run: int, slots: tuple[str, ...], *, as_json: bool) -> None:
    """Fill slots of RUN by hand, and see its plan made anew.

    A list's values have commas between them, a date is written 2026-03-02, money 1234.50 EUR, a flag yes or no, a list
    of objects as JSON; nothing at all leaves an optional slot empty.
    """
    if any("=" not in slot for slot in slots):
        raise UsageError("Write a slot and its value as in vendor=Miller.")
    change(home, run, dict(slot.split("=", 1) for slot in slots))
    found = plans(home, [run])
    if as_json:
        click.echo(json.dumps({"waiting": found}, ensure_ascii=False))
        return
    for plan in found:
        for line in plan_lines(plan):
            click.echo(line)
    click.echo(f"`homebody review accept {run}` lets it be done.")
